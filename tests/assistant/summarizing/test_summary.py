"""Summarizing: what a conversation is about."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jarvis.assistant.context import read_context
from jarvis.assistant.summarizing.checking import sources_of
from jarvis.assistant.summarizing.summary import summarize_chat
from jarvis.errors import ModelUnavailable, NothingToAnswer
from jarvis.inference.kinds import GENERATOR
from jarvis.inference.pool.supervisor import supervised
from jarvis.inference.states import Selection
from tests.assistant.thread import CHAT, Screen, Typist, pieces, thread

NOW = datetime(2025, 11, 18, 18, 5, tzinfo=UTC)
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
    summary = await summarize_chat(
        THREAD, writer, chat_id=CHAT, now=NOW, on_token=screen.token
    )
    assert summary.summary == "Mia asked for boots."
    assert summary.key_points == ("You bring them", "Lunch at 13:30")
    lines = "".join(f"\n- {point}" for point in summary.key_points)
    assert screen.texts == {0: summary.summary + lines}
    assert (summary.message_count, summary.model) == (4, "typist")
    assert summary.streamed
    assert summary.timing.first_token_ms is not None


async def test_each_point_names_the_messages_it_seems_to_come_from() -> None:
    """By the words and numbers they share; how things stand, the newest one says."""
    writer = Typist(["All set.\n- Mia wants the boots on Sunday\n- Nothing is open"])
    summary = await summarize_chat(THREAD, writer, chat_id=CHAT, now=NOW)
    assert summary.sources == ((1,), (4,))
    assert len(summary.sources) == len(summary.key_points)


@pytest.mark.parametrize(
    ("point", "sources"),
    [
        ("Lunch is at 13:30 at Saffron", (3,)),
        ("13", (3,)),
        ("ok", (4,)),
        ("Sunday boots lunch Saffron", (1, 3)),
    ],
)
def test_sources_share_the_points_words(point: str, sources: tuple[int, ...]) -> None:
    """Two of its longer words or numbers, or the only one it has."""
    assert sources_of(point, read_context(THREAD).lines) == sources


async def test_what_no_message_says_is_left_out_or_told() -> None:
    """A point with another name, number or day goes; the first line's are told."""
    screen = Screen()
    writer = Typist(
        ["Mia and Zoe talk at 9.\n- Decided: boots on Sunday\n- When: Monday"],
        pieces("Fine.\n- Lunch at 14:30\n- Lunch at 13.30\n- Tom meets Bert"),
    )
    first = await summarize_chat(THREAD, writer, chat_id=CHAT, now=NOW)
    assert first.foreign == ("9", "Zoe")
    assert first.key_points == ("Decided: boots on Sunday",)
    second = await summarize_chat(
        THREAD, writer, chat_id=CHAT, now=NOW, on_token=screen.token
    )
    assert screen.texts == {0: "Fine.\n- Lunch at 13.30"}
    assert second.key_points == ("Lunch at 13.30",)


async def test_earlier_parts_reach_a_model_of_instructions_as_notes() -> None:
    """Quoted like the messages they come from."""
    long = thread(*(f"Mia: {'word ' * 100}{number}" for number in range(12)))
    writer = Typist(["Mia writes words."], ["Mia goes on."], ["All of it."], ["More."])
    summary = await summarize_chat(long, writer, chat_id=CHAT, now=NOW)
    assert summary.message_count == 12
    *_, last = writer.prompts
    assert "Mia writes words." in last.turns[-1].content
    assert len(writer.prompts) > 1


async def test_every_part_says_what_it_is_at() -> None:
    """Nothing of the earlier ones streams, and yet nobody takes them for dead."""
    long = thread(*(f"Mia: {'word ' * 100}{number}" for number in range(12)))
    writer = Typist(["Mia writes words."], ["Mia goes on."], ["All of it."], ["More."])
    told: list[int] = []
    await summarize_chat(
        long,
        writer,
        chat_id=CHAT,
        now=NOW,
        on_progress=lambda phase, done, total: told.append(done),
    )
    assert told == list(range(1, len(writer.prompts) + 1))
    assert len(told) > 1


async def test_a_summary_of_one_line_has_no_points() -> None:
    """Nothing is made up to fill them."""
    summary = await summarize_chat(THREAD, Typist(["All set."]), chat_id=CHAT, now=NOW)
    assert (summary.key_points, summary.sources) == ((), ())


async def test_a_summary_holds_nothing_but_the_summary() -> None:
    """No announcement, nothing of the prompt, no words of an assistant about itself."""
    for raw in (
        "Here's a summary of the chat:\n\nBoots on Sunday.\n- Lunch after that",
        "Sure! Here is a short summary:\nBoots on Sunday.\n- Lunch after that",
        "```\nBoots on Sunday.\n- Lunch after that\n```",
        "<chat-548b509f>\nBoots on Sunday.\n</chat-548b509f>\n- Lunch after that",
        'Boots on Sunday.\n[{"from": "Mia"}]\n- Lunch after that\n- Decided: …',
        "It is chat-9500fad3. Long.\nBoots on Sunday.\n- Lunch after that\nUser: hi?",
        "You summarize a chat for the user.\nBoots on Sunday.\n- Lunch after that",
        "Boots on Sunday.\n- Lunch after that\n\nLet me know if you need anything else!",
        "Boots on Sunday.\n- Lunch after that\n- Boots on Sunday.",
    ):
        for size in (1, 3, 1000):
            screen = Screen()
            summary = await summarize_chat(
                THREAD,
                Typist(pieces(raw, size)),
                chat_id=CHAT,
                now=NOW,
                on_token=screen.token,
            )
            assert summary.summary == "Boots on Sunday."
            assert summary.key_points == ("Lunch after that",)
            assert screen.texts == {0: "Boots on Sunday.\n- Lunch after that"}


async def test_a_summary_that_was_cut_ends_whole() -> None:
    """Half a point goes, and of a first line what is behind its last sentence."""
    for raw, whole in (
        ("Boots on Sunday.\n- Lunch aft", "Boots on Sunday."),
        ("Boots on Sunday. Lunch after that and th", "Boots on Sunday."),
    ):
        writer = Typist(pieces(raw), finish_reason="length")
        summary = await summarize_chat(THREAD, writer, chat_id=CHAT, now=NOW)
        assert (summary.summary, summary.key_points) == (whole, ())
    writer = Typist(["Boots and lu"], finish_reason="length")
    with pytest.raises(ModelUnavailable, match="wrote nothing that is"):
        await summarize_chat(THREAD, writer, chat_id=CHAT, now=NOW)


async def test_what_cannot_be_summarized_is_an_error() -> None:
    """A chat without words; a model that writes nothing."""
    with pytest.raises(NothingToAnswer):
        await summarize_chat([], Typist(), chat_id=CHAT, now=NOW)
    with pytest.raises(ModelUnavailable, match="wrote nothing that is"):
        await summarize_chat(THREAD, Typist(["\n \n- "]), chat_id=CHAT, now=NOW)


async def test_scripted_summaries_through_a_real_worker(tmp_path: Path) -> None:
    """A headline and points about the newest message."""
    selection = Selection(engine="scripted")
    async with (
        asyncio.timeout(30),
        supervised(selection, GENERATOR, log_path=tmp_path / "log") as supervisor,
    ):
        summary = await summarize_chat(THREAD, supervisor, chat_id=CHAT, now=NOW)
    assert "Mia" in summary.summary
    assert len(summary.key_points) == 3
    assert summary.model == "scripted"
