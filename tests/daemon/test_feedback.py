"""What became of suggestions, and what is learnt from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jarvis.assistant.drafting.calibration import FEWEST_OUTCOMES
from jarvis.daemon.feedback import Feedback
from jarvis.records import ChatId, Suggestion
from jarvis.stores import outcomes
from jarvis.stores.jarvisdb import JarvisDb

CHAT = ChatId("iMessage;-;+15550100")
SECRET = "walnut lantern ferry"


def suggestion(text: str, fluency: float | None = 0.8) -> Suggestion:
    """One that was computed with full support."""
    parts = None if fluency is None else {"fluency": fluency, "support": 1.0}
    return Suggestion(
        text=text, confidence=0.1, source="model", suggestion=0, confidence_parts=parts
    )


@asynccontextmanager
async def feedback(writer: JarvisDb) -> AsyncIterator[Feedback]:
    """Feedback of a daemon that has started; what it began is stored after."""
    async with asyncio.TaskGroup() as tasks:
        made = Feedback(writer, tasks)
        await made.begin()
        yield made


async def test_outcomes_are_held_against_what_was_computed(writer: JarvisDb) -> None:
    """Not against what was shown, which may have been calibrated already."""
    async with feedback(writer) as made:
        made.note_offers(CHAT, [suggestion("yes"), suggestion("no", 0.2)])
        await made.record(CHAT, "sent", " yes ")
        await made.record(CHAT, "dismissed", "no")
    known = await outcomes.known_outcomes(writer.connection)
    assert known == [(0.8, "sent"), (0.2, "dismissed")]


async def test_the_first_word_on_a_suggestion_counts(writer: JarvisDb) -> None:
    """Copied, then sent: one outcome; so is what was never offered, or elsewhere: none."""
    async with feedback(writer) as made:
        made.note_offers(CHAT, [suggestion("yes"), suggestion("hm", None)])
        await made.record(ChatId("another chat"), "sent", "yes")
        await made.record(CHAT, "copied", "yes")
        await made.record(CHAT, "sent", "yes")
        await made.record(CHAT, "sent", "never offered")
        await made.record(CHAT, "sent", "hm")
    known = await outcomes.known_outcomes(writer.connection)
    assert known == [(0.8, "copied")]


async def test_enough_outcomes_make_a_calibration_that_outlives_the_daemon(
    writer: JarvisDb,
) -> None:
    """Before that there is none."""
    async with feedback(writer) as made:
        for number in range(FEWEST_OUTCOMES):
            assert not made.calibration.is_known
            text = f"text {number}"
            made.note_offers(CHAT, [suggestion(text)])
            await made.record(CHAT, "sent" if number % 4 else "dismissed", text)
        assert made.calibration(0.8) == 0.75
    async with feedback(writer) as again:
        assert again.calibration(0.8) == 0.75


async def test_no_words_are_stored(writer: JarvisDb, tmp_path: Path) -> None:
    """Of an offer and of what became of it only a keyed hash."""
    async with feedback(writer) as made:
        made.note_offers(CHAT, [suggestion(SECRET)])
        await made.record(CHAT, "edited", SECRET)
    for path in await asyncio.to_thread(lambda: list(tmp_path.iterdir())):
        assert SECRET.encode() not in await asyncio.to_thread(path.read_bytes)
