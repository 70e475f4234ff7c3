"""What becomes of a new row: pushed, listed in silence, kept pending, or dropped. Pure.

A row, its chat and its text may come in separate commits, and iCloud brings old messages
under new ROWIDs; neither the number of a row nor its first sight says that it is new mail.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from jarvis.stores.apple_time import NS_PER_MS, NS_PER_S
from jarvis.stores.chatdb import Arrival

SENDER_PATIENCE_MS: Final = 400
"""How long a row without a sender is pending: that it is one's own may come later."""
CONTENT_PATIENCE_MS: Final = 5_000
"""How long a row is pending whose content or files are missing; then it is shown so."""
PATIENCE_MS: Final = 24 * 3600 * 1000
"""How long a row without a chat is pending: a day."""
LATE_NS: Final = 600 * NS_PER_S
"""A push of a message older than this is marked late."""
HORIZON_SLACK_NS: Final = 120 * NS_PER_S

RowAction = Literal["push", "list", "wait", "drop"]
LISTED: Final = ("push", "list")
"""What is done to rows that the list shows."""


class Classification(msgspec.Struct, frozen=True):
    """`again_in_ms`: when a pending row is to be read again, if no commit comes before.

    `is_live`: it happened now, so what it changes is published; else it is history.
    """

    action: RowAction
    again_in_ms: int | None = None
    is_live: bool = False


def classify(
    arrival: Arrival,
    *,
    age_ms: int,
    now_ns: int,
    horizon_ns: int,
    is_known: bool,
    is_twin: bool = False,
) -> Classification:
    """Decide about a row that was first seen `age_ms` ago.

    Args:
        arrival: the row as it stands now.
        age_ms: since it was first seen.
        now_ns: Apple's clock.
        horizon_ns: the newest date known when this run began or the machine awoke;
            everything older is history that sync filled in.
        is_known: its guid was delivered before.
        is_twin: an earlier row says the same, at the same moment.
    """
    if not arrival.exists or is_known:
        return Classification("drop")
    if not arrival.chat_rowids or (
        arrival.message is None and arrival.nature in ("message", "event")
    ):
        return Classification("drop" if age_ms > PATIENCE_MS else "wait")
    if arrival.is_scheduled:
        return _wait_to_be_sent(arrival.date_ns, now_ns)
    if not arrival.has_sender and age_ms < SENDER_PATIENCE_MS:
        return Classification("wait", SENDER_PATIENCE_MS - age_ms)
    is_live = (
        arrival.date_ns >= horizon_ns - HORIZON_SLACK_NS
        or arrival.date_ns >= now_ns - LATE_NS
    )
    # Files of history may be gone for good, of thousands of rows at a time.
    is_whole = arrival.is_ready and not (arrival.lacks_files and is_live)
    if not is_whole and age_ms < CONTENT_PATIENCE_MS:
        return Classification("wait", CONTENT_PATIENCE_MS - age_ms)
    is_pushed = arrival.is_pushable and is_live and not is_twin
    return Classification(
        "push" if is_pushed else "list", is_live=is_live and not is_twin
    )


def _wait_to_be_sent(date_ns: int, now_ns: int) -> Classification:
    """Until Messages unmarks the row, which it may do a while after its date."""
    if now_ns > date_ns + PATIENCE_MS * NS_PER_MS:
        return Classification("drop")
    due_ms = (date_ns - now_ns) // NS_PER_MS + 1
    return Classification("wait", due_ms if due_ms > 0 else None)


def is_late(date_ns: int, now_ns: int) -> bool:
    """Whether a push of it must be marked late."""
    return date_ns < now_ns - LATE_NS
