"""Messages, vectors and what must be found of them, in plain Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import sqrt

import aiosqlite
import numpy as np

from jarvis.inference.embedders.vectors import stored
from jarvis.records import ChatId
from jarvis.stores.index.models import begin_model
from jarvis.stores.index.numbers import number_chats, number_senders
from jarvis.stores.index.records import Filters, IndexedMessage, IndexModel, Ref
from jarvis.stores.index.vectors import write_vectors

WORDS = [
    "boots",
    "pizza",
    "café",
    "the",
    "the",
    "the",
    "and",
    "train",
    "火锅",
    "吃火锅",
    "😂",
    "Zürich",
    "hello",
    "ok",
    "lol",
]
T0 = 1_700_000_000_000
DIMS = 64
_MEAN = np.zeros(DIMS, np.float32)


def message(id_: int, text: str = "hello", **changes: object) -> IndexedMessage:
    """A message, a minute after the one before."""
    values: dict[str, object] = {
        "id": id_,
        "chat": 1,
        "sender": 1,
        "date_ms": T0 + id_ * 60_000,
        "text": text,
        **changes,
    }
    return IndexedMessage(**values)  # type: ignore[arg-type]  # a test's short cut


def some_message(chance: random.Random, id_: int) -> IndexedMessage:
    """Any message, often one that says what others say."""
    return message(
        id_,
        " ".join(chance.choice(WORDS) for _ in range(chance.randint(0, 5))),
        chat=chance.randint(1, 4),
        sender=chance.randint(0, 3),
        date_ms=T0 + chance.randint(0, 1000) * 1000,
        extra=chance.choice(["", "", "photo.jpg beach"]),
        has_attachment=chance.random() < 0.2,
        embed=chance.random() < 0.8,
    )


def passes(message: IndexedMessage, filters: Filters) -> bool:
    """What the filters ask, said once more."""
    if filters.chats is not None and message.chat not in filters.chats:
        return False
    if filters.senders is not None and message.sender not in filters.senders:
        return False
    if filters.from_me is not None and (message.sender == 0) != filters.from_me:
        return False
    asked = filters.has_attachment
    if asked is not None and message.has_attachment != asked:
        return False
    if filters.after_ms is not None and message.date_ms < filters.after_ms:
        return False
    return filters.before_ms is None or message.date_ms < filters.before_ms


def some_filters(chance: random.Random) -> Filters:
    """Any filters, often none."""
    return Filters(
        chats=chance.choice([None, None, (1,), (2, 3), ()]),
        senders=chance.choice([None, None, None, (1,), (2, 3), (7,)]),
        after_ms=chance.choice([None, None, T0 + 300_000]),
        before_ms=chance.choice([None, None, T0 + 600_000]),
        from_me=chance.choice([None, None, None, True, False]),
        has_attachment=chance.choice([None, None, None, True, False]),
    )


def vector(chance: random.Random, dims: int = DIMS) -> list[float]:
    """Of length 1."""
    values = [chance.gauss(0, 1) for _ in range(dims)]
    length = sqrt(sum(value * value for value in values))
    return [value / length for value in values]


def mean(dims: int = DIMS) -> bytes:
    """What codes are centred on here: nothing."""
    return bytes(4 * dims)


async def begin(db: aiosqlite.Connection, name: str = "small") -> IndexModel:
    """A model of few dimensions. Inside a transaction."""
    return await begin_model(db, name, DIMS, mean())


async def put(
    db: aiosqlite.Connection,
    model_id: int,
    refs: Sequence[Ref],
    vectors: Sequence[Sequence[float]],
) -> None:
    """Store these as a worker would send them. Inside a transaction."""
    made = stored(np.array(vectors, np.float32).reshape(-1, DIMS), _MEAN)
    await write_vectors(
        db, model_id, refs, rows=made.rows, scales=made.scales, codes=made.codes
    )


async def number(db: aiosqlite.Connection) -> None:
    """Conversations 1 to 4 and senders 1 to 3. Inside a transaction."""
    await number_chats(db, [ChatId(f"chat{at}") for at in range(1, 5)])
    await number_senders(db, [f"+1555000{at}" for at in range(1, 4)])
