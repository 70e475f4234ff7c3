"""The figures over all moments: each route's, the gate's, two models' difference; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, get_args

from jarvis.assistant.evaluating.replay import Score, Verdict
from jarvis.assistant.evaluating.scores import (
    SHARES,
    Measure,
    mean_of,
    share_of,
)
from jarvis.assistant.generation.timing import percentile
from jarvis.assistant.screening.judging import DropReason
from jarvis.records import Estimate, Record

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)


class RouteFigures(Record, frozen=True):
    """How one route did. `without_offer` is the share of moments without a suggestion.

    Latencies are in milliseconds, from the wish to the last suggestion, without the time
    that the model took to load; null where there was no moment. The last four are a
    model's: to its first word, tokens a second after that (half of the moments are no
    faster), how many of its texts were not offered, and why.
    """

    route: str
    moments: int
    without_offer: Estimate
    measures: dict[Measure, Estimate]
    p50_ms: float | None
    p95_ms: float | None
    first_word_p50_ms: float | None
    tokens_per_second: float | None
    dropped: int | None
    dropped_by_reason: dict[DropReason, int]


class GateFigures(Record, frozen=True):
    """How often the gate was right: over `turns` of others, `answered` by the user.

    Precision: of those it expected an answer to, how many got one. Recall: of those that
    got one, how many it had expected.
    """

    turns: int
    answered: int
    expected: int
    precision: Estimate
    recall: Estimate


class Difference(Record, frozen=True):
    """The second route minus the first, over the moments that both have a value for."""

    first: str
    second: str
    measures: dict[Measure, Estimate]


class Report(Record, frozen=True):
    """Everything that is printed; no text of anybody is in it."""

    routes: tuple[RouteFigures, ...]
    gate: GateFigures
    difference: Difference | None = None


def report_on(
    scores: Mapping[str, Sequence[Score]],
    verdicts: Sequence[Verdict],
    compared: tuple[str, str] | None = None,
) -> Report:
    """The figures so far.

    Args:
        scores: by route, in the order of the same moments; one may have got less far.
        verdicts: of the gate.
        compared: two routes whose difference is wanted.
    """
    difference = None
    if compared is not None and all(scores.get(each) for each in compared):
        difference = _difference(compared, *(scores[each] for each in compared))
    return Report(
        routes=tuple(_route(name, each) for name, each in scores.items()),
        gate=_gate(verdicts),
        difference=difference,
    )


def _route(name: str, scores: Sequence[Score]) -> RouteFigures:
    took_ms = sorted(each.took_ms for each in scores)
    paces = [each.pace for each in scores if each.pace is not None]
    dropped = Counter(reason for each in scores for reason in each.dropped)
    return RouteFigures(
        route=name,
        moments=len(scores),
        without_offer=share_of([float(not each.offered) for each in scores]),
        measures={
            measure: _estimate(
                measure,
                [each.measures[measure] for each in scores if measure in each.measures],
            )
            for measure in MEASURES
        },
        p50_ms=percentile(took_ms, 0.5),
        p95_ms=percentile(took_ms, 0.95),
        first_word_p50_ms=_middle(each.first_word_ms for each in paces),
        tokens_per_second=_middle(each.tokens_per_second for each in paces),
        dropped=dropped.total() if paces else None,
        dropped_by_reason=dict(dropped.most_common()),
    )


def _middle(values: Iterable[float | None]) -> float | None:
    return percentile(sorted(each for each in values if each is not None), 0.5)


def _estimate(measure: Measure, values: Sequence[float]) -> Estimate:
    return share_of(values) if measure in SHARES else mean_of(values)


def _gate(verdicts: Sequence[Verdict]) -> GateFigures:
    answered = [each for each in verdicts if each.answered]
    expected = [each for each in verdicts if each.expected]
    return GateFigures(
        turns=len(verdicts),
        answered=len(answered),
        expected=len(expected),
        precision=share_of([float(each.answered) for each in expected]),
        recall=share_of([float(each.expected) for each in answered]),
    )


def _difference(
    names: tuple[str, str], first: Sequence[Score], second: Sequence[Score]
) -> Difference:
    pairs = [
        (one.measures, other.measures)
        for one, other in zip(first, second, strict=False)  # the second got less far
    ]
    return Difference(
        first=names[0],
        second=names[1],
        measures={
            measure: mean_of(
                [
                    other[measure] - one[measure]
                    for one, other in pairs
                    if measure in one and measure in other
                ]
            )
            for measure in MEASURES
        },
    )
