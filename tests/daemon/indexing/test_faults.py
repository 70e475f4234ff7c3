"""What goes wrong while the index is made: it says so, and goes on when it can."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

import psutil

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedder import StoredVectors
from jarvis.inference.pool.embedding import EmbedderPool, embedding
from jarvis.inference.states import Selection
from tests.daemon.inbox.followed import Followed
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.indexing.indexed import KINDS, Indexed, running
from tests.inference.embedders.folders import write_word_piece_folder

POISON = "the walnut that no process survives"


async def test_a_process_that_dies_is_started_anew(
    followed: Followed, pool: EmbedderPool
) -> None:
    """In the middle of a batch: it is embedded again."""
    async with running(followed, pool) as indexed:
        async with indexed.waiting():
            while not (children := await asyncio.to_thread(psutil.Process().children)):
                continue
        os.kill(children[0].pid, signal.SIGKILL)
        state = await indexed.settled()
        assert state.embedded == state.to_embed > 0


class FragilePool(EmbedderPool):
    """Its process dies of one text."""

    async def store(
        self, texts: Sequence[str], mean: bytes, *, model: str | None = None
    ) -> StoredVectors:
        """See EmbedderPool."""
        if any(POISON in text for text in texts):
            raise ModelUnavailable("The model's process died; ask again.")
        return await super().store(texts, mean, model=model)


async def test_a_text_that_no_process_survives_holds_up_no_other(
    followed: Followed, pool: EmbedderPool, app: MessagesApp
) -> None:
    """All others get their vectors; that one is found by its words."""
    app.write("the hazel before it", POISON, "the hazel after it")
    await followed.poll()
    pool.__class__ = FragilePool
    async with running(followed, pool) as indexed:
        state = await indexed.settled()
        assert state.reason is None
        assert len(await indexed.found("walnut")) == 1
        (lost,) = await indexed.found("walnut")
        where = f"kind = 0 AND ref = {lost.text_id}"
        assert await indexed.count("search_vector", where) == 0
        for message in await indexed.found("hazel"):
            where = f"kind = 0 AND ref = {message.text_id}"
            assert await indexed.count("search_vector", where) == 1


async def test_a_model_whose_folder_went_is_told(
    followed: Followed, tmp_path: Path, app: MessagesApp
) -> None:
    """Everything is found by its words; a model that comes back, or another, goes on."""
    folder = write_word_piece_folder(tmp_path / "model")
    selection = Selection(model=str(folder))
    async with embedding(selection, KINDS, log_path=tmp_path / "log") as pool:
        await asyncio.to_thread(shutil.rmtree, folder)
        async with running(followed, pool) as indexed:
            state = await indexed.is_at("failed")
            assert str(folder) in (state.reason or "")
            assert state.indexed == state.total > 100
            app.write("the walnut ferry leaves at nine")
            await followed.poll()
            await indexed.finds("walnut", 1)
            await pool.use(Selection(model="static"))
            assert (await indexed.settled()).model == "static"


async def test_a_full_disk_is_told_and_waited_for(
    followed: Followed, pool: EmbedderPool
) -> None:
    """Nothing that was stored is lost; when there is room it goes on."""
    db = followed.writer.connection
    ((pages,),) = await db.execute_fetchall("PRAGMA page_count")
    await db.execute(f"PRAGMA max_page_count = {pages + 5}")
    async with running(followed, pool) as indexed:
        state = await indexed.is_at("failed")
        assert "Make room on the disk" in (state.reason or "")
        await db.execute("PRAGMA max_page_count = 1000000")
        await indexed.indexer.control("start")
        state = await indexed.settled()
        assert state.indexed == state.total > 100


async def test_a_chat_db_that_cannot_be_read_is_waited_for(
    indexed: Indexed, app: MessagesApp
) -> None:
    """What was indexed stays; what came meanwhile is found when it is back."""
    state = await indexed.settled()
    aside = app.path.with_name("aside.db")
    app.write("the walnut ferry leaves at nine")
    await asyncio.to_thread(app.path.rename, aside)
    await indexed.followed.inbox.close()
    await indexed.followed.poll()
    assert (await indexed.is_at("waiting")).reason is not None
    assert await indexed.count("search_message") == state.indexed
    await asyncio.to_thread(aside.rename, app.path)
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)


async def test_codes_that_disagree_with_their_vectors_are_made_anew(
    followed: Followed, pool: EmbedderPool
) -> None:
    """At the next start, of the vectors: nothing is embedded again."""
    async with running(followed, pool) as indexed:
        await indexed.settled()
        vectors = await indexed.count("search_vector")
    async with followed.writer.transaction() as db:
        await db.execute("UPDATE search_code SET live = zeroblob(32), free = 256")
    async with running(followed, pool) as indexed, indexed.waiting():
        live = "sum(256 - free) FROM search_code"
        while await indexed.count("search_vector") != vectors or (
            await one(indexed, f"SELECT {live}") != vectors
        ):
            continue
        assert await indexed.wanted() == 0


async def one(indexed: Indexed, sql: str) -> int:
    """The one number that the question asks for."""
    ((number,),) = await indexed.reader.execute_fetchall(sql)
    return int(number or 0)


async def test_another_chat_db_is_another_index(
    indexed: Indexed, app: MessagesApp, tmp_path: Path
) -> None:
    """Its rows have the same numbers, and mean other messages."""
    await indexed.settled()
    app.write("the walnut ferry leaves at nine")
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)
    await asyncio.to_thread(_replace, app, tmp_path / "other")
    await indexed.followed.poll()
    await indexed.finds("hazel", 1)
    await indexed.settled()
    assert await indexed.found("walnut") == []
    assert await indexed.count("search_text", "body LIKE '%walnut%'") == 0


def _replace(app: MessagesApp, directory: Path) -> None:
    """Lay another chat.db where this one was."""
    other = MessagesApp(directory, messages=120)
    other.write("the hazel ferry leaves at ten")
    other.close()
    app.close()
    for suffix in ("", "-wal", "-shm"):
        app.path.with_name(app.path.name + suffix).unlink(missing_ok=True)
    shutil.copy(other.path, app.path)
