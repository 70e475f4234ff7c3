"""How much of a prompt is read at a time."""

from __future__ import annotations

from jarvis.inference.engines.mlx.reading_pace import ReadingPace


def read(pace: ReadingPace, tokens: int, token_s: float) -> list[int]:
    """The steps in which so many tokens are read by a model of this speed."""
    steps = []
    while tokens:
        step = min(pace.tokens, tokens)
        pace.note(step, step * token_s)
        steps.append(step)
        tokens -= step
    return steps


def test_a_fast_model_soon_reads_in_large_steps() -> None:
    """And goes on so with the next prompt."""
    pace = ReadingPace(512)
    assert read(pace, 2000, 0.0001)[-3:-1] == [512, 512]
    assert read(pace, 1024, 0.0001) == [512, 512]


def test_a_slow_model_is_never_silent_for_long() -> None:
    """Whatever it takes for a token."""
    for token_s in (0.05, 0.12, 1.0, 12.0):
        pace = ReadingPace(512)
        _, *later = read(pace, 60, token_s)
        assert all(step == 1 or step * token_s <= 4 for step in later[4:])


def test_the_rest_of_a_prompt_says_nothing_of_the_speed() -> None:
    """It is short, and so takes no time."""
    pace = ReadingPace(512)
    pace.note(16, 1.0)
    pace.note(3, 0.2)
    assert pace.tokens == 16


def test_a_machine_that_becomes_busy_is_met_halfway() -> None:
    """And one that is free again is used."""
    pace = ReadingPace(64)
    read(pace, 640, 0.001)
    assert pace.tokens == 64
    pace.note(64, 8.0)
    assert pace.tokens == 32
    read(pace, 640, 0.001)
    assert pace.tokens == 64
