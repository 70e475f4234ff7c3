"""What hits must be: a conversation by any of its ids, people by any of their addresses,
moments in any spelling."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from jarvis.errors import InvalidParams, UnknownChat
from jarvis.protocol.methods.search import SearchFilters
from jarvis.records import Record
from jarvis.stores.chatdb import Chat, Directory, people_meant

_MS: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Narrowing(Record, frozen=True, kw_only=True):
    """What hits must be; null: whatever. Moments are ms since 1970, `after_ms` inclusive.

    `handles` are all addresses of the people who may have written a hit, as chat.db spells
    them; none at all where nobody is meant.
    """

    chat: Chat | None = None
    handles: frozenset[str] | None = None
    from_me: bool | None = None
    after_ms: int | None = None
    before_ms: int | None = None
    has_attachment: bool | None = None


def narrowing_of(filters: SearchFilters | None, directory: Directory) -> Narrowing:
    """Read the filters of a search.

    The first number loads the numbering plans of the world, so off the event loop.

    Raises:
        UnknownChat: no conversation has that id.
        InvalidParams: a moment is none, or the span of time is upside down.
    """
    if filters is None:
        return Narrowing()
    after_ms = _moment_ms(filters.after, "after")
    before_ms = _moment_ms(filters.before, "before")
    if after_ms is not None and before_ms is not None and after_ms > before_ms:
        reason = "after is later than before: nothing can lie between them."
        raise InvalidParams(reason, "filters.after")
    from_me = filters.from_me
    handles: frozenset[str] | None = None
    if filters.sender is not None:
        if _is_owner(filters.sender, directory):
            # Who asks for their own messages, and for those of others alone, gets none.
            handles = frozenset() if from_me is False else None
            from_me = True
        else:
            handles = _handles_of(filters.sender, directory)
    return Narrowing(
        chat=_chat(filters, directory),
        handles=handles,
        from_me=from_me,
        after_ms=after_ms,
        before_ms=before_ms,
        has_attachment=filters.has_attachment,
    )


def _chat(filters: SearchFilters, directory: Directory) -> Chat | None:
    if filters.chat_id is None:
        return None
    chat = directory.find(filters.chat_id)
    if chat is None:
        reason = "There is no such conversation; list_conversations tells which are."
        raise UnknownChat(reason)
    return chat


def _is_owner(address: str, directory: Directory) -> bool:
    return directory.names.lines.line_of(address) in directory.names.own_lines


def _handles_of(typed: str, directory: Directory) -> frozenset[str]:
    people = people_meant(typed, directory)
    return frozenset(
        handle for handle in directory.handles if directory.person_of(handle) in people
    )


def _moment_ms(written: str | None, name: str) -> int | None:
    """A moment in ms since 1970; without a zone as the clock of this machine shows it."""
    if written is None:
        return None
    time.tzset()  # a daemon may outlive a journey
    try:
        moment = datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidParams(
            f'{name} is no moment: write it as "2025-11-18T18:02:09Z", or as '
            '"2025-11-18", which is read as the clock of this machine shows it.',
            f"filters.{name}",
        ) from None
    return (moment - _EPOCH) // _MS
