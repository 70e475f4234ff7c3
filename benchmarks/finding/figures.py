"""How well something was found: shares with intervals, by kind of question. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from jarvis.assistant.evaluating.scores import share_of

PLACES: Final = (1, 5, 10)
MOST_RANKS: Final = 20
"""What stands further below is not found; as many as a page holds."""


class Figures(NamedTuple):
    """Of one way of searching on questions of one kind; `ranks` begin at 1."""

    ranks: Sequence[int | None]

    def within(self, place: int) -> float:
        """The share found among so many."""
        return sum(_is_within(rank, place) for rank in self.ranks) / len(self.ranks)

    def interval(self, place: int) -> tuple[float, float]:
        """The 95 % interval of `within` (Wilson)."""
        share = share_of([float(_is_within(rank, place)) for rank in self.ranks])
        return share.low or 0.0, share.high or 0.0

    @property
    def mrr(self) -> float:
        """The mean of 1 / rank, 0 where it was not found."""
        return sum(1 / rank for rank in self.ranks if rank) / len(self.ranks)


def rank_of(
    found: Iterable[int], targets: Iterable[int], says: Mapping[int, str]
) -> int | None:
    """At which place the first of the targets stands, texts that repeat counted once."""
    wanted = {says[target] for target in targets}
    seen: set[str] = set()
    for message in found:
        if says[message] in wanted:
            return len(seen) + 1
        seen.add(says[message])
        if len(seen) == MOST_RANKS:
            break
    return None


def print_figures(title: str, by_way: Mapping[str, Mapping[str, Figures]]) -> None:
    """A table a kind of question: recall at 1, 5 and 10 with the interval at 5, and MRR."""
    kinds: defaultdict[str, dict[str, Figures]] = defaultdict(dict)
    for way, by_kind in by_way.items():
        for kind, figures in by_kind.items():
            kinds[kind][way] = figures
    print(f"\n{title}")
    for kind, ways in kinds.items():
        count = len(next(iter(ways.values())).ranks)
        print(f"  {f'{kind} ({count})':34} r@1   r@5   r@10  MRR   r@5 of 95 %")
        for way, figures in ways.items():
            shares = "  ".join(f"{figures.within(place):4.2f}" for place in PLACES)
            low, high = figures.interval(5)
            print(f"    {way:32} {shares}  {figures.mrr:4.2f}  {low:.2f} to {high:.2f}")


def _is_within(rank: int | None, place: int) -> bool:
    return rank is not None and rank <= place
