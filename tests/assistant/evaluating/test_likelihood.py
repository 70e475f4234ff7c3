"""What was really sent, as a model that only reads finds it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jarvis.assistant.evaluating.likelihood import (
    Likelihood,
    likelihood_report,
    likelihoods,
)
from jarvis.assistant.evaluating.moments import moments_of
from jarvis.assistant.generation.instruct import InstructStyle
from jarvis.errors import InvalidParams
from jarvis.inference.engine import Prompt, Scored
from jarvis.records import PlainMessage
from tests.assistant.evaluating.archive import HandMade, said
from tests.assistant.thread import MODEL

HISTORY = (
    *("Mia: coming to the lake?", "Me: gladly", "+24h"),
    *("Mia: and to the cinema?", "Me: rather not", "+24h"),
)


class Reader:
    """Finds every letter as likely as the next; too many letters are too much for it."""

    def __init__(self, most_characters: int = 10**9) -> None:
        self.asked: list[tuple[Prompt, str]] = []
        self._most_characters = most_characters

    async def score(self, prompt: Prompt, text: str) -> Scored:
        """Two nats a letter."""
        self.asked.append((prompt, text))
        read = sum(len(turn.content) for turn in prompt.turns)
        if read > self._most_characters:
            raise InvalidParams("Too long.", field="prompt")
        return Scored(nats=2.0 * len(text), tokens=len(text), prompt_tokens=read)


async def read(reader: Reader, history: Sequence[PlainMessage]) -> list[Likelihood]:
    """All moments of a history."""
    moments = moments_of(history, 100)
    found = [
        each
        async for each in likelihoods(
            moments, history, HandMade(history), reader, MODEL, InstructStyle()
        )
    ]
    return [each for each in found if each is not None]


async def test_what_was_sent_is_read_behind_what_was_known() -> None:
    """Nothing of it, and nothing later, stands in the prompt."""
    reader = Reader()
    first, second = await read(reader, said(*HISTORY))
    assert [text for _, text in reader.asked] == ["gladly", "rather not"]
    prompt = "\n".join(turn.content for turn in reader.asked[0][0].turns)
    assert "coming to the lake?" in prompt
    assert "gladly" not in prompt
    assert "cinema" not in prompt
    assert first.nats_per_character == second.nats_per_character == 2.0


async def test_a_prompt_that_is_too_long_is_cut_as_for_a_draft() -> None:
    """The model reads less of the conversation, and the moment counts."""
    lines = [f"Mia: {'word ' * 40}{number}" for number in range(6)]
    history = said(*lines, "Me: yes")
    (whole,) = await read(Reader(), history)
    (cut,) = await read(Reader(most_characters=whole.prompt_tokens - 10), history)
    assert cut.prompt_tokens < whole.prompt_tokens


def likelihood(nats: float) -> Likelihood:
    """Of a text of ten letters."""
    return Likelihood(nats=nats, characters=10, prompt_tokens=100)


def test_two_models_are_compared_moment_by_moment() -> None:
    """One that nobody was asked at is in neither; where one got less far, the rest goes."""
    found: dict[str, list[Likelihood | None]] = {
        "a": [likelihood(10), None, likelihood(30), likelihood(99)],
        "b": [likelihood(12), likelihood(50), likelihood(32)],
    }
    report = likelihood_report(found, ("a", "b"))
    assert report.difference is not None
    assert report.difference.value == pytest.approx(0.2)
    assert report.difference.count == 2
    one, other = report.models
    assert (one.nats_per_character.count, other.nats_per_character.count) == (3, 3)
    assert likelihood_report({"a": found["a"]}, ("a", "b")).difference is None
