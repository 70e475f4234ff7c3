"""The remark to the right of the user's own messages: how far they have come. Pure.

Of messages that went well only the newest has one; the older ones go without saying.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from jarvis.records import Message
from jarvis.tui.store.outbox import Outgoing, Progress
from jarvis.tui.text import when
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.message_rows import Part

_WORDS: Final = {
    Progress.SENDING: "sending…",
    Progress.SENT: "sent ✓",
    Progress.DELIVERED: "delivered ✓✓",
    Progress.READ: "read",
    Progress.UNKNOWN: "unknown: it may still go out",
}


def shown_messages(
    messages: Sequence[Message], outgoing: Sequence[Outgoing]
) -> list[Message]:
    """The thread: what is in it, then what was sent and is not in it yet."""
    return [*messages, *(act.message for act in outgoing if _is_below(act))]


def receipts(
    shown: Sequence[Message], outgoing: Sequence[Outgoing], zone: tzinfo | None
) -> dict[str, Part]:
    """The remarks, by the guid of the message that is shown."""
    sent = {act.guid: act for act in outgoing if act.guid is not None}
    waiting = {act.message.guid: act for act in outgoing}
    remarks: dict[str, Part] = {}
    newest = _newest_own(shown, waiting)
    if newest is not None:
        words = _of_message(newest, sent.get(newest.guid), zone)
        if words is not None:
            remarks[newest.guid] = ("time", words)
    for act in outgoing:
        if _is_below(act):
            remarks[act.message.guid] = _of_outgoing(act)
        elif act.guid is not None and act.progress is Progress.FAILED:
            remarks[act.guid] = _of_outgoing(act)
    return remarks


def _is_below(outgoing: Outgoing) -> bool:
    """Whether it stands in the thread itself, below the real messages."""
    return not outgoing.has_appeared and not outgoing.is_taken_back


def _newest_own(
    shown: Sequence[Message], waiting: dict[str, Outgoing]
) -> Message | None:
    for message in reversed(shown):
        is_sent = message.is_from_me and message.kind != "scheduled"
        if is_sent and message.guid not in waiting:
            return message
    return None


def _of_message(
    message: Message, outgoing: Outgoing | None, zone: tzinfo | None
) -> str | None:
    """«read 18:12», «delivered ✓✓», «sent ✓»: the strongest that is known."""
    if message.date_read is not None:
        return f"read {when.time_of_day(when.moment(message.date_read, zone))}"
    if outgoing is not None and outgoing.progress is Progress.READ:
        return _WORDS[Progress.READ]
    if message.date_delivered is not None:
        return _WORDS[Progress.DELIVERED]
    if outgoing is None:
        return None
    # To stand in the history is not to have gone out: only the daemon says that.
    return _WORDS.get(outgoing.progress)


def _of_outgoing(outgoing: Outgoing) -> Part:
    reason = one_line(outgoing.reason or "")
    match outgoing.progress:
        case Progress.FAILED:
            return "failed", f"not sent: {reason or 'no reason was told'}"
        case Progress.UNKNOWN:
            words = _WORDS[Progress.UNKNOWN]
            return "failed", f"{words} ({reason})" if reason else words
    return "time", _WORDS[outgoing.progress]
