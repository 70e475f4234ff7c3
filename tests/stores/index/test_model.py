"""The index against a plain dict, whatever is written, edited and deleted."""

from __future__ import annotations

import os
import random

import pytest

from jarvis.stores.index.chunks import load_codes, slots_of
from jarvis.stores.index.codes import SLOTS, Chunk
from jarvis.stores.index.fold import fold, words_of
from jarvis.stores.index.keywords import has_word, keyword_hits
from jarvis.stores.index.reading import (
    messages,
    messages_of,
    newest,
    newest_of,
    slots_passing,
)
from jarvis.stores.index.records import IndexedMessage, Kind, Ref, Segment
from jarvis.stores.index.segments import write_segments
from jarvis.stores.index.texts import text_hash, text_ids
from jarvis.stores.index.vectors import rows_of, texts_without_vector
from jarvis.stores.index.writing import delete_messages, write_messages
from jarvis.stores.jarvisdb import JarvisDb
from tests.stores.index import made

SEEDS = range(40 if "JARVIS_THOROUGH" in os.environ else 6)


class Model:
    """What the index must hold."""

    def __init__(self) -> None:
        self.messages: dict[int, IndexedMessage] = {}

    def found(self, words: tuple[str, ...]) -> set[int]:
        """Ids of those that have every word, as they stand."""
        return {
            each.id
            for each in self.messages.values()
            if all(
                f" {word} " in f" {fold(each.text + ' ' + each.extra)} "
                for word in words
            )
        }


async def change(writer: JarvisDb, model: Model, chance: random.Random) -> None:
    """Write, edit or delete a few."""
    async with writer.transaction() as db:
        if chance.random() < 0.3 and model.messages:
            gone = chance.sample(sorted(model.messages), min(5, len(model.messages)))
            await delete_messages(db, gone)
            for id_ in gone:
                del model.messages[id_]
            return
        ids = chance.sample(range(1, 120), 12)
        written = [made.some_message(chance, id_) for id_ in ids]
        await write_messages(db, written)
        model.messages.update({each.id: each for each in written})


async def embed(
    writer: JarvisDb, model_id: int, chance: random.Random, limit: int
) -> None:
    """Give some of what is wanted a vector."""
    async with writer.transaction() as db:
        wanted = [each.ref for each in await texts_without_vector(db, limit)]
        await made.put(db, model_id, wanted, [made.vector(chance) for _ in wanted])


@pytest.mark.parametrize("seed", SEEDS)
async def test_it_holds_what_was_written_last(writer: JarvisDb, seed: int) -> None:
    """Texts, words, vectors and codes agree with it after any changes."""
    chance = random.Random(seed)
    model = Model()
    async with writer.transaction() as db:
        await made.number(db)
        index_model = await made.begin(db)
    for _ in range(25):
        await change(writer, model, chance)
        await embed(writer, index_model.id, chance, chance.randint(0, 20))
        await some_segments(writer, model, chance)
    await check_messages(writer, model, chance)
    await check_words(writer, model, chance)
    await check_vectors(writer, model, index_model.id, chance)


async def some_segments(writer: JarvisDb, model: Model, chance: random.Random) -> None:
    """A segment over a few messages of a conversation."""
    chat = chance.randint(1, 4)
    inside = sorted(
        (each.date_ms, each.id) for each in model.messages.values() if each.chat == chat
    )
    if len(inside) >= 3:
        at = chance.randrange(len(inside) - 2)
        first, last = inside[at], inside[at + 2]
        async with writer.transaction() as db:
            await write_segments(
                db,
                [
                    Segment(
                        chat=chat,
                        first_ms=first[0],
                        first_id=first[1],
                        last_ms=last[0],
                        last_id=last[1],
                    )
                ],
            )


async def check_messages(writer: JarvisDb, model: Model, chance: random.Random) -> None:
    """Every message as it was written, and the newest under any filters."""
    db = writer.connection
    stored = await messages(db, range(1, 120))
    assert {id_: each.text for id_, each in stored.items()} == {
        id_: each.text for id_, each in model.messages.items()
    }
    for _ in range(20):
        filters = made.some_filters(chance)
        passing = sorted(
            (
                (each.date_ms, each.id)
                for each in model.messages.values()
                if made.passes(each, filters)
            ),
            reverse=True,
        )
        first = await newest(db, filters, 5)
        assert [each.id for each in first] == [id_ for _, id_ in passing[:5]]
        if first:
            last = (first[-1].date_ms, first[-1].id)
            rest = await newest(db, filters, 500, last)
            assert [each.id for each in rest] == [id_ for _, id_ in passing[5:]]


async def check_words(writer: JarvisDb, model: Model, chance: random.Random) -> None:
    """Whoever has all words is found, nobody else as having them."""
    for query in (*made.WORDS, "pizza boots", "火锅 lol", "the hello", "jpg", "CAFE"):
        words = words_of(query)
        filters = made.some_filters(chance)
        hits = await keyword_hits(writer.connection, words, filters, 500)
        expected = {
            id_
            for id_ in model.found(words)
            if made.passes(model.messages[id_], filters)
        }
        whole = {hit.id for hit in hits if len(hit.matched) == len(words)}
        assert expected <= whole
        for hit in hits:
            text = fold(
                model.messages[hit.id].text + " " + model.messages[hit.id].extra
            )
            assert hit.matched == {
                at for at, word in enumerate(words) if has_word(text, word)
            }
            assert made.passes(model.messages[hit.id], filters)


async def check_vectors(
    writer: JarvisDb, model: Model, model_id: int, chance: random.Random
) -> None:
    """A vector belongs to what is there, its code to it; the rest is wanted."""
    db = writer.connection
    texts = {each.text for each in model.messages.values()}
    embedded = {each.text for each in model.messages.values() if each.embed}
    ids = await text_ids(db, [text_hash(text) for text in texts])
    assert len(ids) == len(texts)
    ((count,),) = await db.execute_fetchall("SELECT count(*) FROM search_text")
    assert count == len(texts)
    refs = [Ref(Kind.TEXT, id_) for id_ in ids.values()]
    have = {ref for _, ref in await slots_of(db, refs)}
    wanted = {each.ref for each in await texts_without_vector(db, 1000)}
    for text in embedded:
        ref = Ref(Kind.TEXT, ids[text_hash(text)])
        assert (ref in have) != (ref in wanted)
    live = await live_slots(writer, model_id)
    rows = await rows_of(db, model_id, sorted(live))
    assert {row.slot for row in rows} == live
    ((stored,),) = await db.execute_fetchall("SELECT count(*) FROM search_vector")
    assert stored == len(live)
    for _ in range(10):
        filters = made.some_filters(chance)
        passing = await slots_passing(db, model_id, filters, 1000)
        refs = [row.ref for row in rows]
        said = await messages_of(db, refs, filters)
        newest_ids = await newest_of(db, refs, filters)
        assert {ref: behind.ids for ref, behind in said.items()} == newest_ids
        assert passing is not None
        assert passing == {
            row.slot: newest_ids[row.ref] for row in rows if row.ref in newest_ids
        }
        for ref, behind in said.items():
            for id_ in behind.ids:
                assert made.passes(model.messages[id_], filters), ref


async def live_slots(writer: JarvisDb, model_id: int) -> set[int]:
    """Which slots the codes say are taken."""
    found: set[int] = set()
    async for chunks in load_codes(writer.connection, model_id):
        for each in chunks:
            chunk = Chunk(each.live, each.codes, each.places)
            found |= {each.first_slot + at for at in range(SLOTS) if chunk.is_live(at)}
    return found
