"""The nearest by meaning, held against every vector looked at in plain numpy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jarvis.inference.embedders.codes import encoded
from jarvis.records import ChatId
from jarvis.search.vectors import VectorSearch
from jarvis.stores.index.models import activate_model, begin_model
from jarvis.stores.index.numbers import number_chats
from jarvis.stores.index.records import Filters, IndexedMessage, IndexModel, Kind, Ref
from jarvis.stores.index.vectors import texts_without_vector, write_vectors
from jarvis.stores.index.words import prepare_words
from jarvis.stores.index.writing import delete_messages, write_messages
from jarvis.stores.jarvisdb import JarvisDb, open_reader, open_writer
from tests.stores.index.made import passes

MESSAGES = 6_000
T0 = 1_700_000_000_000


def vectors(count: int, dims: int, seed: int) -> NDArray[np.float32]:
    """Of length 1, in clusters, as texts are."""
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(60, dims))
    made = centres[chance.integers(0, 60, count)] + chance.normal(size=(count, dims))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made.astype(np.float32)


class Stored:
    """A jarvis.db with messages, and their vectors by message."""

    def __init__(self, writer: JarvisDb, model: IndexModel, dims: int) -> None:
        self.writer = writer
        self.model = model
        self.vectors = vectors(MESSAGES, dims, 1)
        self.messages = [
            IndexedMessage(
                id=at + 1,
                chat=1 + (at % 7 == 0) + 2 * (at % 11 == 0),
                sender=at % 5,
                date_ms=T0 + at * 1000,
                text=f"text {at}",
                has_attachment=at % 3 == 0,
            )
            for at in range(MESSAGES)
        ]

    async def write(self, messages: list[IndexedMessage]) -> None:
        """Index these, with their vectors."""
        async with self.writer.transaction() as db:
            await write_messages(db, messages)
            wanted = await texts_without_vector(db, len(messages))
            ats = [int(each.texts[0].split()[1]) for each in wanted]
            await self.put([each.ref.id for each in wanted], self.vectors[ats])

    async def put(self, ids: list[int], made: NDArray[np.float32]) -> None:
        """As a worker would send them."""
        scales = np.abs(made).max(axis=1) / 127
        await write_vectors(
            self.writer.connection,
            self.model.id,
            [Ref(Kind.TEXT, id_) for id_ in ids],
            rows=np.rint(made / scales[:, None]).astype(np.int8).tobytes(),
            scales=scales.astype("<f4").tobytes(),
            codes=encoded(made, np.zeros(made.shape[1], np.float32)).tobytes(),
        )

    def queries(self) -> NDArray[np.float32]:
        """Twenty that each mean about what a message does."""
        dims = self.model.dims
        made = self.vectors[::300] + 0.5 * vectors(20, dims, 2)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made.astype(np.float32)

    def nearest(
        self, query: NDArray[np.float32], passing: list[IndexedMessage]
    ) -> list[int]:
        """Ids of the ten nearest of these messages."""
        ids = np.array([each.id for each in passing], np.int64)
        cosines = self.vectors[ids - 1] @ query
        return [int(id_) for id_ in ids[np.argsort(-cosines)[:10]]]


@pytest.fixture(params=[128, 384])
async def stored(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Stored]:
    """Six thousand messages, each with a text of its own."""
    dims: int = request.param
    writer = await open_writer(tmp_path / "jarvis.db")
    async with writer.transaction() as db:
        await prepare_words(db)
        await number_chats(db, [ChatId(f"chat{at}") for at in range(5)])
        model = await begin_model(db, "made", dims, np.zeros(dims, "<f4").tobytes())
        await activate_model(db, model.id)
    stored = Stored(writer, model, dims)
    await stored.write(stored.messages)
    yield stored
    await writer.close()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(chats=(2,)),
        Filters(chats=(1,), from_me=False),
        Filters(senders=(3,), has_attachment=True),
        Filters(after_ms=T0 + 5_900_000),
        Filters(before_ms=T0 + 5_950_000),
        Filters(chats=()),
        Filters(chats=(99,)),
    ],
    ids=repr,
)
async def test_the_nearest_are_those_a_scan_of_all_vectors_finds(
    stored: Stored, filters: Filters
) -> None:
    """Nearly all of them unfiltered, all of them among few; none that does not pass."""
    passing = [each for each in stored.messages if passes(each, filters)]
    reader = await open_reader(stored.writer.path)
    search = VectorSearch()
    found = expected = 0
    for query in stored.queries():
        near = await search.nearest(reader, query.tobytes(), 10, filters)
        ids = [id_ for each in near for id_ in each.ids]
        assert {*ids} <= {each.id for each in passing}
        assert len(ids) == min(10, len(passing))
        best = stored.nearest(query, passing)
        found += len({*ids} & {*best})
        expected += len(best)
    assert found >= 0.97 * expected
    await reader.close()


async def test_what_was_deleted_is_not_found_at_the_next_search(stored: Stored) -> None:
    """And what was written is; by a reader that had loaded everything before."""
    reader = await open_reader(stored.writer.path)
    search = VectorSearch()
    query = stored.vectors[17]
    (best,) = await search.nearest(reader, query.tobytes(), 1)
    assert best.ids == (18,)
    assert best.similarity == pytest.approx(1, abs=0.01)
    async with stored.writer.transaction() as db:
        await delete_messages(db, [18])
    (other,) = await search.nearest(reader, query.tobytes(), 1)
    assert other.ids != (18,)
    await stored.write([stored.messages[17]])
    (again,) = await search.nearest(reader, query.tobytes(), 1)
    assert again.ids == (18,)
    await reader.close()


async def test_nothing_of_a_write_that_failed_is_found(stored: Stored) -> None:
    """What is in memory follows what was committed, not what was begun."""
    reader = await open_reader(stored.writer.path)
    search = VectorSearch()
    query = stored.vectors[17].tobytes()
    before = await search.nearest(reader, query, 5)

    async def half() -> None:
        async with stored.writer.transaction() as db:
            await delete_messages(db, range(1, 100))
            assert await search.nearest(reader, query, 5) == before
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await half()
    assert await search.nearest(reader, query, 5) == before
    await reader.close()
