"""Threads: a few exchanges between "Me" and some people, told as messages."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jarvis.demo.talk.scene import SCENES, Scene
from jarvis.demo.talk.slots import INBOX, Slots, Stock
from jarvis.demo.talk.small_talk import SMALL_TALK
from jarvis.demo.talk.template import expand
from jarvis.demo.talk.voice import Voice, other_voice, own_voice

ME = "Me"
"""The speaker who owns the inbox."""

_SCENES = tuple(SCENES.values())
_REQUESTS = tuple(scene for scene in _SCENES if scene.is_request)
_STANCE_ODDS = ("yes", "yes", "yes", "yes", "no", "no", "maybe", "other")
_EXPANSION_TRIES = 50


@dataclass(frozen=True)
class Turn:
    """One message."""

    speaker: str
    """ME, or a person's first name."""
    text: str


@dataclass
class Exchange:
    """One scene being played: who asks whom, and how far it has come."""

    scene: Scene
    asker: str
    answerer: str
    slots: Slots
    stance: str | None = None
    """How the answer leant; None while there is none."""
    is_closed: bool = False
    """Whether the asker has taken note of the answer."""
    joined: list[tuple[str, str]] = field(default_factory=list)
    """Others who threw something in, each with a stance."""
    first_turn: int = 0
    """Where the exchange begins among the story's turns."""


@dataclass
class Story:
    """Messages of one conversation, with what is known about each exchange."""

    people: tuple[str, ...]
    voices: Mapping[str, Voice]
    turns: list[Turn] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def turns_by_exchange(self) -> list[list[Turn]]:
        """The turns of each exchange."""
        starts = [exchange.first_turn for exchange in self.exchanges]
        ends = [*starts[1:], len(self.turns)]
        return [self.turns[a:b] for a, b in zip(starts, ends, strict=True)]


def make_story(
    rng: random.Random,
    people: Sequence[str],
    *,
    exchanges: int,
    open_ask: bool,
    stock: Stock = INBOX,
    voices: Mapping[str, Voice] | None = None,
) -> Story:
    """So many exchanges with these people; slots are filled from the stock.

    With open_ask the last exchange is somebody else's and unanswered. Voices are drawn
    unless given. The same rng state and arguments give the same story. Takes some 10 us a
    message.

    Raises:
        ValueError: no people, or fewer than one exchange.
    """
    if not people or exchanges < 1:
        raise ValueError("a thread needs at least one person and one exchange")
    if voices is None:
        others = {person: other_voice(rng) for person in people}
        voices = {**others, ME: own_voice(rng)}
    story = Story(tuple(people), voices)
    for index in range(exchanges):
        is_last = index == exchanges - 1
        slots = Slots(rng, stock)
        exchange = _cast(rng, story, slots, is_last=is_last, open_ask=open_ask)
        _ask(rng, story, exchange)
        if not is_last:
            _answer(rng, story, exchange)
            if rng.random() < 0.6:
                _close(rng, story, exchange)
        elif not open_ask:
            _end(rng, story, exchange)
    return story


def _end(rng: random.Random, story: Story, exchange: Exchange) -> None:
    """Let a last exchange that is not open end somewhere."""
    if exchange.asker == ME and rng.random() < 0.4:
        return
    _answer(rng, story, exchange)
    if rng.random() < 0.45:
        _close(rng, story, exchange)


def _cast(
    rng: random.Random, story: Story, slots: Slots, *, is_last: bool, open_ask: bool
) -> Exchange:
    """A scene not played yet in this story, and the two who play it.

    A thread that does not end on an open ask ends on a request, since only a request
    leaves something to say afterwards.
    """
    played = {exchange.scene.name for exchange in story.exchanges}
    choice = _REQUESTS if is_last and not open_ask else _SCENES
    fresh = [scene for scene in choice if scene.name not in played] or choice
    scene = rng.choice(fresh)
    other = rng.choice(story.people)
    is_mine = not (is_last and open_ask) and rng.random() < 0.4
    asker, answerer = (ME, other) if is_mine else (other, ME)
    exchange = Exchange(scene, asker, answerer, slots, first_turn=len(story.turns))
    story.exchanges.append(exchange)
    return exchange


def _ask(rng: random.Random, story: Story, exchange: Exchange) -> None:
    """The asker's messages, and what others in a group throw in."""
    lines = rng.choice(exchange.scene.asks).split(" // ")
    if rng.random() < 0.15:
        lines[0] = f"{rng.choice(SMALL_TALK.greetings)} {lines[0]}"
    for line in lines:
        words = line.removeprefix("@B ")
        speaker = exchange.asker if words is line else exchange.answerer
        _say(rng, story, speaker, words, exchange.slots)
    bystanders = [
        p for p in story.people if p not in (exchange.asker, exchange.answerer)
    ]
    if bystanders and exchange.scene.is_for_all and rng.random() < 0.5:
        stance = "yes" if rng.random() < 0.7 else "no"
        person = rng.choice(bystanders)
        exchange.joined.append((person, stance))
        _say(rng, story, person, rng.choice(SMALL_TALK.joining[stance]), {})


def answer_to(rng: random.Random, exchange: Exchange, voice: Voice) -> Turn:
    """The answerer's message, most often a yes; the exchange keeps the stance."""
    exchange.stance = rng.choice(_STANCE_ODDS)
    return Turn(exchange.answerer, reply_text(rng, exchange, exchange.stance, voice))


def _answer(rng: random.Random, story: Story, exchange: Exchange) -> None:
    """The answerer's message."""
    turn = answer_to(rng, exchange, story.voices[exchange.answerer])
    story.turns.append(turn)


def _close(rng: random.Random, story: Story, exchange: Exchange) -> None:
    """The asker takes note, where the scene asks for it."""
    if exchange.stance is not None and exchange.scene.is_request:
        template = rng.choice(SMALL_TALK.closings[exchange.stance])
        _say(rng, story, exchange.asker, template, {})
        exchange.is_closed = True


def _say(
    rng: random.Random,
    story: Story,
    speaker: str,
    template: str,
    slots: Mapping[str, str],
) -> None:
    voice = story.voices[speaker]
    text = voice.finish(expand(template, rng, slots, voice.style), rng)
    story.turns.append(Turn(speaker, text))


def reply_text(
    rng: random.Random, exchange: Exchange, stance: str, voice: Voice
) -> str:
    """An answer of that stance that names nothing which the ask has not named."""
    return known_text(
        rng, exchange.scene.replies[stance], exchange.slots.known(), voice
    )


def known_text(
    rng: random.Random,
    templates: Sequence[str],
    known: Mapping[str, str],
    voice: Voice,
) -> str:
    """One of the templates in that voice, drawn again until it needs known slots only.

    Raises:
        ValueError: none of the templates can be said with what is known.
    """
    for _ in range(_EXPANSION_TRIES):
        try:
            text = expand(rng.choice(templates), rng, known, voice.style)
        except KeyError:
            continue
        return voice.finish(text, rng)
    raise ValueError(f"none of {templates} can be said of {sorted(known)}")
