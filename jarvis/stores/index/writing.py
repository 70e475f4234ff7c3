"""Messages into the index and out of it, with all that hangs on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

import aiosqlite

from jarvis.stores.index import codes
from jarvis.stores.index.chunks import slots_of, widen_places
from jarvis.stores.index.codes import Place
from jarvis.stores.index.records import USER, IndexedMessage, Kind, Ref
from jarvis.stores.index.segments import delete_segments_over
from jarvis.stores.index.texts import (
    release_texts,
    restored,
    stored,
    text_hash,
    use_texts,
)
from jarvis.stores.index.words import Worded, remove_words, words_from, write_words
from jarvis.stores.queries import listed

_Item = TypeVar("_Item")

_AT_ONCE: Final = 500
_INSERT: Final = "INSERT INTO search_message VALUES (?, ?, ?, ?, ?, ?, ?)"
_THERE: Final = """
SELECT m.id, m.chat, m.sender, m.date_ms, m.text_id, m.attachment, m.extra, t.body
FROM search_message AS m JOIN search_text AS t ON t.id = m.text_id
WHERE m.id IN (SELECT value FROM json_each(?))
"""


async def write_messages(
    db: aiosqlite.Connection, messages: Iterable[IndexedMessage]
) -> None:
    """Put each in the place of the one with its id. Inside a transaction.

    Of one whose text, conversation or time is another now, the segments around it go.
    """
    by_id = {message.id: message for message in messages}
    for batch in _batches(sorted(by_id.values(), key=lambda message: message.id)):
        there = {row[0]: row for row in await _read(db, [each.id for each in batch])}
        new = [each for each in batch if _columns(each) != _known(there.get(each.id))]
        if changed := [there[each.id] for each in new if each.id in there]:
            await _remove(db, changed)
        if new:
            await _add(db, new)


async def delete_messages(db: aiosqlite.Connection, ids: Iterable[int]) -> None:
    """Nothing of these stays: words, texts, vectors, segments. Inside a transaction."""
    for batch in _batches(sorted(set(ids))):
        if rows := await _read(db, batch):
            await _remove(db, rows)


async def _add(db: aiosqlite.Connection, messages: Sequence[IndexedMessage]) -> None:
    texts = await use_texts(db, messages)
    ids = [texts[text_hash(message.text)] for message in messages]
    rows = [
        (*_columns(message)[:4], text_id, *_columns(message)[4:6])
        for message, text_id in zip(messages, ids, strict=True)
    ]
    await db.executemany(_INSERT, rows)
    below = await words_from(db) or 0
    await write_words(
        db, [_worded_new(message) for message in messages if message.id >= below]
    )
    await _widen(db, zip(ids, map(_place, messages), strict=True))


async def _remove(db: aiosqlite.Connection, rows: Sequence[Any]) -> None:
    below = await words_from(db) or 0
    await remove_words(db, [_worded(row) for row in rows if row[0] >= below])
    await delete_segments_over(db, [row[0] for row in rows])
    await db.executemany(
        "DELETE FROM search_message WHERE id = ?", [(row[0],) for row in rows]
    )
    await release_texts(db, Counter(row[4] for row in rows))


async def _widen(db: aiosqlite.Connection, said: Iterable[tuple[int, Place]]) -> None:
    """A text that has a vector is said by others now too."""
    places: dict[int, Place] = {}
    for text_id, place in said:
        places[text_id] = place.widened(places.get(text_id, place))
    slots = await slots_of(db, [Ref(Kind.TEXT, text_id) for text_id in places])
    if slots:
        await widen_places(db, {slot: places[ref.id] for slot, ref in slots})


async def _read(db: aiosqlite.Connection, ids: Sequence[int]) -> list[Any]:
    return list(await db.execute_fetchall(_THERE, (listed(ids),)))


def _columns(message: IndexedMessage) -> tuple[object, ...]:
    return (
        message.id,
        message.chat,
        message.sender,
        message.date_ms,
        message.has_attachment,
        stored(message.extra) if message.extra else None,
        message.text,
    )


def _known(row: Any) -> tuple[object, ...] | None:
    return row and (*row[:4], *row[5:7], restored(row[7]))


def _place(message: IndexedMessage) -> Place:
    second = codes.seconds(message.date_ms)
    return Place(
        codes.number(message.chat),
        codes.number(message.sender),
        second,
        second,
        codes.flags(
            from_me=message.sender == USER, has_attachment=message.has_attachment
        ),
    )


def _worded_new(message: IndexedMessage) -> Worded:
    return Worded(
        message.id,
        message.chat,
        message.sender,
        message.text,
        message.extra,
        message.has_attachment,
    )


def _worded(row: Any) -> Worded:
    return Worded(
        row[0], row[1], row[2], restored(row[7]), restored(row[6] or ""), bool(row[5])
    )


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE))
