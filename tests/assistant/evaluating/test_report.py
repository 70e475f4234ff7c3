"""Figures over moments, against figures computed by hand."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from jarvis.assistant.evaluating.replay import Pace, Score, Verdict
from jarvis.assistant.evaluating.report import report_on
from jarvis.assistant.evaluating.scores import NOTHING, Measure
from jarvis.assistant.screening.judging import DropReason


def score(took_ms: float = 1.0, offered: int = 3, **measures: float) -> Score:
    """An offer that did so."""
    named: dict[Measure, float] = measures  # type: ignore[assignment]  # measures by name
    return Score(offered=offered, took_ms=took_ms, measures=named)


def test_a_route_has_its_shares_means_and_latencies() -> None:
    """What a moment has no value for is left out of its mean."""
    scores = [score(took_ms=each, sent_text=0.0) for each in range(1, 19)]
    scores += [
        score(took_ms=100.0, offered=0, sent_text=0.0),
        score(took_ms=200.0, sent_text=1.0, stance=1.0, chrf_best=0.25),
    ]
    (figures,) = report_on({"past": scores}, []).routes
    assert figures.moments == 20
    assert figures.without_offer.value == 1 / 20
    assert figures.measures["sent_text"].value == 1 / 20
    assert figures.measures["sent_text"].count == 20
    assert figures.measures["stance"].count == 1
    assert figures.measures["chrf_best"].value == 0.25
    assert figures.measures["chrf_first"] == NOTHING
    assert figures.p50_ms == 10.0
    assert figures.p95_ms == 100.0


def test_a_model_has_its_pace_and_why_its_texts_were_dropped() -> None:
    """The middle of the moments that have one; other routes have nulls."""
    paces = [Pace(first_word_ms=each, tokens_per_second=50) for each in (10, 20, 90)]
    paces.append(Pace(first_word_ms=None, tokens_per_second=None))
    dropped: tuple[DropReason, ...] = ("echo", "cut", "echo")
    written = [replace(score(), pace=each) for each in paces]
    written[-1] = replace(written[-1], dropped=dropped)
    past, model = report_on({"past": [score()], "model": written}, []).routes
    assert model.first_word_p50_ms == 20
    assert model.tokens_per_second == 50
    assert model.dropped == 3
    assert model.dropped_by_reason == {"echo": 2, "cut": 1}
    assert past.first_word_p50_ms is None
    assert past.tokens_per_second is None
    assert past.dropped is None


def test_the_gate_is_right_so_often_and_finds_so_many() -> None:
    """Of 4 expected answers 3 came; of 5 that came 3 were expected."""
    verdicts = [
        *[Verdict(expected=True, answered=True)] * 3,
        Verdict(expected=True, answered=False),
        *[Verdict(expected=False, answered=True)] * 2,
        *[Verdict(expected=False, answered=False)] * 6,
    ]
    gate = report_on({}, verdicts).gate
    assert (gate.turns, gate.answered, gate.expected) == (12, 5, 4)
    assert gate.precision.value == 3 / 4
    assert gate.recall.value == 3 / 5


def test_two_models_are_compared_at_the_same_moments() -> None:
    """Only where both have a value; what both gain alike is no difference."""
    first = [score(chrf_best=0.1), score(chrf_best=0.5), score(chrf_best=0.9)]
    second = [score(chrf_best=0.3), score(), score(chrf_best=1.1), score(chrf_best=9)]
    report = report_on({"a": first, "b": second}, [], ("a", "b"))
    assert report.difference is not None
    change = report.difference.measures["chrf_best"]
    assert change.count == 2
    assert change.value == pytest.approx(0.2)
    assert change.low == pytest.approx(0.2)
    assert change.high == pytest.approx(0.2)


def test_a_model_that_was_not_reached_is_not_compared() -> None:
    """As when it was stopped before it began."""
    assert report_on({"a": [score()], "b": []}, [], ("a", "b")).difference is None
    assert report_on({"a": [score()]}, [], ("a", "b")).difference is None


def test_without_moments_there_are_no_figures() -> None:
    """Nulls, not zeros."""
    report = report_on({"past": []}, [])
    assert report.routes[0].p50_ms is None
    assert report.routes[0].without_offer == NOTHING
    assert report.gate.recall == NOTHING
