"""Examples for the demo's model: a window of a thread and what to answer to it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from jarvis.demo.talk import Stock
from jarvis.demo.talk.scene import STANCES
from jarvis.demo.talk.template import expand
from jarvis.demo.talk.thread import (
    ME,
    Exchange,
    Story,
    Turn,
    known_text,
    make_story,
)
from jarvis.demo.talk.voice import CAREFUL, Voice, sentence_case
from training.prompt import WINDOW_TURNS, thread_prompt
from training.values import TRAINED, invented_name, phone_number


class SmallTalk(msgspec.Struct, frozen=True):
    """Templates of what the owner can write, by stance, and what a summary says."""

    nudges: dict[str, tuple[str, ...]]
    afterthoughts: dict[str, tuple[str, ...]]
    taken: dict[str, tuple[str, ...]]
    second_thoughts: dict[str, tuple[str, ...]]
    last_words: dict[str, tuple[str, ...]]
    joined: dict[str, str]


SMALL_TALK: Final = msgspec.toml.decode(
    Path(__file__).with_name("small_talk.toml").read_bytes(), type=SmallTalk
)
EARLIER_POINTS = 3
"""How many exchanges before the last one a summary tells."""
_PLAIN_YES_SHARE = 0.85
_NAMELESS_SHARE = 0.04


@dataclass(frozen=True)
class Target:
    """One right answer to a window."""

    task: str
    """ "reply" or "summary"."""
    stance: str | None
    """The intent that the prompt names, if it names one."""
    text: str


@dataclass(frozen=True)
class Example:
    """A window of a thread with an answer for each task."""

    people: tuple[str, ...]
    turns: tuple[Turn, ...]
    exchanges: tuple[Exchange, ...]
    """Those that are whole in the window, oldest first; the last is to be answered."""
    targets: tuple[Target, ...]

    def prompt(self, target: Target) -> str:
        """The prompt that the target answers."""
        return thread_prompt(
            self.people, self.turns, task=target.task, stance=target.stance
        )


def make_example(rng: random.Random, stock: Stock = TRAINED) -> Example:
    """A window with targets: a reply as asked for, one for each stance, a summary."""
    people = _people(rng, stock)
    story = make_story(
        rng,
        people,
        exchanges=rng.choice((1, 1, 1, 2, 2, 3, 3, 4)),
        open_ask=rng.random() < 0.62,
        stock=stock,
    )
    start = _window_start(rng, story)
    turns = tuple(story.turns[start:])
    whole = [exchange for exchange in story.exchanges if exchange.first_turn >= start]
    voice = story.voices[ME] if any(t.speaker == ME for t in turns) else CAREFUL
    spoke = dict.fromkeys(turn.speaker for turn in turns)
    spoke.pop(ME, None)
    shown = tuple(dict.fromkeys((*spoke, *story.people)))
    return Example(
        people=shown,
        turns=turns,
        exchanges=tuple(whole),
        targets=(
            *_replies(rng, whole[-1], voice),
            Target("summary", None, _summary(rng, whole, story.people)),
        ),
    )


def _people(rng: random.Random, stock: Stock) -> tuple[str, ...]:
    """One to three different people; a few have no name."""
    wanted = rng.choice((1, 1, 1, 1, 1, 2, 2, 3))
    people: dict[str, None] = {}
    while len(people) < wanted:
        people[_person(rng, stock)] = None
    return tuple(people)


def _person(rng: random.Random, stock: Stock) -> str:
    if rng.random() < _NAMELESS_SHARE:
        return phone_number(rng)
    if rng.random() < stock.invented_names:
        return invented_name(rng)
    return rng.choice(stock.names)


def _window_start(rng: random.Random, story: Story) -> int:
    """Where the window begins: maybe in the middle, never after the last ask began."""
    earliest = max(0, len(story.turns) - WINDOW_TURNS)
    last_ask = story.exchanges[-1].first_turn
    if last_ask > earliest and rng.random() < 0.35:
        return rng.randint(earliest, last_ask)
    return min(earliest, last_ask)


def _replies(rng: random.Random, last: Exchange, voice: Voice) -> tuple[Target, ...]:
    """What "Me" could write next: without an intent, then by stance."""
    plain = "yes" if rng.random() < _PLAIN_YES_SHARE else rng.choice(STANCES)
    intents = (None, *STANCES)
    return tuple(
        Target("reply", intent, _next_text(rng, last, intent or plain, voice))
        for intent in intents
    )


def _next_text(rng: random.Random, last: Exchange, stance: str, voice: Voice) -> str:
    """The next message from "Me" after the last exchange, however far it has come."""
    templates = next_templates(last, stance)
    return known_text(rng, templates, next_slots(rng, last), voice)


def next_templates(last: Exchange, stance: str) -> Sequence[str]:
    """What "Me" could say next, by the leaning wanted and how far it has come."""
    if last.stance is None:
        is_asked = last.asker != ME
        return last.scene.replies[stance] if is_asked else SMALL_TALK.nudges[stance]
    if last.asker == ME and not last.is_closed:
        taken = SMALL_TALK.taken[last.stance]
        return SMALL_TALK.second_thoughts.get(stance, taken)
    if last.asker != ME and last.is_closed:
        return SMALL_TALK.last_words[stance]
    return SMALL_TALK.afterthoughts[stance]


def next_slots(rng: random.Random, last: Exchange) -> Mapping[str, str]:
    """What those templates may name: what was said, and the topic where there is one."""
    known = dict(last.slots.known())
    if last.scene.topic:
        known["topic"] = expand(last.scene.topic, rng, known)
    return known


def _summary(
    rng: random.Random, exchanges: Sequence[Exchange], people: Sequence[str]
) -> str:
    """The newest exchange in a line, then points: those before, who joined, the state."""
    *earlier, last = exchanges
    points = [
        _sentence(rng, exchange, roles_of(exchange, people))
        for exchange in earlier[-EARLIER_POINTS:]
    ]
    points += [
        SMALL_TALK.joined[stance].format(person) for person, stance in last.joined
    ]
    roles = roles_of(last, people)
    points.append(sentence_case(expand(state_template(last, roles), rng, roles)))
    line = f"{_sentence(rng, last, roles)}."
    return "\n".join([line, *(f"- {point}" for point in points)])


def _sentence(rng: random.Random, exchange: Exchange, roles: Mapping[str, str]) -> str:
    """Who asked whom for what, and how it was answered; no full stop."""
    text = expand(exchange.scene.summary, rng, roles)
    if exchange.stance is not None:
        outcome = expand(exchange.scene.outcomes[exchange.stance], rng, roles)
        text += f", and {roles['B']} {outcome}"
    return sentence_case(text)


def state_template(exchange: Exchange, roles: Mapping[str, str]) -> str:
    """What stands, what is open, or who is to answer."""
    if exchange.stance is None:
        has = "has" if roles["Bwas"] == "was" else "have"
        return f"[B] {has} not answered yet"
    if exchange.stance == "yes" and exchange.scene.settled:
        return f"Agreed: {exchange.scene.settled}"
    if exchange.stance in ("maybe", "other") and exchange.scene.is_request:
        return f"Still open: {exchange.scene.topic}"
    return "Nothing is open"


def roles_of(exchange: Exchange, people: Sequence[str]) -> Mapping[str, str]:
    """The known slots with A, B, Awas and Bwas as a summary needs them."""
    roles = dict(exchange.slots.known())
    for role, speaker in (("A", exchange.asker), ("B", exchange.answerer)):
        roles[role] = "you" if speaker == ME else speaker
        roles[f"{role}was"] = "were" if speaker == ME else "was"
    if exchange.asker == ME and exchange.stance is None and len(people) > 1:
        # Nobody has answered, so nothing tells whom in the group the question meant.
        roles.update(B="the others", Bwas="were")
    return roles
