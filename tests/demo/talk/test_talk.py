"""The grammar of made-up people: deterministic, whole, with answers of every stance."""

from __future__ import annotations

import random
import re

import pytest

from jarvis.demo.talk import (
    ME,
    SCENES,
    UNSEEN,
    Turn,
    make_lesson,
    make_thread,
    thread_prompt,
)

MARKUP = re.compile(r"[{}|\[\]]|//|@[AB]")


def test_there_is_enough_to_talk_about() -> None:
    """A small model has to tell at least so many situations apart."""
    assert len(SCENES) >= 33


@pytest.mark.parametrize("seed", range(40))
def test_threads_are_whole_and_the_same_for_the_same_seed(seed: int) -> None:
    """No markup is left, nobody speaks who is not there."""
    people = ["Mira", "Otto", "Ada"][: 1 + seed % 3]

    def thread() -> object:
        rng = random.Random(seed)
        return make_thread(rng, people, exchanges=1 + seed % 4, open_ask=seed % 2 == 0)

    made = make_thread(
        random.Random(seed), people, exchanges=1 + seed % 4, open_ask=seed % 2 == 0
    )
    assert thread() == made
    assert {turn.speaker for turn in made.turns} <= {ME, *people}
    assert not [turn.text for turn in made.turns if MARKUP.search(turn.text)]
    if made.open_ask:
        assert made.turns[-1].speaker != ME


@pytest.mark.parametrize("seed", range(40))
def test_lessons_are_whole(seed: int) -> None:
    """Prompt and answers without markup; each task asked for in its own words."""
    lesson = make_lesson(random.Random(seed), UNSEEN)
    assert lesson.targets
    for target in lesson.targets:
        assert not MARKUP.search(target.text)
        assert lesson.prompt(target).splitlines()[-1] in (
            "Task: reply",
            "Task: summary",
        )


def test_a_thread_needs_somebody_to_talk_to() -> None:
    """And something to say."""
    for people, exchanges in (([], 1), (["Mira"], 0)):
        with pytest.raises(ValueError, match="at least"):
            make_thread(random.Random(1), people, exchanges=exchanges, open_ask=False)


def test_the_prompt_form_is_the_documented_one() -> None:
    """As training/README.md shows it."""
    turns = [Turn("Mira", "dinner at 7?\nat mine"), Turn(ME, "sure")]
    prompt = thread_prompt(["Mira", "Otto"], turns, task="reply", stance="no")
    assert prompt == (
        "Chat with Mira, Otto\n"
        "Mira: dinner at 7? at mine\n"
        "Me: sure\n"
        "Intent: no\n"
        "Task: reply"
    )
