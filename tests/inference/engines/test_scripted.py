"""The engine of tests and pictures."""

from __future__ import annotations

import msgspec
import pytest

from jarvis.inference.engine import EngineOutput, Prompt
from jarvis.inference.engines.scripted import ScriptedGenerator
from tests.inference.sample import nobody_minds, reply_prompt


def run(prompt: Prompt) -> list[EngineOutput]:
    """All steps for a prompt."""
    return list(ScriptedGenerator().generate(prompt, nobody_minds))


def test_the_same_chat_and_number_give_the_same_text() -> None:
    """And another chat other log-probabilities, so that merits differ."""
    assert run(reply_prompt()) == run(reply_prompt())
    assert run(reply_prompt()) != run(reply_prompt(chat_id="chat-2"))


def test_as_many_distinct_suggestions_as_asked() -> None:
    """Each of at least 16 word-sized tokens with log-probabilities."""
    texts = set()
    for number in range(12):
        *steps, end = run(reply_prompt(suggestion=number))
        assert len(steps) >= 16
        assert all(len(step.text.split()) == 1 for step in steps)
        assert all(step.logprob is not None and step.logprob < 0 for step in steps)
        assert not end.is_token
        texts.add("".join(step.text for step in steps))
    assert len(texts) == 12


@pytest.mark.parametrize("text", ["x" * 10**6, "{person}", "\n\n- a\n", ""])
def test_the_text_is_about_the_last_message_whatever_it_is(text: str) -> None:
    """Endless words are cut, braces are no templates, newlines do not get in."""
    written = "".join(step.text for step in run(reply_prompt(text)))
    assert "Mia" in written
    assert len(written) < 300
    assert "\n" not in written


def test_a_summary_has_a_headline_and_points() -> None:
    """In the shape that a summary streams in."""
    prompt = msgspec.structs.replace(reply_prompt(), task="summary")
    headline, *points = "".join(step.text for step in run(prompt)).split("\n")
    assert "Mia" in headline
    assert len(points) == 3
    assert all(point.startswith("- ") for point in points)


def test_it_stops_where_it_is_told_to() -> None:
    """max_tokens holds for it, too."""
    *steps, end = run(reply_prompt(max_tokens=4))
    assert len(steps) == 4
    assert end.finish_reason == "length"
