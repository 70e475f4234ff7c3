"""Messages by their words: whoever has all of them is found, however long ago."""

from __future__ import annotations

import pytest

from jarvis.stores.index import keywords
from jarvis.stores.index.fold import words_of
from jarvis.stores.index.keywords import keyword_hits, typed_hits, word_weights
from jarvis.stores.index.reading import messages, neighbours
from jarvis.stores.index.records import Filters
from jarvis.stores.index.writing import write_messages
from jarvis.stores.jarvisdb import JarvisDb
from tests.stores.index.made import message, number


async def write(writer: JarvisDb, *texts: str) -> None:
    """One message each, from id 1 on, the last the newest."""
    async with writer.transaction() as db:
        await number(db)
        await write_messages(
            db, [message(at, text) for at, text in enumerate(texts, 1)]
        )


async def found(writer: JarvisDb, query: str, limit: int = 50) -> list[int]:
    """Ids by these words."""
    hits = await keyword_hits(writer.connection, words_of(query), Filters(), limit)
    return [hit.id for hit in hits]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("火锅", [1]),
        ("吃火", [1]),
        ("😂", [2]),
        ("👍", [2]),
        ("CAFE", [3]),
        ("cafe\u0301", [3]),
        ("don't", [4]),
        ("dont", []),
        ("NOT", []),
        ('"AND" OR text:x', []),
        ("c1", []),
        ("s1", []),
        ("a", []),
        ("?!", []),
    ],
)
async def test_words_are_found_in_every_script(
    writer: JarvisDb, query: str, ids: list[int]
) -> None:
    """An emoji too, a word within a run of characters; never what filters are made of."""
    await write(writer, "今天吃火锅吗", "so 😂👍🏽", "the Café", "we don't", "hello")
    assert await found(writer, query) == ids


async def test_half_a_letter_survives(writer: JarvisDb) -> None:
    """A text that is no Unicode comes back as it was, and its words are found."""
    await write(writer, "broken \ud83d pizza")
    assert await found(writer, "pizza") == [1]
    assert (await messages(writer.connection, [1]))[1].text == "broken \ud83d pizza"


async def test_an_old_message_with_all_words_comes_before_newer_ones_with_some(
    writer: JarvisDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though so many newer ones have some that no more are ranked."""
    monkeypatch.setattr(keywords, "RANKED", 5)
    newer = [text for _ in range(20) for text in ("red boots", "a blue train")]
    await write(writer, "the boots are in the train", *newer)
    assert (await found(writer, "boots train"))[0] == 1
    assert len(await found(writer, "boots train")) > 1


async def test_the_rare_word_decides(writer: JarvisDb) -> None:
    """Who has only the words that everybody has is no hit."""
    await write(writer, "zucchini", *["where is the car"] * 30, "where is the zucchini")
    hits = await keyword_hits(
        writer.connection, words_of("where is the zucchini"), Filters(), 50
    )
    assert [hit.id for hit in hits] == [32, 1]
    assert hits[0].coverage == 1.0
    assert hits[1].matched == {3}
    assert 0.5 <= hits[1].coverage < 1.0
    weights = await word_weights(writer.connection, ["the", "zucchini"])
    assert weights["zucchini"] > 2 * weights["the"]


async def test_a_word_that_is_being_typed_is_found_by_its_beginning(
    writer: JarvisDb,
) -> None:
    """From three letters on, the newest first, with all words before it."""
    await write(writer, "red boots", "blue boots", "red boat", "red book")
    asked = [("bo",), ("boo",), ("red", "boo"), ("red", "bo")]
    ids = [await typed_hits(writer.connection, each, Filters(), 9) for each in asked]
    assert ids == [[], [4, 2, 1], [4, 1], []]


async def test_what_hangs_on_a_message_is_found_with_it(writer: JarvisDb) -> None:
    """Names of its files, and what was said in them."""
    async with writer.transaction() as db:
        await number(db)
        said = message(1, "", extra="IMG_1.jpg the transcript", has_attachment=True)
        await write_messages(db, [said])
    assert await found(writer, "transcript jpg") == [1]


async def test_messages_beside_a_hit_are_of_its_conversation(writer: JarvisDb) -> None:
    """Oldest first; itself is not among them."""
    async with writer.transaction() as db:
        await number(db)
        await write_messages(
            db, [message(at, f"text {at}", chat=1 + at % 2) for at in range(1, 12)]
        )
    hit = (await messages(writer.connection, [6]))[6]
    beside = await neighbours(writer.connection, hit, 2)
    assert [each.id for each in beside] == [2, 4, 8, 10]
