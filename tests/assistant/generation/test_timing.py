"""How long an answer took."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.generation.timing import Stopwatch, percentile
from jarvis.inference.engine import Generated


def generated(tokens: int, first_token_ms: float | None, total_ms: float) -> Generated:
    """The account of a text."""
    return Generated(
        finish_reason="stop",
        prompt_tokens=1,
        tokens=tokens,
        mean_logprob=None,
        first_token_ms=first_token_ms,
        total_ms=total_ms,
    )


def test_times_count_from_the_asking() -> None:
    """First text and total by the clock, the pace after the first token."""
    ticks = count()
    stopwatch = Stopwatch(clock=lambda: float(next(ticks)))
    stopwatch.see_text()
    stopwatch.see_text()
    stopwatch.add(generated(11, 50.0, 250.0), queued_ms=30.0)
    stopwatch.add(generated(11, 50.0, 350.0), queued_ms=12.0)
    timing = stopwatch.timing()
    assert (timing.first_token_ms, timing.total_ms) == (1000.0, 2000.0)
    assert timing.queued_ms == 42.0
    assert timing.tokens_per_second == 40.0
    assert stopwatch.tokens == 22


def test_what_was_not_measured_is_null() -> None:
    """No text, no pace of a single token."""
    stopwatch = Stopwatch()
    stopwatch.add(generated(1, 5.0, 5.0), queued_ms=0.0)
    stopwatch.add(generated(0, None, 5.0), queued_ms=0.0)
    timing = stopwatch.timing()
    assert timing.first_token_ms is None
    assert timing.tokens_per_second is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values(values: list[float], share: float) -> None:
    """At least that share of them is not above it, and less than that below it."""
    ordered = sorted(values)
    value = percentile(ordered, share)
    assert value is not None
    assert sum(each <= value for each in ordered) >= share * len(ordered) - 1e-9
    assert sum(each < value for each in ordered) < share * len(ordered)
    assert percentile([], share) is None
