"""Confidences held against what became of earlier suggestions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.drafting.calibration import FEWEST_OUTCOMES, Calibration, Outcome

OUTCOMES = st.lists(
    st.builds(Outcome, st.floats(0, 1), st.sampled_from((0.0, 0.5, 1.0))),
    min_size=FEWEST_OUTCOMES,
    max_size=FEWEST_OUTCOMES + 20,
)


def test_too_few_outcomes_change_nothing() -> None:
    """One fewer than enough."""
    calibration = Calibration([Outcome(0.9, 0.0)] * (FEWEST_OUTCOMES - 1))
    assert not calibration.is_known
    assert calibration(0.9) == 0.9


@given(OUTCOMES, st.lists(st.floats(0, 1), min_size=2))
def test_more_confidence_never_becomes_less(
    outcomes: list[Outcome], asked: list[float]
) -> None:
    """And every value is a share of what was taken."""
    calibration = Calibration(outcomes)
    values = [calibration(each) for each in sorted(asked)]
    assert values == sorted(values)
    assert 0 <= values[0] <= values[-1] <= 1


@given(OUTCOMES)
def test_on_the_whole_it_says_what_was_taken(outcomes: list[Outcome]) -> None:
    """The mean over the outcomes is their mean worth, however wrong it was before."""
    calibration = Calibration(outcomes)
    said = sum(calibration(each.confidence) for each in outcomes)
    assert abs(said - sum(each.worth for each in outcomes)) < 1e-6


def test_a_model_that_is_too_sure_is_put_right() -> None:
    """Half of what it was sure of was taken, and nothing of the rest."""
    sure = [Outcome(0.95, 1.0), Outcome(0.95, 0.0)] * 100
    calibration = Calibration([*sure, *[Outcome(0.3, 0.0)] * 100])
    assert calibration(0.95) == 0.5
    assert calibration(0.3) == 0.0
    assert calibration(0.1) == 0.0
