"""What may be answered to an example: the judge lets pass what is right, nothing else."""

from __future__ import annotations

import random

import pytest

from training import truth
from training.examples import Example, make_example
from training.values import (
    HELD_OUT_NAMES,
    HELD_OUT_WORDS,
    TRAINED,
    UNSEEN,
    is_kept_apart,
)
from training.words import WORD


def examples(seed: int, count: int = 60) -> list[Example]:
    """Examples of both kinds."""
    rng = random.Random(seed)
    return [make_example(rng, UNSEEN if at % 2 else TRAINED) for at in range(count)]


def is_right_summary(text: str, example: Example, *, with_outcome: bool) -> bool:
    """Whether every line of it is."""
    headline, *points = text.split("\n")
    return truth.is_right_headline(
        headline, example, with_outcome=with_outcome
    ) and all(
        truth.is_right_point(point[2:], example, with_outcome=with_outcome)
        for point in points
    )


@pytest.mark.parametrize("seed", range(5))
def test_what_the_grammar_answers_is_right(seed: int) -> None:
    """Every reply of every stance, and every summary."""
    for example in examples(seed):
        for target in example.targets:
            if target.task == "reply":
                assert truth.is_right_reply(target.text, example, target.stance)
                assert truth.is_right_reply(target.text.upper(), example, target.stance)
                assert truth.is_right_reply(target.text, example, None)
            else:
                assert is_right_summary(target.text, example, with_outcome=True)
                assert is_right_summary(target.text, example, with_outcome=False)


@pytest.mark.parametrize("seed", range(5))
def test_another_number_or_name_is_wrong(seed: int) -> None:
    """A digit or a letter of a slot that was bent; a reply to something else."""
    bent = 0
    for example in examples(seed):
        for target in example.targets:
            changed = _bent(target.text, example)
            if changed is None:
                continue
            bent += 1
            if target.task == "reply":
                assert not truth.is_right_reply(changed, example, target.stance)
            else:
                assert not is_right_summary(changed, example, with_outcome=False)
        assert not truth.is_right_reply("The falafel sings!", example, None)
    assert bent > 50


def _bent(text: str, example: Example) -> str | None:
    """The text with one number or name of its slots changed; none has any."""
    values = [each for one in example.exchanges for each in one.slots.known().values()]
    for value in (*values, *example.people):
        number = any(letter.isdigit() for letter in value)
        if value in text and (number or value in example.people):
            return text.replace(value, f"9{value}" if number else f"{value}x")
    return None


def test_what_is_judged_is_never_trained_on() -> None:
    """No held-out name, place, minute or amount in a thousand examples."""
    rng = random.Random(3)
    held_out = {*HELD_OUT_NAMES, *HELD_OUT_WORDS}
    for _ in range(1000):
        example = make_example(rng)
        said = " ".join(turn.text for turn in example.turns)
        assert held_out.isdisjoint(WORD.findall(said))
        for exchange in example.exchanges:
            for name in ("minutes", "house", "room"):
                value = exchange.slots.known().get(name)
                assert value is None or not is_kept_apart(int(value))
