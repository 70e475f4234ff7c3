"""Which of many texts are most like one: words, pairs of words and stretches of letters."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from jarvis.assistant.language.wording import words_of

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


class Similar:
    """Texts by number, found by the cosine of their TF-IDF features.

    Any script: where none of the words is known, stretches of letters still may be.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Take in texts, numbered from 0."""
        self._counts: list[dict[str, float]] = []
        self._holders: dict[str, list[int]] = {}
        self._rarity: dict[str, float] = {}
        self._lengths: list[float] = []
        for text in texts:
            self._hold(text)
        self._renew()

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, text: str) -> int:
        """Take in one more text; its number."""
        self._hold(text)
        if len(self._counts) > self._counted * _GROWTH:
            self._renew()
        else:
            counts = self._counts[-1]
            for feature in counts:
                if feature not in self._rarity:
                    self._rarity[feature] = self._unknown
            self._lengths.append(self._length(counts))
        return len(self._counts) - 1

    def nearest(
        self, text: str, k: int, *, among: Callable[[int], bool] | None = None
    ) -> list[tuple[int, float]]:
        """At most k numbers with their cosine in 0..1, nearest first, newer before older.

        Only texts that share something with this one, and of those only that are `among`.
        """
        asked = features_of(text)
        length = self._length(asked)
        sums = self._sums(asked)
        if among is not None:
            sums = {number: shared for number, shared in sums.items() if among(number)}
        lengths = self._lengths
        near = heapq.nlargest(
            k + _SHORTLIST, sums, key=lambda each: (sums[each] / lengths[each], each)
        )
        exact = [
            (self._product(asked, self._counts[each]) / (length * lengths[each]), each)
            for each in near
        ]
        return [(each, min(cosine, 1.0)) for cosine, each in heapq.nlargest(k, exact)]

    def _hold(self, text: str) -> None:
        number = len(self._counts)
        counts = features_of(text)
        self._counts.append(counts)
        for feature in counts:
            self._holders.setdefault(feature, []).append(number)

    def _renew(self) -> None:
        """Count how rare each feature is now, and what that makes of all lengths."""
        self._counted = len(self._counts)
        number = self._counted + 1
        self._unknown = math.log1p(number)
        self._rarity = {
            feature: math.log1p(number / len(holders))
            for feature, holders in self._holders.items()
        }
        self._lengths = [self._length(each) for each in self._counts]

    def _sums(self, asked: Mapping[str, float]) -> dict[int, float]:
        """About the product with each text that shares a feature."""
        holders_of = self._holders
        known = [feature for feature in asked if feature in holders_of]
        known.sort(key=lambda feature: len(holders_of[feature]))
        sums: dict[int, float] = {}
        steps = 0
        for read, feature in enumerate(known):
            # The newest, where even the rarest is in too many.
            holders = holders_of[feature][-_MOST_STEPS:]
            steps += len(holders)
            if steps > _MOST_STEPS and read >= _SURE_FEATURES:
                break
            weight = asked[feature] * self._rarity[feature] ** 2
            for number in holders:
                sums[number] = sums.get(number, 0.0) + weight
        return sums

    def _product(self, one: Mapping[str, float], other: Mapping[str, float]) -> float:
        return sum(
            one[feature] * other[feature] * self._rarity[feature] ** 2
            for feature in one.keys() & other.keys()
        )

    def _length(self, counts: Mapping[str, float]) -> float:
        """Of what has no features, any but 0: it is near to nothing."""
        rarity, unknown = self._rarity, self._unknown
        squares = ((n * rarity.get(each, unknown)) ** 2 for each, n in counts.items())
        return math.sqrt(sum(squares)) or 1.0


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
    return {feature: 1.0 + math.log(times) for feature, times in counts.items()}


def _stretches(words: Iterable[str]) -> Iterator[str]:
    """All stretches of four letters within a word, its ends marked by a dot."""
    for word in words:
        marked = f".{word}."
        for at in range(len(marked) - _STRETCH + 1):
            yield f"~{marked[at : at + _STRETCH]}"
