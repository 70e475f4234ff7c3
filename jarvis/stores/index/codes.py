"""256 slots in one row: which are taken, the codes of their vectors, and whose they may be.

A place says of a slot's text or segment: its conversation, its sender, from when to when,
and what else a message of it may be. It may let through too much (a text many people say,
one whose message went away), never too little; the messages themselves decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

SLOTS: Final = 256
SEVERAL: Final = 0xFFFF
"""Of conversations or senders; and any whose number does not fit."""

_CHATS: Final = 0
_SENDERS: Final = 2 * SLOTS
_FIRSTS: Final = 4 * SLOTS
_LASTS: Final = 8 * SLOTS
_FLAGS: Final = 12 * SLOTS
PLACES_BYTES: Final = 13 * SLOTS
"""One after another, little-endian: 256 chats and senders in 16 bits, first and last second
since 1970 in 32, flags in 8."""
LIVE_BYTES: Final = SLOTS // 8

FROM_ME: Final = 1
FROM_OTHERS: Final = 2
WITH_ATTACHMENT: Final = 4
WITHOUT_ATTACHMENT: Final = 8


class Place(NamedTuple):
    """Whose a slot may be; times in seconds since 1970."""

    chat: int
    sender: int
    first_s: int
    last_s: int
    flags: int

    def widened(self, other: Place) -> Place:
        """What lets both through."""
        return Place(
            self.chat if self.chat == other.chat else SEVERAL,
            self.sender if self.sender == other.sender else SEVERAL,
            min(self.first_s, other.first_s),
            max(self.last_s, other.last_s),
            self.flags | other.flags,
        )


def number(value: int) -> int:
    """A conversation's or sender's number as a place has it."""
    return value if 0 <= value < SEVERAL else SEVERAL


def seconds(ms: int) -> int:
    """A time as a place has it: what lies before 1970 or after 2106 is that."""
    return min(max(ms // 1000, 0), 0xFFFF_FFFF)


def flags(*, from_me: bool, has_attachment: bool) -> int:
    """What a message is."""
    sent = FROM_ME if from_me else FROM_OTHERS
    return sent | (WITH_ATTACHMENT if has_attachment else WITHOUT_ATTACHMENT)


class Chunk:
    """One row of search_code, to be changed; its slots are 0 to 255.

    What a code is, is its maker's to know; all codes of a chunk are of one size.
    """

    def __init__(self, live: bytes, codes: bytes, places: bytes) -> None:
        self.live = bytearray(live)
        self.codes = bytearray(codes)
        self.places = bytearray(places)
        self._code_bytes = len(codes) // SLOTS

    @classmethod
    def empty(cls, code_bytes: int) -> Chunk:
        """A chunk without vectors, for codes of that size."""
        return cls(bytes(LIVE_BYTES), bytes(code_bytes * SLOTS), bytes(PLACES_BYTES))

    @property
    def free(self) -> int:
        """How many slots are not taken."""
        return SLOTS - int.from_bytes(self.live, "little").bit_count()

    def free_slots(self) -> Iterator[int]:
        """Those that are not taken, the lowest first."""
        return (slot for slot in range(SLOTS) if not self.is_live(slot))

    def is_live(self, slot: int) -> bool:
        """Whether the slot is taken."""
        return bool(self.live[slot >> 3] >> (slot & 7) & 1)

    def put(self, slot: int, code: bytes, place: Place) -> None:
        """Take a slot."""
        self.live[slot >> 3] |= 1 << (slot & 7)
        self.codes[slot * self._code_bytes : (slot + 1) * self._code_bytes] = code
        self.set_place(slot, place)

    def clear(self, slots: Iterable[int]) -> None:
        """Nothing of what was in these slots stays."""
        for slot in slots:
            self.put(slot, bytes(self._code_bytes), Place(0, 0, 0, 0, 0))
            self.live[slot >> 3] &= ~(1 << (slot & 7))

    def place(self, slot: int) -> Place:
        """Whose the slot may be."""
        return Place(*(self._read(slot, *column) for column in _COLUMNS))

    def set_place(self, slot: int, place: Place) -> None:
        """Say whose the slot may be."""
        for (at, size), value in zip(_COLUMNS, place, strict=True):
            start = at + slot * size
            self.places[start : start + size] = value.to_bytes(size, "little")

    def _read(self, slot: int, at: int, size: int) -> int:
        start = at + slot * size
        return int.from_bytes(self.places[start : start + size], "little")


_COLUMNS: Final = ((_CHATS, 2), (_SENDERS, 2), (_FIRSTS, 4), (_LASTS, 4), (_FLAGS, 1))
