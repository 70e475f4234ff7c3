"""An index that another version wrote, or whose parts disagree, is put right."""

from __future__ import annotations

import random
from array import array

import pytest

from jarvis.search.mending import mend_codes
from jarvis.search.vectors import VectorSearch
from jarvis.stores.index.chunks import slots_of
from jarvis.stores.index.fold import words_of
from jarvis.stores.index.keywords import keyword_hits
from jarvis.stores.index.models import (
    activate_model,
    answering_model,
    index_models,
    shed_vectors,
)
from jarvis.stores.index.records import Filters, IndexModel, Kind, Ref
from jarvis.stores.index.vectors import texts_without_vector, write_vectors
from jarvis.stores.index.words import prepare_words, refold, words_from
from jarvis.stores.index.writing import delete_messages, write_messages
from jarvis.stores.jarvisdb import JarvisDb
from tests.stores.index.made import begin, message, number, put, vector

MESSAGES = 700


async def fill(writer: JarvisDb, seed: int = 1) -> tuple[IndexModel, list[list[float]]]:
    """So many messages, each with a text and a vector; the vectors by text id from 1."""
    chance = random.Random(seed)
    vectors = [vector(chance) for _ in range(MESSAGES)]
    async with writer.transaction() as db:
        await number(db)
        ids = range(1, MESSAGES + 1)
        await write_messages(db, [message(id_, f"text {id_}") for id_ in ids])
        model = await begin(db)
        refs = [Ref(Kind.TEXT, id_) for id_ in ids]
        await put(db, model.id, refs, vectors)
        await activate_model(db, model.id)
    return model, vectors


async def found(writer: JarvisDb, values: list[float]) -> list[int]:
    """The message nearest to this, by whoever has loaded nothing yet."""
    query = as_bytes(values)
    near = await VectorSearch().nearest(writer.connection, query, 1)
    return [id_ for each in near for id_ in each.ids]


def as_bytes(values: list[float]) -> bytes:
    """As an embedder answers."""
    return array("f", values).tobytes()


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM search_code WHERE chunk % 2 = 0",
        "DELETE FROM search_vector WHERE slot % 3 = 0",
        "UPDATE search_code SET live = zeroblob(32), free = 256",
        "UPDATE search_code SET codes = zeroblob(5)",
        "DELETE FROM search_code",
        "INSERT INTO search_code SELECT chunk + 7, 0, 9, live, codes, places"
        " FROM search_code LIMIT 1",
    ],
)
async def test_codes_that_disagree_are_made_anew_without_the_model(
    writer: JarvisDb, harm: str
) -> None:
    """Whatever happened to them; who searches meanwhile sees them change."""
    _, vectors = await fill(writer)
    assert not await mend_codes(writer.connection, writer)
    search = VectorSearch()
    await search.nearest(writer.connection, as_bytes(vectors[0]), 1)
    async with writer.transaction() as db:
        await db.execute(harm)
    assert await mend_codes(writer.connection, writer)
    assert not await mend_codes(writer.connection, writer)
    left = {
        ref.id
        for _, ref in await slots_of(
            writer.connection, [Ref(Kind.TEXT, at + 1) for at in range(MESSAGES)]
        )
    }
    assert len(left) >= MESSAGES // 2
    for id_ in (5, 300, 699):
        near = await search.nearest(writer.connection, as_bytes(vectors[id_ - 1]), 1)
        assert (near[0].ids == (id_,)) == (id_ in left)


async def test_another_fold_writes_the_words_anew(writer: JarvisDb) -> None:
    """Some at a time, the newest first; what comes and goes meanwhile is right too."""
    await fill(writer)
    async with writer.transaction() as db:
        await db.execute("UPDATE search_state SET value = 'old' WHERE key = 'fold'")
        await prepare_words(db)
        assert await refold(db, 100)
        await write_messages(db, [message(900, "new words"), message(20, "old words")])
        await delete_messages(db, [30, 650])
    assert await words_from(writer.connection) == MESSAGES - 99

    async def ids(query: str) -> list[int]:
        hits = await keyword_hits(writer.connection, words_of(query), Filters(), 999)
        return sorted(hit.id for hit in hits)

    assert await ids("words") == [900]
    assert await ids("text") == [id_ for id_ in range(601, 701) if id_ != 650]
    has_more = True
    while has_more:
        async with writer.transaction() as db:
            has_more = await refold(db, 100)
    assert await ids("words") == [20, 900]
    assert await ids("text") == [
        id_ for id_ in range(1, 701) if id_ not in (20, 30, 650)
    ]
    async with writer.transaction() as db:
        await prepare_words(db)
    assert await words_from(writer.connection) is None


async def test_a_new_model_answers_when_it_has_everything(writer: JarvisDb) -> None:
    """Until then the old one does; then its vectors go, some at a time."""
    old, vectors = await fill(writer)
    chance = random.Random(2)
    async with writer.transaction() as db:
        new = await begin(db, "other")
    assert [each.id for each in await index_models(writer.connection)] == [
        old.id,
        new.id,
    ]
    newest = await texts_without_vector(writer.connection, 3)
    assert [each.texts for each in newest] == [
        ("text 700",),
        ("text 699",),
        ("text 698",),
    ]
    others: dict[int, list[float]] = {}
    while wanted := await texts_without_vector(writer.connection, 200):
        assert await found(writer, vectors[41]) == [42]
        made = [vector(chance) for _ in wanted]
        others.update({each.ref.id: of for each, of in zip(wanted, made, strict=True)})
        async with writer.transaction() as db:
            await put(db, new.id, [each.ref for each in wanted], made)
    async with writer.transaction() as db:
        await activate_model(db, new.id)
    assert await answering_model(writer.connection) == new._replace(is_active=True)
    steps = 1
    has_more = True
    while has_more:
        assert await found(writer, others[42]) == [42]
        steps += 1
        async with writer.transaction() as db:
            has_more = await shed_vectors(db, 300)
    assert steps > 2
    sql = "SELECT count(*), min(slot >> 32) FROM search_vector"
    ((count, model_id),) = await writer.connection.execute_fetchall(sql)
    assert (count, model_id) == (MESSAGES, new.id)
    assert not await mend_codes(writer.connection, writer)


async def test_a_model_that_was_given_up_halfway_leaves_nothing(
    writer: JarvisDb,
) -> None:
    """And what its worker still sends is passed over."""
    _, vectors = await fill(writer)
    async with writer.transaction() as db:
        half = await begin(db, "half")
        await put(db, half.id, [Ref(Kind.TEXT, 1)], [vectors[0]])
        other = await begin(db, "other")
        await put(db, half.id, [Ref(Kind.TEXT, 2)], [vectors[1]])
        while await shed_vectors(db, 100):
            pass
    sql = "SELECT count(*) FROM search_vector WHERE slot >> 32 NOT IN (1)"
    ((count,),) = await writer.connection.execute_fetchall(sql)
    assert count == 0
    assert other.id > half.id
    assert len(await texts_without_vector(writer.connection, 999)) == MESSAGES


async def test_a_vector_of_what_was_deleted_meanwhile_is_passed_over(
    writer: JarvisDb,
) -> None:
    """While a model thought about it; the number of its text is never another's."""
    model, vectors = await fill(writer)
    async with writer.transaction() as db:
        await write_messages(db, [message(701, "fleeting")])
        (wanted,) = await texts_without_vector(db, 9)
        await delete_messages(db, [701])
        await write_messages(db, [message(702, "staying")])
        await write_vectors(
            db,
            model.id,
            [wanted.ref],
            rows=bytes(64),
            scales=bytes(4),
            codes=bytes(17),
        )
        (left,) = await texts_without_vector(db, 9)
    assert left.texts == ("staying",)
    assert left.ref != wanted.ref
    assert await found(writer, vectors[0]) == [1]
