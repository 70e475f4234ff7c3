"""The grammar of made-up people: deterministic, whole, with answers of every stance."""

from __future__ import annotations

import random
import re

import pytest

from jarvis.demo.talk import ME, Turn, make_story
from jarvis.demo.talk.scene import SCENES, STANCES, Scene
from jarvis.demo.talk.slots import Slots
from jarvis.demo.talk.template import parse
from training.examples import make_example
from training.prompt import thread_prompt
from training.values import UNSEEN

MARKUP = re.compile(r"[{}|\[\]]|//|@[AB]")
SLOT = re.compile(r"\[(\w+)\]")
ROLES = {"A": "Mira", "B": "you", "Awas": "was", "Bwas": "were"}


def test_there_is_enough_to_talk_about() -> None:
    """A small model has to tell at least so many situations apart."""
    assert len(SCENES) >= 33


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_scene_can_be_played_to_every_end(scene: Scene) -> None:
    """Its templates can be read, their slots filled, and each stance has its answers."""
    assert tuple(scene.replies) == tuple(scene.outcomes) == STANCES
    replies = [reply for each in scene.replies.values() for reply in each]
    told = [scene.summary, scene.topic, scene.settled, *scene.outcomes.values()]
    slots = Slots(random.Random(1), roles=ROLES)
    for template in (*scene.asks, *replies, *told):
        parse(template, str)
        for name in SLOT.findall(template):
            assert slots[name]
    asked = {name for ask in scene.asks for name in SLOT.findall(ask)}
    assert asked.isdisjoint(ROLES)


@pytest.mark.parametrize("seed", range(40))
def test_threads_are_whole_and_the_same_for_the_same_seed(seed: int) -> None:
    """No markup is left, nobody speaks who is not there."""
    people = ["Mira", "Otto", "Ada"][: 1 + seed % 3]
    open_ask = seed % 2 == 0

    def turns() -> list[Turn]:
        rng = random.Random(seed)
        story = make_story(rng, people, exchanges=1 + seed % 4, open_ask=open_ask)
        return story.turns

    made = turns()
    assert turns() == made
    assert {turn.speaker for turn in made} <= {ME, *people}
    assert not [turn.text for turn in made if MARKUP.search(turn.text)]
    if open_ask:
        assert made[-1].speaker != ME


@pytest.mark.parametrize("seed", range(40))
def test_examples_are_whole(seed: int) -> None:
    """Prompt and answers without markup; each task asked for in its own words."""
    example = make_example(random.Random(seed), UNSEEN)
    assert example.targets
    for target in example.targets:
        assert not MARKUP.search(target.text)
        assert example.prompt(target).splitlines()[-1] in (
            "Task: reply",
            "Task: summary",
        )


def test_a_thread_needs_somebody_to_talk_to() -> None:
    """And something to say."""
    for people, exchanges in (([], 1), (["Mira"], 0)):
        with pytest.raises(ValueError, match="at least"):
            make_story(random.Random(1), people, exchanges=exchanges, open_ask=False)


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
