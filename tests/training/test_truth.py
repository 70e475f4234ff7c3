"""What may be answered to a lesson: the judge lets pass what is right, and nothing else."""

from __future__ import annotations

import random

import pytest

from training import truth
from training.examples import Lesson, make_lesson
from training.values import (
    HELD_OUT_NAMES,
    HELD_OUT_WORDS,
    TRAINED,
    UNSEEN,
    is_kept_apart,
)
from training.words import WORD


def lessons(seed: int, count: int = 60) -> list[Lesson]:
    """Lessons of both kinds."""
    rng = random.Random(seed)
    return [make_lesson(rng, UNSEEN if at % 2 else TRAINED) for at in range(count)]


def is_right_summary(text: str, lesson: Lesson, *, with_outcome: bool) -> bool:
    """Whether every line of it is."""
    headline, *points = text.split("\n")
    return truth.is_right_headline(headline, lesson, with_outcome=with_outcome) and all(
        truth.is_right_point(point[2:], lesson, with_outcome=with_outcome)
        for point in points
    )


@pytest.mark.parametrize("seed", range(5))
def test_what_the_grammar_answers_is_right(seed: int) -> None:
    """Every reply of every stance, and every summary."""
    for lesson in lessons(seed):
        for target in lesson.targets:
            if target.task == "reply":
                assert truth.is_right_reply(target.text, lesson, target.stance)
                assert truth.is_right_reply(target.text.upper(), lesson, target.stance)
                assert truth.is_right_reply(target.text, lesson, None)
            else:
                assert is_right_summary(target.text, lesson, with_outcome=True)
                assert is_right_summary(target.text, lesson, with_outcome=False)


@pytest.mark.parametrize("seed", range(5))
def test_another_number_or_name_is_wrong(seed: int) -> None:
    """A digit or a letter of a slot that was bent; a reply to something else."""
    bent = 0
    for lesson in lessons(seed):
        for target in lesson.targets:
            changed = _bent(target.text, lesson)
            if changed is None:
                continue
            bent += 1
            if target.task == "reply":
                assert not truth.is_right_reply(changed, lesson, target.stance)
            else:
                assert not is_right_summary(changed, lesson, with_outcome=False)
        assert not truth.is_right_reply("The falafel sings!", lesson, None)
    assert bent > 50


def _bent(text: str, lesson: Lesson) -> str | None:
    """The text with one number or name of its slots changed; none has any."""
    values = [each for one in lesson.exchanges for each in one.slots.known().values()]
    for value in (*values, *lesson.people):
        number = any(letter.isdigit() for letter in value)
        if value in text and (number or value in lesson.people):
            return text.replace(value, f"9{value}" if number else f"{value}x")
    return None


def test_what_is_judged_is_never_trained_on() -> None:
    """No held-out name, place, minute or amount in a thousand lessons."""
    rng = random.Random(3)
    held_out = {*HELD_OUT_NAMES, *HELD_OUT_WORDS}
    for _ in range(1000):
        lesson = make_lesson(rng)
        said = " ".join(turn.text for turn in lesson.turns)
        assert held_out.isdisjoint(WORD.findall(said))
        for exchange in lesson.exchanges:
            for name in ("minutes", "house", "room"):
                value = exchange.slots.known().get(name)
                assert value is None or not is_kept_apart(int(value))
