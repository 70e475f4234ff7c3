"""Moments lived through again: known answers are found, and nothing later is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jarvis.assistant.evaluating.moments import moments_of, turns_since
from jarvis.assistant.evaluating.replay import (
    CONTEXT_MESSAGES,
    Offering,
    Score,
    Verdict,
    judge_turns,
    offer_of_model,
    offer_smart_replies,
    replay,
)
from jarvis.assistant.generation.generate import LanguageModel
from jarvis.assistant.generation.styles import BUILT_IN
from jarvis.errors import ModelUnavailable
from jarvis.records import PlainMessage
from tests.assistant.evaluating.archive import FIRST_MS, HOUR_MS, HandMade, said
from tests.assistant.thread import Typist

ROUTES = {"smart": offer_smart_replies}
HABIT = ("Mia: are you coming to climbing?", "Me: yes, see you there", "+24h") * 3
ANSWERS = HABIT[:-1]
CHEAP = settings(max_examples=25)


def alive(writer: LanguageModel) -> Offering:
    """The route of a model that does not fail."""
    return offer_of_model(writer, BUILT_IN, lambda: False)


async def lived(
    history: Sequence[PlainMessage], routes: Mapping[str, Offering], last: int = 1_000
) -> list[dict[str, Score]]:
    """All moments of a history, replayed."""
    moments = moments_of(history, last)
    return [each async for each in replay(moments, history, HandMade(history), routes)]


async def judged(history: Sequence[PlainMessage]) -> list[Verdict]:
    """All that others wrote, judged by the gate."""
    turns = turns_since(history, 0)
    return [each async for each in judge_turns(turns, history, HandMade(history))]


def told(scores: Sequence[dict[str, Score]]) -> list[object]:
    """All of it that does not depend on the clock."""
    return [
        {route: (score.offered, score.measures) for route, score in each.items()}
        for each in scores
    ]


async def test_a_plain_ask_is_offered_the_stance_that_was_sent() -> None:
    """At each of the moments; the words themselves are not known."""
    moments = await lived(said(*ANSWERS), ROUTES)
    assert len(moments) == 3
    for scores in moments:
        assert scores["smart"].offered == 3
        assert scores["smart"].measures["stance"] == 1.0
        assert scores["smart"].measures["sent_text"] == 0.0


async def test_a_model_is_held_against_what_was_sent() -> None:
    """Three are asked for, and the one that was sent is among them."""
    writer = Typist(
        ["No way"], ["yes,", " see you there"], ["Maybe, let me check"], logprobs=[-0.1]
    )
    (scores,) = await lived(said(*ANSWERS), {"model": alive(writer)}, last=1)
    score = scores["model"]
    assert score.offered == 3
    assert score.measures["sent_text"] == 1.0
    assert score.measures["stance"] == 1.0
    assert score.measures["chrf_best"] == pytest.approx(1.0)


async def test_a_model_reads_nothing_from_after_the_moment() -> None:
    """Neither the reply itself nor what came later is in any prompt."""
    history = said(
        "Mia: hey", "Me: hi", "Mia: dinner?", "Me: with pleasure", "Mia: ok!"
    )
    writer = Typist(["Sure"], ["No"], ["Maybe"])
    await lived(history, {"model": alive(writer)}, last=1)
    assert len(writer.prompts) == 3
    for prompt in writer.prompts:
        read = "\n".join(turn.content for turn in prompt.turns)
        assert "dinner?" in read
        assert "with pleasure" not in read
        assert "ok!" not in read


async def test_a_model_that_writes_nothing_offers_nothing() -> None:
    """That is a miss, and the next moment is tried."""
    scores = await lived(said(*ANSWERS), {"model": alive(Typist(*([[]] * 6)))}, last=2)
    assert [each["model"].offered for each in scores] == [0, 0]


async def test_why_texts_were_not_offered_is_told_with_the_pace_of_the_others() -> None:
    """Of a model alone: the other routes write nothing."""
    writer = Typist(["No", " way"], ["No", " way"], [])
    routes = {**ROUTES, "model": alive(writer)}
    (scores,) = await lived(said(*ANSWERS), routes, last=1)
    assert scores["model"].offered == 1
    assert scores["model"].dropped == ("same", "nothing")
    pace = scores["model"].pace
    assert pace is not None
    assert pace.first_word_ms is not None
    assert scores["smart"].pace is None
    assert scores["smart"].dropped == ()


class Interrupted(Typist):
    """A writer whose server does not answer for the first so many asks."""

    def __init__(self, *replies: Sequence[str], silent: int) -> None:
        super().__init__(*replies)
        self.silent = silent
        self.asked = 0

    def generate(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing at first, then the replies."""
        self.asked += 1
        if self.asked <= self.silent:
            raise ModelUnavailable("No model server answers.")
        return super().generate(*args, **kwargs)


@pytest.mark.parametrize("has_failed", [True, False])
async def test_a_model_that_has_failed_ends_the_replay(has_failed: bool) -> None:
    """With what it said, instead of figures of something else."""
    writer = Interrupted(silent=100)
    failed = offer_of_model(writer, BUILT_IN, lambda: has_failed)
    with pytest.raises(ModelUnavailable, match="No model server answers"):
        await lived(said(*ANSWERS), {"model": failed}, last=1)
    assert writer.asked == (1 if has_failed else 2)


async def test_a_server_that_was_restarted_is_asked_once_more() -> None:
    """A night's run does not end for it, and no moment counts as one without an offer."""
    writer = Interrupted(["No way"], ["Sure"], ["Maybe later"], silent=1)
    (scores,) = await lived(said(*ANSWERS), {"model": alive(writer)}, last=1)
    assert scores["model"].offered == 3


async def test_the_gate_is_right_about_a_question_and_wrong_about_a_whim() -> None:
    """Questions are answered; a remark was expected to end the conversation."""
    history = said(
        *("Mia: are you coming?", "Me: yes", "+24h", "Mia: ok", "+24h"),
        *("Mia: thanks", "Me: my pleasure", "+24h", "Me: hello"),
    )
    assert await judged(history) == [
        Verdict(expected=True, answered=True),
        Verdict(expected=False, answered=False),
        Verdict(expected=False, answered=True),
    ]


REMARK = "Mia: back home now"
BEFORE = said(*HABIT, REMARK, "+24h", "Mia: dinner?", "Me: no, sorry")
ALIKE = [
    "Mia: dinner?",
    "Me: no, sorry",
    "+24h",
    REMARK,
    "Me: welcome back",
    "+24h",
] * 2
"""What would have helped at those moments, had it been known."""
LINES = st.lists(st.sampled_from([*ALIKE, *HABIT, "Mia: ok", "+5h"]), max_size=12)


@CHEAP
@example(later=ALIKE)
@given(later=LINES)
async def test_what_came_later_changes_nothing_of_before(later: list[str]) -> None:
    """Whatever is added, left out or said otherwise: earlier figures stay."""
    after = said(*later, first_id=100, start_ms=BEFORE[-1].sent_ms + HOUR_MS)
    history = [*BEFORE, *after]
    alone = told(await lived(BEFORE, ROUTES))
    assert len(alone) == 4
    assert told(await lived(history, ROUTES))[:4] == alone
    turns = turns_since(BEFORE, 0)
    assert len(turns) == 5
    archive = HandMade(history)
    verdicts = [each async for each in judge_turns(turns, history, archive)]
    assert verdicts == await judged(BEFORE)


async def test_a_conversation_of_3000_messages_is_read_by_the_page() -> None:
    """Each moment reads twenty messages, however many there are."""
    history = said(*(f"{'Me' if n % 2 else 'Mia'}: message {n}" for n in range(3_000)))
    archive = HandMade(history)
    moments = moments_of(history, 20)
    scores = [each async for each in replay(moments, history, archive, ROUTES)]
    assert len(scores) == 20
    assert archive.limits == [CONTEXT_MESSAGES] * 20
    assert moments[0].sent_ms > FIRST_MS


async def test_of_no_history_nothing_is_offered() -> None:
    """And nothing fails."""
    assert await lived([], ROUTES) == []
    assert await judged([]) == []
