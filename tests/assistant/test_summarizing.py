"""Summarizing: what a conversation is about."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jarvis.assistant.context import read_context
from jarvis.assistant.summarizing import sources_of, summarize_chat
from jarvis.errors import ModelUnavailable, NothingToAnswer
from jarvis.inference.states import Choice
from jarvis.inference.supervisor import supervised
from tests.assistant.thread import CHAT, Screen, Typist, pieces, thread

THREAD = thread(
    "Mia: can you bring the boots on Sunday?",
    "Me: sure",
    "Tom: lunch at 13:30 at Saffron",
    "Mia: thanks!",
)


async def test_a_summary_streams_as_a_line_and_points() -> None:
    """The stream joins to the summary, a newline, then "- point" lines."""
    screen = Screen()
    writer = Typist(
        pieces("**Mia asked for boots.**\n\n* You bring them\n* Lunch at 13:30\n")
    )
    summary = await summarize_chat(THREAD, writer, chat_id=CHAT, on_token=screen.token)
    assert summary.summary == "Mia asked for boots."
    assert summary.key_points == ("You bring them", "Lunch at 13:30")
    lines = "".join(f"\n- {point}" for point in summary.key_points)
    assert screen.texts == {0: summary.summary + lines}
    assert (summary.message_count, summary.model) == (4, "typist")
    assert summary.streamed
    assert summary.timing.first_token_ms is not None


async def test_each_point_names_the_messages_it_seems_to_come_from() -> None:
    """By the words and numbers they share; none may do."""
    writer = Typist(["All set.\n- Mia wants the boots on Sunday\n- Nothing is open"])
    summary = await summarize_chat(THREAD, writer, chat_id=CHAT)
    assert summary.sources == ((1,), ())
    assert len(summary.sources) == len(summary.key_points)


@pytest.mark.parametrize(
    ("point", "sources"),
    [
        ("Lunch is at 13:30 at Saffron", (3,)),
        ("13", (3,)),
        ("ok", ()),
        ("Sunday boots lunch Saffron", (1, 3)),
    ],
)
def test_sources_share_the_points_words(point: str, sources: tuple[int, ...]) -> None:
    """Two of its longer words or numbers, or the only one it has."""
    assert sources_of(point, read_context(THREAD).lines) == sources


async def test_a_summary_of_one_line_has_no_points() -> None:
    """Nothing is made up to fill them."""
    summary = await summarize_chat(THREAD, Typist(["All set."]), chat_id=CHAT)
    assert (summary.key_points, summary.sources) == ((), ())


async def test_what_cannot_be_summarized_is_an_error() -> None:
    """A chat without words; a model that writes nothing."""
    with pytest.raises(NothingToAnswer):
        await summarize_chat([], Typist(), chat_id=CHAT)
    with pytest.raises(ModelUnavailable, match="wrote nothing"):
        await summarize_chat(THREAD, Typist(["\n \n- "]), chat_id=CHAT)


async def test_scripted_summaries_through_a_real_worker(tmp_path: Path) -> None:
    """A headline and points about the newest message."""
    choice = Choice(engine="scripted")
    async with (
        asyncio.timeout(10),
        supervised(choice, log_path=tmp_path / "log") as supervisor,
    ):
        summary = await summarize_chat(THREAD, supervisor, chat_id=CHAT)
    assert "Mia" in summary.summary
    assert len(summary.key_points) == 3
    assert summary.model == "scripted"
