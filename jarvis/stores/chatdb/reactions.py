"""The tapbacks and stickers put on a message: what of them stands."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Final

import msgspec

from jarvis.records import Reaction, ReactionKind
from jarvis.stores.chatdb.directory import Chat, Directory, sender_of

_PART: Final = re.compile(r"p:(?P<number>\d+)/")
_KINDS: Final[tuple[ReactionKind, ...]] = (
    "love",
    "like",
    "dislike",
    "laugh",
    "emphasize",
    "question",
    "emoji",
    "sticker",
)
_STICKER: Final = 7
_REMOVED: Final = 3000


class _TapbackRow(msgspec.Struct, array_like=True):
    """One row of reactions; see chatdb_part_tapbacks.sql."""

    date: int | None
    rowid: int
    association: int
    target: str
    is_from_me: int
    handle: str | None
    emoji: str | None

    @property
    def number(self) -> int:
        """The place of its kind among all."""
        return _STICKER if self.association < 2000 else self.association % 1000


_rows: Final = msgspec.json.Decoder(list[_TapbackRow])


def reactions_of(
    tapbacks: str, chat: Chat, directory: Directory
) -> tuple[Reaction, ...]:
    """What a row's column of tapbacks leaves standing on its message, oldest first.

    A person has one standard reaction on each part of a message; stickers add up. Of
    nobody knows whom each is another person's, until one of its kind is taken back.
    """
    left: dict[Hashable, list[tuple[int, Reaction]]] = {}
    for tapback in sorted(
        _rows.decode(tapbacks), key=lambda tapback: (tapback.date or 0, tapback.rowid)
    ):
        sender = sender_of(tapback.handle, tapback.is_from_me, chat)
        part = _PART.match(tapback.target)
        place = part["number"] if part else None
        is_nobodys = sender is None and not tapback.is_from_me
        person = sender and directory.person_of(sender)
        key = (place, person, tapback.number if is_nobodys else None)
        before = left.get(key, [])
        if tapback.association >= _REMOVED:
            others = [entry for entry in before if entry[0] != tapback.number]
            left[key] = before[1:] if is_nobodys else others
            continue
        reaction = Reaction(
            kind=_KINDS[tapback.number],
            sender=sender,
            is_from_me=bool(tapback.is_from_me),
            emoji=tapback.emoji,
        )
        if tapback.number != _STICKER and not is_nobodys:
            before = [entry for entry in before if entry[0] == _STICKER]
        left[key] = [*before, (tapback.number, reaction)]
    return tuple(reaction for entries in left.values() for _, reaction in entries)
