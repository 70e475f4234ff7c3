"""What was deleted, edited or forgotten leaves the file, not only the answers."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from jarvis.errors import StoreUnavailable
from jarvis.stores.forgetting import forget_everything
from jarvis.stores.index.chunks import codes_version
from jarvis.stores.index.fold import words_of
from jarvis.stores.index.forgetting import forget_index
from jarvis.stores.index.keywords import keyword_hits
from jarvis.stores.index.records import Filters, IndexedMessage, Segment
from jarvis.stores.index.segments import write_segments
from jarvis.stores.index.state import get_state, put_state
from jarvis.stores.index.vectors import texts_without_vector
from jarvis.stores.index.words import clear_words
from jarvis.stores.index.writing import delete_messages, write_messages
from jarvis.stores.jarvisdb import JarvisDb, open_writer
from tests.stores.index.made import T0, begin, message, number, put, vector

SECRET = "xylophonequartz"


async def fill(writer: JarvisDb) -> None:
    """A hundred messages, one with a word of its own, with vectors and segments."""
    chance = random.Random(1)
    texts = [f"hello number {at}" for at in range(1, 101)]
    texts[49] = f"the {SECRET} stands here"
    async with writer.transaction() as db:
        await number(db)
        await write_messages(
            db, [message(at, text) for at, text in enumerate(texts, 1)]
        )
        await write_segments(
            db,
            [
                Segment(
                    chat=1,
                    first_ms=T0 + at * 60_000,
                    first_id=at,
                    last_ms=T0 + (at + 4) * 60_000,
                    last_id=at + 4,
                )
                for at in range(1, 95, 3)
            ],
        )
        model = await begin(db)
        wanted = [each.ref for each in await texts_without_vector(db, 1000)]
        assert len(wanted) == 132
        await put(db, model.id, wanted, [vector(chance) for _ in wanted])


async def in_files(writer: JarvisDb, text: str) -> bool:
    """Whether jarvis.db or its log holds these letters anywhere."""
    await writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def look() -> bool:
        files = writer.path.parent.glob("jarvis.db*")
        return any(text.encode() in file.read_bytes() for file in files)

    return await asyncio.to_thread(look)


async def counts(writer: JarvisDb) -> dict[str, int]:
    """Rows of each table of the index."""
    names = ("message", "text", "segment", "vector", "wanted", "code", "model", "chat")
    found = {}
    for name in names:
        sql = f"SELECT count(*) FROM search_{name}"
        ((found[name],),) = await writer.connection.execute_fetchall(sql)
    return found


def _gone() -> list[IndexedMessage]:
    return []


def _edited() -> list[IndexedMessage]:
    return [message(50, "something else")]


@pytest.mark.parametrize("instead", [_gone, _edited], ids=["deleted", "edited"])
async def test_a_text_nobody_says_any_more_is_nowhere(
    writer: JarvisDb, instead: object
) -> None:
    """Not in the file, not in its log, not in the words; its vectors go with it."""
    await fill(writer)
    assert await in_files(writer, SECRET)
    written = _edited() if instead is _edited else _gone()
    async with writer.transaction() as db:
        if written:
            await write_messages(db, written)
        else:
            await delete_messages(db, [50])
    has_more = True
    while has_more:
        async with writer.transaction() as db:
            has_more = await clear_words(db)
    hits = await keyword_hits(writer.connection, words_of(SECRET), Filters(), 9)
    assert hits == []
    left = await counts(writer)
    # Two segments held it.
    assert (left["vector"], left["segment"]) == (129, 30)
    assert left["message"] == 99 + len(written)
    assert left["text"] == 99 + len(written)
    assert not await in_files(writer, SECRET)
    await writer.connection.execute(
        "INSERT INTO search_words (search_words) VALUES ('integrity-check')"
    )


async def test_the_index_is_forgotten_whole(writer: JarvisDb) -> None:
    """What the user said of it stays: that it is paused."""
    await fill(writer)
    async with writer.transaction() as db:
        await put_state(db, {"paused": 1, "cursor": 77})
    version = await codes_version(writer.connection)
    async with writer.transaction() as db:
        await forget_index(db)
    assert set((await counts(writer)).values()) == {0}
    state = await get_state(writer.connection)
    assert state["paused"] == "1"
    assert "cursor" not in state
    assert await codes_version(writer.connection) > version
    assert not await in_files(writer, SECRET)
    await fill(writer)
    hits = await keyword_hits(writer.connection, words_of(SECRET), Filters(), 9)
    assert [hit.id for hit in hits] == [50]


async def test_everything_includes_the_index(writer: JarvisDb) -> None:
    """No table that holds something is left out when everything is forgotten."""
    await fill(writer)
    async with writer.transaction() as db:
        await forget_everything(db)
    tables = await writer.connection.execute_fetchall(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_words%'"
    )
    filled = set()
    for (name,) in tables:
        ((rows,),) = await writer.connection.execute_fetchall(
            f"SELECT count(*) FROM {name}"
        )
        filled |= {name} if rows else set()
    # Keys, the epoch of the new history, and by which fold words are written.
    assert filled <= {"hashing", "meta", "search_state"}
    assert not await in_files(writer, SECRET)


async def test_a_full_disk_loses_nothing_that_was_there(writer: JarvisDb) -> None:
    """What did not fit is not there in part; with room again it goes on."""
    await fill(writer)
    before = await counts(writer)
    ((pages,),) = await writer.connection.execute_fetchall("PRAGMA page_count")
    await writer.connection.execute(f"PRAGMA max_page_count = {pages}")

    async def too_much() -> None:
        async with writer.transaction() as db:
            more = [message(at, f"{'long ' * 200}{at}") for at in range(200, 700)]
            await write_messages(db, more)

    with pytest.raises(StoreUnavailable, match="full"):
        await too_much()
    assert await counts(writer) == before
    await writer.connection.execute("PRAGMA max_page_count = 1000000")
    await too_much()
    assert (await counts(writer))["message"] == before["message"] + 500


async def test_a_jarvis_db_of_the_version_before_gets_an_empty_index(
    tmp_path: Path,
) -> None:
    """What it held stays; the index is there to be filled."""
    path = tmp_path / "old.db"
    folder = Path(__file__).parents[3] / "jarvis" / "stores" / "migrations"

    def make() -> None:
        db = sqlite3.connect(path)
        steps = sorted(folder.glob("0*.sql"))[:5]
        for step in steps:
            db.executescript(step.read_text("utf-8"))
        db.execute("INSERT INTO event VALUES (7, 'new_message', 'c', '{}', 'then')")
        db.execute("PRAGMA user_version = 5")
        db.commit()
        db.close()

    await asyncio.to_thread(make)
    writer = await open_writer(path)
    assert set((await counts(writer)).values()) == {0}
    ((events,),) = await writer.connection.execute_fetchall(
        "SELECT count(*) FROM event"
    )
    assert events == 1
    await writer.close()
