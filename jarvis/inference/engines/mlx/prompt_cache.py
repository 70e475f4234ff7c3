"""How much of a prompt a model has read already: caches by chat, within a budget.

Nothing here knows a model; what a cache is made of is the engine's business. It holds
private text, so it is never written to disk and goes with the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, Self, TypeVar

from jarvis.errors import Cancelled

MOST_CHATS: Final = 4
_MIB: Final = 2**20
_GIB: Final = 2**30
_WORTH_MOVING_TOKENS: Final = 256
"""The shortest distance between two snapshots: one step of reading."""


class Cache(Protocol):
    """What a model keeps of the tokens it was fed; it changes as the model goes on."""

    @property
    def tokens(self) -> int | None:
        """How many tokens it was fed; null where it keeps no count."""

    @property
    def size_bytes(self) -> int:
        """Its memory."""

    @property
    def can_trim(self) -> bool:
        """Whether it can forget its last tokens."""

    def trim(self, tokens: int) -> bool:
        """Forget the last tokens; a cache that returns false must not be used any more."""

    def copy(self) -> Self:
        """A copy that shares no arrays with this one."""


C = TypeVar("C", bound=Cache)


@dataclass(frozen=True)
class Snapshot(Generic[C]):
    """A cache that is never fed again, only copied, and the ids it was fed."""

    ids: Sequence[int]
    cache: C


@dataclass(frozen=True)
class _Entry(Generic[C]):
    ids: Sequence[int]
    cache: C
    snapshot: Snapshot[C] | None

    @property
    def size_bytes(self) -> int:
        snapshot = self.snapshot
        return self.cache.size_bytes + (snapshot.cache.size_bytes if snapshot else 0)


@dataclass
class Loan(Generic[C]):
    """A cache to write one text with."""

    ids: Sequence[int]
    """The prompt."""
    cache: C
    reused_tokens: int
    """How many of the prompt's first ids the cache has been fed."""
    snapshot_tokens: int | None = None
    """After how many ids of the prompt `take_snapshot` is to be called; null: never."""
    written: list[int] = field(default_factory=list)
    """The borrower notes the id of each token here that the model gave."""
    snapshot: Snapshot[C] | None = None

    def take_snapshot(self) -> None:
        """Keep a copy of the cache as it is after `snapshot_tokens`."""
        self.snapshot = Snapshot(self.ids[: self.snapshot_tokens], self.cache.copy())


class PromptCaches(Generic[C]):
    """Lends each chat the cache of its last prompt, cut to what the new one shares.

    Caches that can forget their last tokens are trimmed to the common beginning. Others
    (of models with a running state) can only go on from a snapshot. It stands where the
    prompt parted from the one before it, for what two prompts of a chat had in common is
    what the third will have; a first prompt has none before it and is cut where its own
    stable part ends.

    Kept are at most MOST_CHATS chats and `budget_bytes`; the one used longest ago goes
    first, and `on_evict` is called.
    """

    def __init__(
        self,
        make: Callable[[], C],
        budget_bytes: int,
        on_evict: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._budget_bytes = budget_bytes
        self._on_evict = on_evict
        self._entries: dict[str, _Entry[C]] = {}

    @property
    def size_bytes(self) -> int:
        """What all that is kept takes of memory."""
        return sum(entry.size_bytes for entry in self._entries.values())

    @property
    def chats(self) -> tuple[str, ...]:
        """The keys of the chats whose caches are kept, longest unused first."""
        return tuple(self._entries)

    @contextmanager
    def lent(
        self, key: str, ids: Sequence[int], stable_tokens: Callable[[], int]
    ) -> Iterator[Loan[C]]:
        """A cache for a prompt of at least one id, which is not kept meanwhile.

        It comes back when the block ends or is left early (Cancelled, or the closing of
        a generator); any other exception may have left it half written, so it is gone.

        Args:
            key: the conversation and the task, whose prompts begin alike.
            ids: the whole prompt; its last id is always left to be fed.
            stable_tokens: how many of them are likely to begin the chat's next prompt,
                asked only where a snapshot may be needed.
        """
        loan = self._borrow(self._entries.pop(key, None), ids, stable_tokens)
        try:
            yield loan
        except (Cancelled, GeneratorExit):
            self._take_back(key, loan)
            raise
        self._take_back(key, loan)

    def _borrow(
        self,
        entry: _Entry[C] | None,
        ids: Sequence[int],
        stable_tokens: Callable[[], int],
    ) -> Loan[C]:
        if entry is None:
            loan = Loan(ids, self._make(), 0)
            return loan if loan.cache.can_trim else _plan(loan, stable_tokens(), None)
        shared = min(common_prefix(entry.ids, ids), len(ids) - 1)
        surplus = len(entry.ids) - shared
        if not surplus or entry.cache.trim(surplus):
            loan = Loan(ids, entry.cache, shared, snapshot=entry.snapshot)
        elif entry.snapshot is not None and len(entry.snapshot.ids) <= shared:
            kept = entry.snapshot
            loan = Loan(ids, kept.cache.copy(), len(kept.ids), snapshot=kept)
        else:
            loan = Loan(ids, self._make(), 0)
        return loan if loan.cache.can_trim else _plan(loan, stable_tokens(), shared)

    def _take_back(self, key: str, loan: Loan[C]) -> None:
        entry = _entry_of(loan)
        if entry is not None:
            self._entries[key] = entry
            self._evict()

    def _evict(self) -> None:
        before = len(self._entries)
        while self._entries and (
            len(self._entries) > MOST_CHATS or self.size_bytes > self._budget_bytes
        ):
            del self._entries[next(iter(self._entries))]
        if len(self._entries) < before:
            self._on_evict()


def _entry_of(loan: Loan[C]) -> _Entry[C] | None:
    """What can be kept of a cache that comes back."""
    ids = [*loan.ids, *loan.written]
    fed = loan.cache.tokens
    # A model may be ahead by a token that it has not told yet.
    if fed is not None and (fed <= len(ids) or loan.cache.trim(fed - len(ids))):
        return _Entry(ids[:fed], loan.cache, loan.snapshot)
    if loan.snapshot is not None:
        kept = loan.snapshot
        return _Entry(kept.ids, kept.cache.copy(), kept)
    return None


def _plan(loan: Loan[C], stable: int, shared: int | None) -> Loan[C]:
    """Decide where a cache that cannot be trimmed is copied.

    Args:
        loan: what it begins with.
        stable: where the stable part of the prompt ends.
        shared: how much the prompt before it had in common; null: there was none.
    """
    place = stable if shared is None else min(stable, shared)
    if place < _WORTH_MOVING_TOKENS:
        # Another kind of prompt stood before it: nothing can be learnt from that.
        place = stable
    kept = len(loan.snapshot.ids) if loan.snapshot else 0
    is_better = not kept or place >= kept + _WORTH_MOVING_TOKENS
    if is_better and loan.reused_tokens < place < len(loan.ids):
        loan.snapshot_tokens = place
    return loan


def common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    """How many ids two sequences have in common at the beginning."""
    shortest = min(len(first), len(second))
    for index in range(shortest):
        if first[index] != second[index]:
            return index
    return shortest


def cache_budget_bytes(memory_bytes: int) -> int:
    """What caches may take on a machine with that much memory in all."""
    if memory_bytes <= 8 * _GIB:
        return 256 * _MIB
    return 512 * _MIB if memory_bytes <= 16 * _GIB else _GIB
