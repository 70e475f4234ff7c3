"""How near a suggestion comes to what was sent, and how sure a mean of that is; pure."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

from jarvis.assistant.history.similarity import TextIndex
from jarvis.assistant.language.stances import stance_of
from jarvis.assistant.language.text import (
    emoji_in,
    first_cased_letter,
    normalised,
    without_emoji,
)
from jarvis.records import Estimate

Measure = Literal[
    "sent_text",
    "stance",
    "chrf_best",
    "chrf_first",
    "cosine_best",
    "length_ratio",
    "style_distance",
]
SHARES: Final[frozenset[Measure]] = frozenset(("sent_text", "stance"))
"""Measures that are 0 or 1 at each moment; the others lie between."""

CHRF_ORDER: Final = 6
CHRF_BETA: Final = 2
RESAMPLES: Final = 1_000
Z95: Final = 1.959964
"""The normal distribution has 95 % of itself within so many standard deviations."""

_CLOSING_MARKS: Final = frozenset(".!?…。！？")
_SEED: Final = 20_251_118


NOTHING: Final = Estimate(value=None, low=None, high=None, count=0)


def measures_of(sent: str, offered: Sequence[str]) -> dict[Measure, float]:
    """How near what was offered, the best first, comes to what was sent.

    Without an offer the shares are 0 and the others are missing; `stance` is missing
    where what was sent has none. All but the last two look at every offer, those at the
    first.
    """
    measures: dict[Measure, float] = {
        "sent_text": float(normalised(sent) in map(normalised, offered))
    }
    stance = stance_of(sent)
    if stance is not None:
        measures["stance"] = float(stance in map(stance_of, offered))
    if not offered:
        return measures
    likeness = [chrf(each, sent) for each in offered]
    measures["chrf_best"] = max(likeness)
    measures["chrf_first"] = likeness[0]
    measures["cosine_best"] = max(cosine(each, sent) for each in offered)
    measures["length_ratio"] = length_ratio(offered[0], sent)
    measures["style_distance"] = style_distance(offered[0], sent)
    return measures


def chrf(text: str, reference: str) -> float:
    """How many stretches of 1 to 6 letters two texts share: chrF2, in 0..1.

    Precision and recall are means over the lengths that both texts have; blanks do not
    count. Source: Popović 2015, "chrF: character n-gram F-score", beta 2.
    """
    one, other = "".join(text.split()), "".join(reference.split())
    precisions, recalls = [], []
    for order in range(1, min(CHRF_ORDER, len(one), len(other)) + 1):
        grams, wanted = _stretches(one, order), _stretches(other, order)
        shared = (grams & wanted).total()
        precisions.append(shared / grams.total())
        recalls.append(shared / wanted.total())
    if not any(precisions):
        return 0.0
    precision = sum(precisions) / len(precisions)
    recall = sum(recalls) / len(recalls)
    return (1 + CHRF_BETA**2) * precision * recall / (CHRF_BETA**2 * precision + recall)


def _stretches(text: str, order: int) -> Counter[str]:
    return Counter(text[at : at + order] for at in range(len(text) - order + 1))


def cosine(text: str, reference: str) -> float:
    """How much two texts share of words, pairs of words and letters, in 0..1.

    The cosine of similarity.py. Between two texts alone nothing is rarer than another
    thing, so all weigh the same.
    """
    near = TextIndex([text]).texts().nearest(reference, 1)
    return next((cosine for _, cosine in near), 0.0)


def length_ratio(text: str, reference: str) -> float:
    """The shorter length over the longer one: 1 for equally long texts.

    Raises:
        ZeroDivisionError: both are empty.
    """
    shorter, longer = sorted((len(text), len(reference)))
    return shorter / longer


def style_distance(text: str, reference: str) -> float:
    """In how many of three habits two texts differ, in 0..1.

    The case they begin with, where both begin with a letter that has one; the mark they
    close with, or that there is none; whether there is an emoji.
    """
    differences = [
        _closing_mark(text) != _closing_mark(reference),
        bool(emoji_in(text)) != bool(emoji_in(reference)),
    ]
    begin, other = first_cased_letter(text), first_cased_letter(reference)
    if begin is not None and other is not None:
        differences.append(begin.isupper() != other.isupper())
    return sum(differences) / len(differences)


def _closing_mark(text: str) -> str:
    last = without_emoji(text).rstrip()[-1:]
    return last if last in _CLOSING_MARKS else ""


def share_of(values: Sequence[float]) -> Estimate:
    """How many of the values, each 0 or 1, are 1, with Wilson's interval.

    Source: Wilson 1927, "Probable inference"; right also for few values, and for shares
    near 0 and 1.
    """
    count = len(values)
    if not count:
        return NOTHING
    share = sum(values) / count
    middle = share + Z95**2 / (2 * count)
    reach = Z95 * math.sqrt(share * (1 - share) / count + (Z95 / (2 * count)) ** 2)
    whole = 1 + Z95**2 / count
    return Estimate(
        value=share,
        low=max((middle - reach) / whole, 0.0),
        high=min((middle + reach) / whole, 1.0),
        count=count,
    )


def difference_of(first: Estimate, second: Estimate) -> Estimate:
    """The second share minus the first, where they are of different moments.

    Source: Newcombe 1998, "Interval estimation for the difference between independent
    proportions", method 10: the two intervals of Wilson put together.
    """
    if first.value is None or second.value is None:
        return NOTHING
    assert first.low is not None
    assert first.high is not None
    assert second.low is not None
    assert second.high is not None
    change = second.value - first.value
    return Estimate(
        value=change,
        low=change - math.hypot(second.value - second.low, first.high - first.value),
        high=change + math.hypot(second.high - second.value, first.value - first.low),
        count=first.count + second.count,
    )


def mean_of(values: Sequence[float]) -> Estimate:
    """The mean with the interval of 1,000 resamples (percentile bootstrap).

    The same values give the same interval. Source: Efron 1979.
    """
    count = len(values)
    if not count:
        return NOTHING
    rng = random.Random(_SEED)
    means = sorted(
        math.fsum(rng.choices(values, k=count)) / count for _ in range(RESAMPLES)
    )
    cut = round(RESAMPLES * 0.025)
    return Estimate(
        value=math.fsum(values) / count,
        low=means[cut],
        high=means[-cut - 1],
        count=count,
    )
