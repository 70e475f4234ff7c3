"""Which of many texts are most like one: words, pairs of words and stretches of letters."""

from __future__ import annotations

import heapq
import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from jarvis.assistant.language.text import words_of

_STRETCH: Final = 4
_MOST_STEPS: Final = 6_000
"""Entries of the index that one look reads; rare features come first, so that what all
texts have in common is what is left out."""
_SURE_FEATURES: Final = 3
"""So many are read however common they are, for texts that have no others."""
_SHORTLIST: Final = 24
"""So many more than were asked for are compared in full."""
_GROWTH: Final = 1.5
"""How rare a feature is gets counted anew when there are so many times more texts."""
_DIGITS: Final = re.compile(r"\d+")
_NONE: Final = -1


@dataclass(frozen=True, slots=True)
class _Postings:
    """Which texts have a feature, the newest first; entries are only ever added.

    An entry names its text, the entry before it of the same feature, and how many there
    are up to it. Three arrays and a dict of numbers, as a list for each of a hundred
    thousand features would have the collector of garbage hold up every thread.
    """

    newest: dict[str, int] = field(default_factory=dict)
    text: array[int] = field(default_factory=lambda: array("I"))
    before: array[int] = field(default_factory=lambda: array("l"))
    count: array[int] = field(default_factory=lambda: array("I"))

    def add(self, feature: str, number: int) -> None:
        entry, before = len(self.text), self.newest.get(feature, _NONE)
        self.text.append(number)
        self.count.append(1 if before == _NONE else self.count[before] + 1)
        self.before.append(before)
        # Last: another thread may look it up at any time.
        self.newest[feature] = entry

    def below(self, feature: str, size: int) -> int:
        """The newest entry of a text below this number, _NONE where there is none."""
        entry = self.newest.get(feature, _NONE)
        while entry != _NONE and self.text[entry] >= size:
            entry = self.before[entry]
        return entry


@dataclass(frozen=True, slots=True)
class _Rarity:
    """How rare features were among so many texts; those not seen then are the rarest."""

    counted: int = 0
    known: Mapping[str, float] = field(default_factory=dict)
    lengths: list[float] = field(default_factory=list)
    """Of each text's vector, by number; those of later texts are added."""

    def of(self, feature: str) -> float:
        return self.known.get(feature) or math.log1p(self.counted + 1)

    def length(self, counts: Mapping[str, float]) -> float:
        """Of what has no features, any but 0: it is near to nothing."""
        known, unseen = self.known, math.log1p(self.counted + 1)
        squares = ((n * known.get(each, unseen)) ** 2 for each, n in counts.items())
        return math.sqrt(sum(squares)) or 1.0


@dataclass(frozen=True, slots=True)
class SimilarTexts:
    """The texts that an index held at one moment, found by the cosine of their features.

    Any script: where none of the words is known, stretches of letters still may be.
    What the index takes in later is not seen.
    """

    _size: int
    _counts: Sequence[Mapping[str, float]]
    _postings: _Postings
    _rarity: _Rarity

    def __len__(self) -> int:
        return self._size

    def nearest(
        self, text: str, k: int, *, among: Callable[[int], bool] | None = None
    ) -> list[tuple[int, float]]:
        """At most k numbers with their cosine in 0..1, nearest first, newer before older.

        Only texts that share something with this one, and of those only that are `among`.
        """
        asked = features_of(text)
        length, lengths = self._rarity.length(asked), self._rarity.lengths
        sums = self._sums(asked)
        if among is not None:
            sums = {number: shared for number, shared in sums.items() if among(number)}
        near = heapq.nlargest(
            k + _SHORTLIST, sums, key=lambda each: (sums[each] / lengths[each], each)
        )
        exact = [
            (self._product(asked, self._counts[each]) / (length * lengths[each]), each)
            for each in near
        ]
        return [(each, min(cosine, 1.0)) for cosine, each in heapq.nlargest(k, exact)]

    def _sums(self, asked: Mapping[str, float]) -> dict[int, float]:
        """About the product with each text that shares a feature."""
        text, before, count = (
            self._postings.text,
            self._postings.before,
            self._postings.count,
        )
        entries = [
            (count[entry], feature, entry)
            for feature in asked
            if (entry := self._postings.below(feature, self._size)) != _NONE
        ]
        # By how many texts have it; in the order of the words where that is the same.
        entries.sort(key=lambda each: each[0])
        sums: dict[int, float] = {}
        steps = 0
        for read, (holders, feature, entry) in enumerate(entries):
            # The newest, where even the rarest is in too many.
            holders = min(holders, _MOST_STEPS)
            steps += holders
            if steps > _MOST_STEPS and read >= _SURE_FEATURES:
                break
            weight = asked[feature] * self._rarity.of(feature) ** 2
            for _ in range(holders):
                number = text[entry]
                sums[number] = sums.get(number, 0.0) + weight
                entry = before[entry]
        return sums

    def _product(self, one: Mapping[str, float], other: Mapping[str, float]) -> float:
        return sum(
            one[feature] * other[feature] * self._rarity.of(feature) ** 2
            for feature in one.keys() & other.keys()
        )


class TextIndex:
    """Takes in texts, numbered from 0, to be found by likeness. It only grows."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._counts: list[Mapping[str, float]] = []
        self._postings = _Postings()
        self._rarity = _Rarity()
        self.extend(texts)

    def __len__(self) -> int:
        return len(self._counts)

    def extend(self, texts: Iterable[str]) -> None:
        """Take in more texts.

        How rare each feature is, and so all lengths, are counted anew once there are half
        as many texts again: over all of them that costs no more than three times once.
        """
        for text in texts:
            counts = features_of(text)
            for feature in counts:
                self._postings.add(feature, len(self._counts))
            self._counts.append(counts)
        if len(self._counts) > self._rarity.counted * _GROWTH:
            self._rarity = self._counted_rarity()
        lengths = self._rarity.lengths
        lengths += map(self._rarity.length, self._counts[len(lengths) :])

    def texts(self) -> SimilarTexts:
        """The texts as they are now, to be searched by any thread."""
        return SimilarTexts(
            len(self._counts), self._counts, self._postings, self._rarity
        )

    def _counted_rarity(self) -> _Rarity:
        counted, count = len(self._counts), self._postings.count
        known = {
            feature: math.log1p((counted + 1) / count[entry])
            for feature, entry in self._postings.newest.items()
        }
        return _Rarity(counted, known)


def overlap(one: str, other: str) -> float:
    """How many of their different words two texts share, in 0..1 (Jaccard)."""
    words, others = set(words_of(one)), set(words_of(other))
    if not words or not others:
        return float(one.strip() == other.strip())
    return len(words & others) / len(words | others)


def features_of(text: str) -> dict[str, float]:
    """What stands in a text and how much of it; numbers are alike, whatever they say."""
    words = [_DIGITS.sub("0", word) for word in words_of(text)]
    counts = Counter(words)
    counts.update(f"{one} {other}" for one, other in pairwise(words))
    counts.update(_stretches(words))
    return {feature: _weight(times) for feature, times in counts.items()}


def _weight(times: int) -> float:
    return 1.0 if times == 1 else 1.0 + math.log(times)


def _stretches(words: Iterable[str]) -> Iterator[str]:
    """All stretches of four letters within a word, its ends marked by a dot."""
    for word in words:
        marked = f".{word}."
        for at in range(len(marked) - _STRETCH + 1):
            yield f"~{marked[at : at + _STRETCH]}"
