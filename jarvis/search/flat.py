"""The codes of all vectors in memory, and which of them are nearest to a query.

Two looks: how many signs differ, over everything, and of the few that differ least what
their codes tell of the cosine. Who asks then reads the vectors of the best of those and has
the order exactly (closeness). What is here is a copy of rows of search_code.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from jarvis.inference.embedders.codes import code_bytes, encoded, reach
from jarvis.stores.index.codes import SEVERAL, SLOTS
from jarvis.stores.index.records import CodeChunk, IndexModel, StoredRow

_BLOCK: Final = 32_768
"""Slots that are looked at together: what they take stays in the processor's cache."""
_FAR: Final = 0xFFFF

_Number = TypeVar("_Number", bound=np.unsignedinteger)
_Vector = NDArray[np.float32]
_Slots = NDArray[np.int64]
_Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Mask:
    """What a slot's place must let through; null: anything. Times in seconds since 1970.

    `flags`: of each of these sets of codes.py's flags it has one.
    """

    chats: tuple[int, ...] | None = None
    senders: tuple[int, ...] | None = None
    after_s: int | None = None
    before_s: int | None = None
    flags: tuple[int, ...] = ()


class _Block:
    """So many slots, a column for each thing that is known of them."""

    def __init__(self, words: int) -> None:
        # Memory of its own from the system, which gets it back whole when it is dropped;
        # what malloc has once given out it may keep.
        self._memory = mmap(
            -1, _BLOCK * (8 * words + 14), flags=MAP_PRIVATE | MAP_ANONYMOUS
        )
        self._taken = 0
        self.words = self._column(np.uint64, words).reshape(words, _BLOCK)
        self.firsts = self._column(np.uint32)
        self.lasts = self._column(np.uint32)
        self.chats = self._column(np.uint16)
        self.senders = self._column(np.uint16)
        self.lengths = self._column(np.uint8)
        self.flags = self._column(np.uint8)

    def _column(self, kind: type[_Number], each: int = 1) -> NDArray[_Number]:
        column = np.frombuffer(self._memory, kind, each * _BLOCK, self._taken)
        self._taken += column.nbytes
        return column

    def put(self, chunk: CodeChunk) -> None:
        """Take over what a chunk holds."""
        at = chunk.first_slot % _BLOCK
        here = slice(at, at + SLOTS)
        codes = np.frombuffer(chunk.codes, np.uint8).reshape(SLOTS, -1)
        self.words[:, here] = _words(codes[:, :-1]).T
        self.lengths[here] = codes[:, -1]
        start = 0
        for column in (self.chats, self.senders, self.firsts, self.lasts, self.flags):
            kind = column.dtype.newbyteorder("<")
            column[here] = np.frombuffer(chunk.places, kind, SLOTS, start)
            start += SLOTS * column.itemsize
        live = np.frombuffer(chunk.live, np.uint8)
        self.flags[here] *= np.unpackbits(live, bitorder="little")

    @property
    def live(self) -> _Bools:
        """Which slots hold a vector: every message is of somebody."""
        return np.asarray(self.flags != 0)

    def passing(self, mask: Mask | None) -> _Bools:
        """Which slots hold a vector that the mask lets through."""
        passing = self.live
        if mask is None:
            return passing
        for column, numbers in ((self.chats, mask.chats), (self.senders, mask.senders)):
            if numbers is not None:
                known = [number for number in numbers if number < SEVERAL]
                passing = passing & np.isin(column, [*known, SEVERAL])
        if mask.after_s is not None:
            passing = passing & (self.lasts >= mask.after_s)
        if mask.before_s is not None:
            passing = passing & (self.firsts <= mask.before_s)
        for flags in mask.flags:
            passing = passing & ((self.flags & flags) != 0)
        return passing


class FlatIndex:
    """The codes of one model. Slots count from 0.

    Any thread may call; each waits its turn, also for a search that nobody waits for any
    more.
    """

    def __init__(self, dims: int, mean: bytes) -> None:
        self.dims = dims
        self._mean = np.frombuffer(mean, "<f4")
        self._width = (code_bytes(dims) - 1 + 7) // 8
        self._blocks: list[_Block] = []
        self._turn = threading.Lock()
        self._differing = np.empty(_BLOCK, np.uint16)
        self._xor = np.empty(_BLOCK, np.uint64)
        self._count = np.empty(_BLOCK, np.uint8)

    def __len__(self) -> int:
        return sum(int(np.count_nonzero(block.live)) for block in self._blocks)

    def put(self, chunks: Sequence[CodeChunk]) -> None:
        """Take over what these hold now; to be called after their commit."""
        with self._turn:
            self._put(chunks)

    def _put(self, chunks: Sequence[CodeChunk]) -> None:
        for chunk in chunks:
            at = chunk.first_slot // _BLOCK
            while len(self._blocks) <= at:
                self._blocks.append(_Block(self._width))
            self._blocks[at].put(chunk)

    def nearest(
        self,
        query: bytes,
        scan: int,
        count: int,
        mask: Mask | None = None,
        among: Collection[int] | None = None,
    ) -> list[int]:
        """The slots of about the `count` nearest that pass, the best first.

        `query`: little-endian float32. `scan`: so many by the number of signs that differ
        are looked at once more; or all of `among`, where only these are asked about.
        """
        vector = np.frombuffer(query, "<f4")
        with self._turn:
            if among is None:
                slots = self._scan(self._code(vector), scan, mask)
            else:
                slots = np.fromiter(among, np.int64, len(among))
                slots = slots[slots < len(self._blocks) * _BLOCK]
            return [int(slot) for slot in self._reaching(vector, slots, count)]

    def _code(self, query: _Vector) -> NDArray[np.uint64]:
        code: NDArray[np.uint64] = _words(encoded(query[None], self._mean)[:, :-1])[0]
        return code

    def _scan(self, code: NDArray[np.uint64], scan: int, mask: Mask | None) -> _Slots:
        """The slots whose signs differ least, in no order."""
        best = _Best(scan)
        for at, block in enumerate(self._blocks):
            differing = self._differing
            differing.fill(0)
            for words, word in zip(block.words, code, strict=True):
                np.bitwise_xor(words, word, out=self._xor)
                np.bitwise_count(self._xor, out=self._count)
                np.add(differing, self._count, out=differing)
            np.putmask(differing, ~block.passing(mask), _FAR)
            best.offer(at * _BLOCK, differing)
        return best.slots()

    def _reaching(self, query: _Vector, slots: _Slots, count: int) -> _Slots:
        """The best of these by what their codes tell of the cosine."""
        slots = np.sort(slots)
        words = [np.empty((0, self._width), np.uint64)]
        lengths = [np.empty(0, np.uint8)]
        blocks = slots // _BLOCK
        for block in np.unique(blocks):
            inside = slots[blocks == block] % _BLOCK
            words.append(self._blocks[block].words[:, inside].T)
            lengths.append(self._blocks[block].lengths[inside])
        signs = np.concatenate(words).view(np.uint8)
        found = reach(query, self._mean, signs, np.concatenate(lengths))
        return slots[np.argsort(-found, kind="stable")[:count]]


class _Best:
    """The least of many numbers that come a block at a time, and where they stood."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._most = _FAR - 1
        self._values = np.empty(0, np.uint16)
        self._slots = np.empty(0, np.int64)

    def offer(self, first_slot: int, values: NDArray[np.uint16]) -> None:
        """The values of a block, whose first slot this is."""
        at = np.flatnonzero(values <= self._most)
        self._values = np.concatenate((self._values, values[at]))
        self._slots = np.concatenate((self._slots, at + first_slot))
        if len(self._slots) > 2 * self._count:
            self._prune()

    def slots(self) -> _Slots:
        """Where the least were."""
        self._prune()
        return self._slots

    def _prune(self) -> None:
        """Keep so many as are asked for; of equals those that came first."""
        if len(self._values) <= self._count:
            return
        most = np.partition(self._values, self._count - 1)[self._count - 1]
        under = np.flatnonzero(self._values < most)
        equal = np.flatnonzero(self._values == most)[: self._count - len(under)]
        kept = np.sort(np.concatenate((under, equal)))
        self._values, self._slots = self._values[kept], self._slots[kept]
        # An equal one that comes later would be left out.
        self._most = int(most) - 1


def closeness(query: bytes, rows: Sequence[StoredRow]) -> list[float]:
    """The cosine of the query and each of these, all of length 1."""
    if not rows:
        return []
    vectors = np.frombuffer(b"".join(row.v for row in rows), np.int8)
    scales = np.array([row.scale for row in rows], np.float32)
    each = vectors.reshape(len(rows), -1).astype(np.float32)
    found = np.einsum("ij,j->i", each, np.frombuffer(query, "<f4")) * scales
    return [float(cosine) for cosine in found]


def _words(signs: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Codes as words of 64 signs, one code a row; what is missing is 0."""
    lacking = -signs.shape[1] % 8
    return np.pad(signs, ((0, 0), (0, lacking))).view(np.uint64)


def codes_of(
    model: IndexModel, rows: Sequence[bytes], scales: Sequence[float]
) -> bytes:
    """The codes of these vectors, one after another."""
    vectors = np.frombuffer(b"".join(rows), np.int8).reshape(-1, model.dims)
    scaled = vectors * np.array(scales, np.float32)[:, None]
    return encoded(scaled, np.frombuffer(model.mean, "<f4")).tobytes()
