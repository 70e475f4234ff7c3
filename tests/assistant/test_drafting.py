"""Drafting: replies that could be sent."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.drafting import draft_reply
from jarvis.errors import ModelUnavailable, NothingToAnswer
from jarvis.inference.states import Choice
from jarvis.inference.supervisor import supervised
from tests.assistant.thread import (
    CHAT,
    MODEL,
    Screen,
    Typist,
    handle_of,
    pieces,
    thread,
)

DINNER = thread("Mia: hey", "Me: hi", "Mia: dinner on Friday?")


async def test_a_reply_streams_and_joins_to_its_text() -> None:
    """Cleaned on the way: what was shown is what the result holds."""
    screen = Screen()
    writer = Typist(pieces(' "Me: Sure, see you at 7!" '))
    draft = await draft_reply(DINNER, writer, chat_id=CHAT, on_token=screen.token)
    (suggestion,) = draft.suggestions
    assert screen.texts == {0: suggestion.text}
    assert suggestion.source == "model"
    assert draft.streamed
    assert (draft.model, draft.route) == ("typist", "model")
    assert draft.context_used.num_messages == 3
    assert draft.context_used.last_message == "dinner on Friday?"
    assert draft.context_used.participants == (handle_of("Mia"),)


@given(st.lists(st.text('ab "“:Me\n', max_size=12), min_size=1, max_size=4))
def test_whatever_the_model_writes_the_stream_equals_the_result(
    texts: list[str],
) -> None:
    """For each suggestion that is in the result, under its number."""

    async def draft() -> None:
        screen = Screen()
        writer = Typist(["fine"], *(pieces(text, 2) for text in texts))
        result = await draft_reply(
            DINNER,
            writer,
            chat_id=CHAT,
            num_suggestions=1 + len(texts),
            on_token=screen.token,
        )
        for suggestion in result.suggestions:
            assert screen.texts[suggestion.suggestion] == suggestion.text

    asyncio.run(draft())


async def test_suggestions_say_different_things_in_order_of_merit() -> None:
    """One that says the same again is left out; the surest comes first."""
    writer = Typist(
        ["Sure!"],
        ["sure"],
        ["Sorry, no.", " ", "Next", " week?"],
        ["Yes,", " of", " course"],
        logprobs=(-0.1, -0.1, -0.9, -0.2),
    )
    draft = await draft_reply(DINNER, writer, chat_id=CHAT, num_suggestions=4)
    assert [one.suggestion for one in draft.suggestions] == [3, 0, 2]
    assert not draft.streamed
    assert draft.tokens_generated == 9
    assert len({prompt.turns[-1].content for prompt in writer.prompts}) == 4


async def test_confidence_is_how_likely_the_words_were_to_the_model() -> None:
    """The geometric mean of token probabilities; one or two tokens say little."""
    writer = Typist(["a", "b", "c", "d"], ["Ok"], logprobs=(-0.5, -0.01))
    draft = await draft_reply(DINNER, writer, chat_id=CHAT, num_suggestions=2)
    long, short = draft.suggestions
    assert long.confidence == pytest.approx(math.exp(-0.5))
    assert long.confidence_parts == {"fluency": long.confidence}
    assert short.confidence == 0.5


async def test_without_log_probabilities_there_is_no_confidence() -> None:
    """Null, not a constant."""
    writer = Typist(["a", "b", "c"], logprobs=(None,))
    draft = await draft_reply(DINNER, writer, chat_id=CHAT)
    assert draft.suggestions[0].confidence is None
    assert draft.suggestions[0].confidence_parts is None


async def test_a_model_that_writes_nothing_is_an_error() -> None:
    """Never an empty success, never a canned sentence."""
    with pytest.raises(ModelUnavailable, match="typist wrote nothing"):
        await draft_reply(DINNER, Typist([" ", '""']), chat_id=CHAT)


async def test_a_chat_without_words_has_nothing_to_answer() -> None:
    """Said before the model is even asked for."""
    writer = Typist()
    with pytest.raises(NothingToAnswer):
        await draft_reply([], writer, chat_id=CHAT)
    assert writer.prompts == []


async def test_the_model_is_told_for_whom_and_how_urgent() -> None:
    """So that it can serve callers in rotation, and people before prefetch."""
    writer = Typist(["ok"])
    await draft_reply(DINNER, writer, chat_id=CHAT, caller="c7", background=True)
    assert writer.callers == [("c7", True)]


async def test_timing_is_what_was_measured() -> None:
    """Waiting, first token, total, and the pace after the first token."""
    draft = await draft_reply(DINNER, Typist(["a"] * 11), chat_id=CHAT)
    timing = draft.timing
    assert timing.queued_ms == 1.0
    assert timing.first_token_ms is not None
    assert 0 < timing.first_token_ms <= timing.total_ms
    assert timing.tokens_per_second == pytest.approx(10 / 0.110)


async def test_the_demos_model_is_spoken_to_in_its_own_form() -> None:
    """A model's record names its prompt form; what it was not shown is not counted."""
    model = msgspec.structs.replace(MODEL, prompt_form="thread")
    writer = Typist(["ok"], model=model)
    draft = await draft_reply(thread(*["Mia: hey"] * 40), writer, chat_id=CHAT)
    assert writer.prompts[0].turns[0].content.endswith("Task: reply")
    assert draft.context_used.num_messages == 14


async def test_scripted_drafts_through_a_real_worker(tmp_path: Path) -> None:
    """As many as asked, distinct, labelled for what they are, the same every time."""
    choice = Choice(engine="scripted")
    screen = Screen()
    async with (
        asyncio.timeout(10),
        supervised(choice, log_path=tmp_path / "log") as supervisor,
    ):
        first = await draft_reply(
            DINNER,
            supervisor,
            chat_id=CHAT,
            num_suggestions=5,
            on_token=screen.token,
        )
        again = await draft_reply(DINNER, supervisor, chat_id=CHAT, num_suggestions=5)
    assert first.suggestions == again.suggestions
    assert len({one.text for one in first.suggestions}) == 5
    for one in first.suggestions:
        assert one.source == "scripted"
        assert screen.texts[one.suggestion] == one.text
        assert "Mia" in one.text
        assert one.confidence is not None
        assert 0 < one.confidence <= 1
    assert first.tokens_generated >= 5 * 16
