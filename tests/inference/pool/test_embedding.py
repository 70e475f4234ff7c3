"""Vectors through real processes: those of a question, and those of the index."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import numpy as np
import psutil
import pytest
from msgspec.structs import replace

from jarvis.errors import ModelUnavailable, NoModelChosen, ServerCancelled
from jarvis.inference.embedder import StoredVectors
from jarvis.inference.embedders.bert import BertEmbedder
from jarvis.inference.embedders.codes import code_bytes, encoded
from jarvis.inference.embedders.static import StaticEmbedder
from jarvis.inference.kinds import EMBEDDER
from jarvis.inference.models.embedder_registry import STATIC
from jarvis.inference.models.embedder_selection import resolve_embedder
from jarvis.inference.models.record import ModelRecord, vectors_name
from jarvis.inference.pool.embedding import FEW, EmbedderPool, embedding
from jarvis.inference.states import NO_MODEL, Selection
from tests.inference.embedders.folders import WIDTH, record_of, write_word_piece_folder

WAIT_S: Final = 30.0

KINDS: Final = replace(EMBEDDER, bulk=replace(EMBEDDER.bulk, resolve=resolve_embedder))
"""As they are, but numpy makes the index's vectors too: torch takes long to begin."""

ODD: Final = ("", "\ud800 half", "😂", "ꦲꦏ꧀ꦱꦫ", "dinner " * 15_000, "dinner on friday?")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small model."""
    return write_word_piece_folder(tmp_path / "model")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the workers print to."""
    return tmp_path / "embedder.log"


@pytest.fixture
async def pool(folder: Path, log: Path) -> AsyncIterator[EmbedderPool]:
    """A pool with that model."""
    async with (
        embedding(Selection(model=str(folder)), KINDS, log_path=log) as opened,
        asyncio.timeout(WAIT_S),
    ):
        yield opened


async def children() -> list[psutil.Process]:
    """The processes that run now and make vectors; other tests may have left theirs."""

    def found() -> list[psutil.Process]:
        return [each for each in psutil.Process().children() if _embeds(each)]

    return await asyncio.to_thread(found)


def _embeds(process: psutil.Process) -> bool:
    try:
        return "jarvis.inference.worker" in process.cmdline()
    except psutil.Error:  # it has ended
        return False


async def ended(*processes: psutil.Process) -> None:
    """Wait until they have."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, WAIT_S)
    assert not alive


async def test_a_question_has_the_models_vector(
    pool: EmbedderPool, folder: Path
) -> None:
    """The worker's answer is what the model gives."""
    vector = np.frombuffer(await pool.embed_query("dinner on friday?"), "<f4")
    embedder = await asyncio.to_thread(BertEmbedder, record_of(folder))
    expected = embedder.embed(["dinner on friday?"], "query")[0]
    assert np.abs(vector - expected).max() < 1e-6


async def test_the_table_answers_without_a_process(log: Path) -> None:
    """Nothing is chosen, nothing was fetched, and a question is answered all the same."""
    async with embedding(Selection(), KINDS, log_path=log) as pool:
        vector = np.frombuffer(await pool.embed_query("dinner tonight"), "<f4")
        assert await pool.model() == STATIC
        assert await children() == []
    embedder = await asyncio.to_thread(StaticEmbedder, STATIC)
    expected = embedder.embed(["dinner tonight"], "query")[0]
    assert np.array_equal(vector, expected)


@pytest.mark.parametrize("chosen", ["static", "folder"])
async def test_what_is_stored_is_the_vector_in_eight_bits_and_a_code(
    chosen: str, folder: Path, log: Path
) -> None:
    """In the order of the texts, odd ones among them, over several requests."""
    texts = [*ODD, *(f"we meet at {number}" for number in range(600))]
    selection = Selection(model=str(folder) if chosen == "folder" else "static")
    async with embedding(selection, KINDS, log_path=log) as pool:
        mean = await pool.mean(texts)
        stored = await pool.store(texts, mean)
        questions = [await pool.embed_query(text) for text in texts[:8]]
    rows = np.frombuffer(stored.rows, np.int8).reshape(len(texts), -1)
    vectors = rows * np.frombuffer(stored.scales, "<f4")[:, None]
    exact = np.stack([np.frombuffer(each, "<f4") for each in questions])
    assert np.abs(vectors[:8] - exact).max() < 1 / 127
    assert np.abs(vectors.mean(axis=0) - np.frombuffer(mean, "<f4")).max() < 1e-2
    assert (
        stored.codes[: 8 * code_bytes(rows.shape[1])]
        == encoded(exact, np.frombuffer(mean, "<f4")).tobytes()
    )


async def test_nothing_to_store_is_nothing(pool: EmbedderPool) -> None:
    """And no process is started for it."""
    mean = struct.pack(f"<{WIDTH}f", *[0.0] * WIDTH)
    assert await pool.store([], mean) == StoredVectors(b"", b"", b"")
    assert await children() == []
    with pytest.raises(ValueError, match="no texts"):
        await pool.mean([])


async def test_the_index_gives_its_memory_back_at_once(pool: EmbedderPool) -> None:
    """When it says that it is done; the process for questions stays."""
    await pool.embed_query("dinner")
    [for_questions] = await children()
    await pool.mean(["dinner"])
    [for_index] = set(await children()) - {for_questions}
    pool.release()
    await ended(for_index)
    assert await children() == [for_questions]
    assert await pool.mean(["dinner"])


async def test_new_mail_begins_nothing_that_takes_long(folder: Path, log: Path) -> None:
    """What is quick with many texts alone is not there for a few of them."""

    def refuse(selection: Selection) -> ModelRecord:
        raise ModelUnavailable("for many texts alone")

    kinds = replace(KINDS, bulk=replace(KINDS.bulk, resolve=refuse))
    many = [f"we meet at {number}" for number in range(FEW + 1)]
    mean = bytes(4 * WIDTH)
    async with embedding(Selection(model=str(folder)), kinds, log_path=log) as pool:
        assert len((await pool.store(many[1:], mean)).rows) == FEW * WIDTH
        [for_few] = await children()
        with pytest.raises(ModelUnavailable, match="for many texts alone"):
            await pool.store(many, mean)
        pool.release()
        await ended(for_few)


async def test_a_process_without_questions_ends(folder: Path, log: Path) -> None:
    """After a while; the next question starts another."""
    async with (
        embedding(
            Selection(model=str(folder)), KINDS, log_path=log, keep_alive_s=0.05
        ) as pool,
        asyncio.timeout(WAIT_S),
    ):
        await pool.embed_query("dinner")
        await ended(*await children())
        assert await pool.embed_query("dinner")


async def test_a_process_whose_question_was_taken_back_ends_too(
    folder: Path, log: Path
) -> None:
    """Before its model was even loaded: the load goes on, and ends with the quiet."""
    async with (
        asyncio.timeout(WAIT_S),
        embedding(
            Selection(model=str(folder)), KINDS, log_path=log, keep_alive_s=1.0
        ) as pool,
    ):
        asking = asyncio.create_task(pool.embed_query("dinner"))
        started: list[psutil.Process] = []
        while not started:
            started = await children()
        asking.cancel()
        await ended(*started)
        assert await pool.embed_query("dinner")


async def test_a_worker_that_dies_fails_one_request(pool: EmbedderPool) -> None:
    """With a sentence, and the next request starts another."""
    before = await pool.embed_query("dinner")
    [worker] = await children()
    os.kill(worker.pid, signal.SIGSTOP)
    asking = asyncio.create_task(pool.embed_query("boots"))
    await asyncio.sleep(0)
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(ModelUnavailable, match="SIGKILL"):
        await asking
    assert await pool.embed_query("dinner") == before


async def test_a_question_that_nobody_waits_for_holds_up_no_other(
    pool: EmbedderPool,
) -> None:
    """Who types on has the older question taken back, and the next is answered."""
    await pool.embed_query("dinner")
    older = [asyncio.create_task(pool.embed_query("din" * n)) for n in range(20)]
    await asyncio.sleep(0)
    for task in older:
        task.cancel()
    assert await pool.embed_query("dinner")


async def test_another_model_is_told_of(
    pool: EmbedderPool, folder: Path, tmp_path: Path
) -> None:
    """Who follows asks which; questions can still be asked of the one before."""
    heard = []
    pool.followers.append(lambda: heard.append(pool.selection.model))
    old = await pool.embed_query("dinner")
    other = await asyncio.to_thread(
        write_word_piece_folder, tmp_path / "other", pooling="cls"
    )
    await pool.use(Selection(model=str(other)))
    assert heard == [str(other)]
    assert (await pool.model()).name == str(other)
    assert await pool.embed_query("dinner") != old
    assert await pool.embed_query("dinner", model=str(folder)) == old
    await pool.use(Selection(model="static"))
    assert len(await pool.embed_query("dinner")) == 4 * 128


async def test_the_index_gets_the_vectors_of_the_model_it_asked_for(
    pool: EmbedderPool, folder: Path, tmp_path: Path
) -> None:
    """Also where another was chosen meanwhile: the two are never mixed."""
    texts = ["dinner on friday", *(f"we meet at {number}" for number in range(600))]
    mean = await pool.mean(texts)
    before = await pool.store(texts, mean)
    storing = asyncio.create_task(pool.store(texts, mean))
    await asyncio.sleep(0)
    await pool.use(Selection(model="static"))
    assert await storing == before
    assert await pool.mean(texts, model=str(folder)) == mean
    assert await pool.store(texts, mean, model=str(folder)) == before
    assert len((await pool.store(texts[:1], bytes(4 * 128))).rows) == 128


async def test_vectors_of_a_model_that_was_changed_are_compared_with_none(
    pool: EmbedderPool, folder: Path
) -> None:
    """Its name is the same, and its numbers mean something else: that is said."""
    known = vectors_name(await pool.model())
    assert (await pool.model_named(known)).name == str(folder)
    assert await pool.embed_query("dinner", model=known) == await pool.embed_query(
        "dinner"
    )
    await asyncio.to_thread(os.utime, folder / "model.safetensors", ns=(1, 1))
    with pytest.raises(ModelUnavailable, match="not what it was"):
        await pool.embed_query("dinner", model=known)
    assert await pool.embed_query("dinner", model=str(folder))


async def test_a_model_that_cannot_be_used_is_not_chosen(
    pool: EmbedderPool, folder: Path, tmp_path: Path
) -> None:
    """The one before goes on, and nobody is told of another."""
    heard: list[str] = []
    pool.followers.append(lambda: heard.append("another"))
    with pytest.raises(ModelUnavailable, match="There is no model folder"):
        await pool.use(Selection(model=str(tmp_path / "gone")))
    assert (await pool.model()).name == str(folder)
    assert not heard


async def test_a_folder_that_vanished_says_so_until_it_is_back(
    pool: EmbedderPool, folder: Path, tmp_path: Path
) -> None:
    """A sentence with its name; no other model answers in its place."""
    await pool.model()
    await asyncio.to_thread(shutil.move, folder, tmp_path / "away")
    with pytest.raises(ModelUnavailable, match=str(folder)):
        await pool.embed_query("dinner")
    with pytest.raises(ModelUnavailable, match=str(folder)):
        await pool.mean(["dinner"])
    await asyncio.to_thread(shutil.move, tmp_path / "away", folder)
    assert await pool.embed_query("dinner")


async def test_to_have_none_is_a_choice(pool: EmbedderPool) -> None:
    """It says how meaning comes back."""
    await pool.use(Selection(model=NO_MODEL))
    with pytest.raises(NoModelChosen, match="models use static"):
        await pool.embed_query("dinner")


async def test_nothing_is_begun_once_it_is_closed(folder: Path, log: Path) -> None:
    """And whatever ran has ended."""
    async with embedding(Selection(model=str(folder)), KINDS, log_path=log) as pool:
        await pool.embed_query("dinner")
    assert await children() == []
    with pytest.raises(ServerCancelled):
        await pool.embed_query("dinner")


async def test_nothing_of_a_text_is_printed(pool: EmbedderPool, log: Path) -> None:
    """Nothing is, as long as all is well."""
    await pool.embed_query("a very secret dinner")
    await pool.mean(["a very secret dinner"])
    assert await asyncio.to_thread(log.read_text) == ""
