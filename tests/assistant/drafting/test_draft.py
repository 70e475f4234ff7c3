"""Drafting: replies that could be sent."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.drafting.calibration import FEWEST_OUTCOMES, Calibration, Outcome
from jarvis.assistant.drafting.draft import draft_reply
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.assistant.generation.generate import LanguageModel, OnToken
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.errors import ModelUnavailable, NoModelChosen, NothingToAnswer
from jarvis.inference.background import Background
from jarvis.inference.kinds import GENERATOR
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.pool.supervisor import supervised
from jarvis.inference.states import Selection
from jarvis.records import ChatId, Draft, Message, PlainMessage
from tests.assistant.exchanges import history_of
from tests.assistant.thread import (
    CHAT,
    Screen,
    Typist,
    handle_of,
    pieces,
    thread,
)

DINNER = thread("Mia: hey", "Me: hi", "Mia: dinner on Friday?")
NOW = datetime(2025, 11, 18, 18, 5, tzinfo=UTC)


async def drafted(
    messages: Sequence[Message],
    writer: LanguageModel,
    *,
    services: DraftServices | None = None,
    on_token: OnToken | None = None,
    **asked: Any,
) -> Draft:
    """A draft for the chat, by this writer, without a history unless services have one."""
    return await draft_reply(
        messages,
        services or DraftServices(language_model=writer, history=history_of()),
        DraftRequest(chat_id=CHAT, now=NOW, **asked),
        on_token=on_token,
    )


def answered(*pairs: tuple[str, str], chat_id: ChatId = CHAT) -> ReplyHistory:
    """A history in which the user answered so, an hour between the pairs."""
    said = [
        PlainMessage(
            id=-2 * (len(pairs) - number) + side,
            chat_id=chat_id,
            sender=None if side else handle_of("Mia"),
            sent_ms=number * 3_600_000 + side * 60_000,
            text=text,
        )
        for number, pair in enumerate(pairs)
        for side, text in enumerate(pair)
    ]
    return history_of(said)


class Nobody(Typist):
    """A door behind which there is no model."""

    async def model(self) -> ModelRecord:
        """None is chosen."""
        raise NoModelChosen("No model is chosen: type `jarvis models pull`.")


async def test_a_reply_streams_and_joins_to_its_text() -> None:
    """Cleaned on the way: what was shown is what the result holds."""
    screen = Screen()
    writer = Typist(pieces(' "Me: Sure, see you at 7!" '))
    draft = await drafted(DINNER, writer, on_token=screen.token)
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
        result = await drafted(
            DINNER,
            writer,
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
    draft = await drafted(DINNER, writer, num_suggestions=4)
    assert [one.suggestion for one in draft.suggestions] == [3, 0, 2]
    assert not draft.streamed
    assert draft.tokens_generated == 9
    assert len({prompt.turns[-1].content for prompt in writer.prompts}) == 4


async def test_confidence_is_fluency_times_support() -> None:
    """How likely the words were to the model; how like the past, how alike each other."""
    writer = Typist(["a", "b", "c", "d"], ["Ok"], logprobs=(-0.5, -0.01))
    services = DraftServices(
        language_model=writer, history=answered(("dinner on Friday?", "yes gladly"))
    )
    draft = await drafted(DINNER, writer, services=services, num_suggestions=2)
    for suggestion in draft.suggestions:
        parts = suggestion.confidence_parts
        assert parts is not None
        assert parts["similarity"] == pytest.approx(1.0)
        assert parts["self_consistency"] == 0.0
        assert parts["support"] == pytest.approx(0.5)
        assert suggestion.confidence == pytest.approx(parts["fluency"] * 0.5)
    long, short = (each.confidence_parts or {} for each in draft.suggestions)
    assert long["fluency"] == pytest.approx(math.exp(-0.5))
    assert short["fluency"] == 0.5, "one or two tokens say little"


@pytest.mark.parametrize("logprobs", [(None,), (-0.5,)])
async def test_without_a_signal_there_is_no_confidence(
    logprobs: tuple[float | None],
) -> None:
    """No log-probabilities, or nothing that supports it: null, not a constant."""
    writer = Typist(["a", "b", "c"], logprobs=logprobs)
    (suggestion,) = (await drafted(DINNER, writer)).suggestions
    assert suggestion.confidence is None


async def test_enough_outcomes_put_confidences_right() -> None:
    """Then they say what share of suggestions like these was taken."""
    outcomes = [Outcome(0.1, 0.0), Outcome(0.9, 1.0)] * (FEWEST_OUTCOMES // 2)
    writer = Typist(*[["a", "b", "c"]] * 2, logprobs=(-0.01,))
    history = answered(("dinner on Friday?", "yes gladly"))
    plain = DraftServices(language_model=writer, history=history)
    known = DraftServices(
        language_model=writer, history=history, calibration=Calibration(outcomes)
    )
    before = await drafted(DINNER, writer, services=plain)
    after = await drafted(DINNER, writer, services=known)
    assert (before.calibrated, after.calibrated) == (False, True)
    assert before.suggestions[0].confidence == pytest.approx(math.exp(-0.01))
    assert after.suggestions[0].confidence == 1.0


async def test_what_a_draft_makes_up_is_flagged() -> None:
    """Links and numbers that are neither in the thread nor in the user's own words."""
    writer = Typist(["Friday at 7, see evil.example.com, or at 12:30"])
    history = answered(("dinner on Friday?", "at 12:30 as always"))
    draft = await drafted(
        DINNER, writer, services=DraftServices(language_model=writer, history=history)
    )
    assert draft.suggestions[0].foreign == ("7", "evil.example.com")


async def test_without_a_model_it_says_what_to_type() -> None:
    """A failure is a failure, whatever the user answered to the same words before."""
    past = answered(*[("dinner on Friday?", "I would love to")] * 3)
    services = DraftServices(language_model=Nobody(), history=past)
    screen = Screen()
    with pytest.raises(NoModelChosen, match="jarvis models pull"):
        await drafted(
            DINNER, services.language_model, services=services, on_token=screen.token
        )
    assert screen.texts == {}


async def test_what_is_no_reply_is_counted_and_not_offered() -> None:
    """Its reason is told; the others are offered, and not a letter of it streams."""
    dropped: list[str] = []
    writer = Typist(
        pieces("<chat-548b509f>"),
        pieces("Sure, see you then!"),
        pieces("The user wants me to reply."),
        pieces("Sure, see you then."),
    )
    services = DraftServices(
        language_model=writer, history=history_of(), on_dropped=dropped.append
    )
    screen = Screen()
    draft = await drafted(
        DINNER, writer, services=services, on_token=screen.token, num_suggestions=4
    )
    assert [each.text for each in draft.suggestions] == ["Sure, see you then!"]
    assert [each.finish_reason for each in draft.suggestions] == ["stop"]
    assert dropped == ["frame", "about_task", "same"]
    assert set(screen.texts) == {1, 3}


async def test_where_no_text_of_the_model_could_be_sent_it_says_why() -> None:
    """And what to do, with an instruction or without."""
    for instruction in (None, "say yes"):
        writer = Typist(pieces("As an AI, I do not eat."))
        with pytest.raises(ModelUnavailable, match=r"about the task.*choose another"):
            await drafted(DINNER, writer, instruction=instruction)


async def test_a_reply_that_was_cut_says_so() -> None:
    """It ends with its last whole sentence; half a sentence alone is not offered."""
    for raw, text in (
        ("I would love to! And I could bring the", "I would love to!"),
        ("I would love to come and I could bring the", None),
    ):
        screen = Screen()
        writer = Typist(pieces(raw), finish_reason="length")
        if text is None:
            with pytest.raises(ModelUnavailable, match="sentence did not end"):
                await drafted(DINNER, writer, on_token=screen.token)
            assert raw.startswith(screen.texts[0])
            continue
        (suggestion,) = (
            await drafted(DINNER, writer, on_token=screen.token)
        ).suggestions
        assert (suggestion.text, suggestion.finish_reason) == (text, "length")
        assert screen.texts == {0: text}


async def test_a_model_is_stopped_when_its_reply_has_ended() -> None:
    """What it would write after a blank line is not waited for."""
    writer = Typist(pieces("Sure, see you!\n\n" + "And so on. " * 100, 5))
    draft = await drafted(DINNER, writer)
    assert draft.suggestions[0].text == "Sure, see you!"
    assert draft.tokens_generated < 10


async def test_a_reply_that_nobody_expects_is_only_written_when_asked_for() -> None:
    """The gate says why; an explicit ask is never gated."""
    closed = thread("Mia: dinner on Friday?", "Me: yes", "Mia: ok")
    writer = Typist(["See you"])
    gated = await drafted(closed, writer, only_if_expected=True)
    assert (gated.gated, gated.route, gated.suggestions) == (True, "gated", ())
    assert gated.reason
    assert writer.prompts == []
    assert (await drafted(closed, writer)).suggestions


async def test_a_model_that_writes_nothing_is_an_error() -> None:
    """Never an empty success, never a canned sentence."""
    with pytest.raises(ModelUnavailable, match="typist wrote nothing"):
        await drafted(DINNER, Typist([" ", '""']))


async def test_a_chat_without_words_has_nothing_to_answer() -> None:
    """Said before the model is even asked for."""
    writer = Typist()
    with pytest.raises(NothingToAnswer):
        await drafted([], writer)
    assert writer.prompts == []


async def test_the_model_is_told_for_whom_and_how_urgent() -> None:
    """So that it can serve callers in rotation, and people before prefetch."""
    writer = Typist(["ok"])
    background = Background()
    await drafted(DINNER, writer, caller="c7", background=background)
    assert writer.callers == [("c7", background)]


async def test_timing_is_what_was_measured() -> None:
    """Waiting, first token, total, and the pace after the first token."""
    draft = await drafted(DINNER, Typist(["a"] * 11))
    timing = draft.timing
    assert timing.queued_ms == 1.0
    assert timing.first_token_ms is not None
    assert 0 < timing.first_token_ms <= timing.total_ms
    assert timing.tokens_per_second == pytest.approx(10 / 0.110)


async def test_scripted_drafts_through_a_real_worker(tmp_path: Path) -> None:
    """As many as asked, distinct, labelled for what they are, the same every time."""
    selection = Selection(engine="scripted")
    screen = Screen()
    async with (
        asyncio.timeout(30),
        supervised(selection, GENERATOR, log_path=tmp_path / "log") as supervisor,
    ):
        first = await drafted(
            DINNER,
            supervisor,
            num_suggestions=5,
            on_token=screen.token,
        )
        again = await drafted(DINNER, supervisor, num_suggestions=5)
    assert first.suggestions == again.suggestions
    assert len({one.text for one in first.suggestions}) == 5
    for one in first.suggestions:
        assert one.source == "scripted"
        assert screen.texts[one.suggestion] == one.text
        assert "Mia" in one.text
        assert one.confidence is not None
        assert 0 < one.confidence <= 1
    assert first.tokens_generated >= 5 * 16
