"""What became of suggestions, and what is learnt from it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from importlib.resources import files
from pathlib import Path

from jarvis.assistant.drafting.calibration import FEWEST_OUTCOMES
from jarvis.daemon.feedback import Feedback
from jarvis.records import ChatId, Suggestion
from jarvis.stores import outcomes
from jarvis.stores.jarvisdb import JarvisDb, open_writer

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


async def test_what_is_kept_says_when_and_whether_it_is_all(writer: JarvisDb) -> None:
    """Of what was offered without a confidence, too; the oldest go when there are many."""
    async with feedback(writer) as made:
        assert await made.outcomes() == ([], False)
        begun_ms = time.time() * 1000
        await made.record(CHAT, "edited", "never offered")
        (((action, made_ms),), is_cut) = await made.outcomes()
        assert (action, is_cut) == ("edited", False)
        assert begun_ms - 1 <= made_ms <= time.time() * 1000
        async with writer.transaction() as db:
            sql = "INSERT INTO outcome VALUES (?, 'sent', NULL, 0)"
            await db.execute(sql, (outcomes.KEPT_OUTCOMES,))
        assert (await made.outcomes())[1] is False
        await made.record(CHAT, "copied", "never offered")
        kept, is_cut = await made.outcomes()
    assert ([action for action, _ in kept], is_cut) == (["sent", "copied"], True)


async def test_outcomes_of_the_version_before_count_on(tmp_path: Path) -> None:
    """Its jarvis.db is brought up to date, and nothing of it is lost."""
    path = tmp_path / "jarvis.db"
    steps = sorted(
        each.name
        for each in files("jarvis.stores.migrations").iterdir()
        if each.name.endswith(".sql")
    )[:-1]

    def make() -> None:
        with closing(sqlite3.connect(path)) as db:
            for name in steps:
                step = files("jarvis.stores.migrations").joinpath(name)
                db.executescript(step.read_text("utf-8"))
            db.execute(f"PRAGMA user_version = {len(steps)}")
            db.execute("INSERT INTO outcome VALUES (1, 'sent', NULL, 86400000)")
            db.commit()

    await asyncio.to_thread(make)
    writer = await open_writer(path)
    async with feedback(writer) as made:
        assert await made.outcomes() == ([("sent", 86_400_000)], False)
    await writer.close()


async def test_no_words_are_stored(writer: JarvisDb, tmp_path: Path) -> None:
    """Of an offer and of what became of it only a keyed hash."""
    async with feedback(writer) as made:
        made.note_offers(CHAT, [suggestion(SECRET)])
        await made.record(CHAT, "edited", SECRET)
    for path in await asyncio.to_thread(lambda: list(tmp_path.iterdir())):
        assert SECRET.encode() not in await asyncio.to_thread(path.read_bytes)
