"""What people typed, and nothing else of a message: cheap to read by the thousand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from jarvis.records import PlainMessage
from jarvis.stores.apple_time import EPOCH_TIMESTAMP, from_apple
from jarvis.stores.attributed_body import PLACEHOLDER, Undecodable, read_text
from jarvis.stores.chatdb.directory import Chat, Directory, sender_of
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.reading import plain_text, read_said
from jarvis.stores.chatdb.rows import MessageRow
from jarvis.stores.queries import load_query, several

_NEWEST: Final = load_query("chatdb_said")
_AFTER: Final = load_query("chatdb_said_after")
_IN_CHAT: Final = load_query("chatdb_said_in_chat")
NOBODY: Final = ""
"""The sender of what somebody wrote in a group, nobody knows who."""
_BELOW_ALL: Final = -1
_ABOVE_ALL: Final = 2**63 - 1
_BLANK: Final = MessageRow(*[None] * len(MessageRow._fields))  # type: ignore[arg-type]  # columns that no text is made of


class SaidRow(NamedTuple):
    """The columns of chatdb_part_said.sql."""

    rowid: int
    chat_rowid: int
    text: str | None
    body: bytes | None
    subject: str | None
    sender: str | None
    is_from_me: int
    date: int | None
    date_edited: int | None
    summary_info: bytes | None
    balloon: str | None
    attachments: str | None
    has_files: int | None


async def newest_said(
    db: ChatDb,
    directory: Directory,
    *,
    limit: int,
    chat: Chat | None = None,
    after: int | None = None,
    before: int | None = None,
) -> list[PlainMessage]:
    """What was typed last, in all conversations or in one, oldest first.

    Out of the newest `limit` rows that may hold words, those that do; one that stands in
    two conversations comes once for each. `after` and `before` are ROWIDs: only rows
    between them are read. With `after` and no chat, the newest are those of the highest
    ROWID, which came last to this machine; else those of the latest date.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    asked = {
        "after": _BELOW_ALL if after is None else after,
        "before": _ABOVE_ALL if before is None else before,
        "limit": limit,
    }
    if chat is None:
        statements = [_NEWEST if after is None else _AFTER]
    else:
        statements = [*several(_of_chat, chat.rowids)]

    def make(rows: list[tuple[Any, ...]]) -> list[PlainMessage]:
        return list(_said(map(SaidRow._make, rows), directory))

    batches = [await db.made(sql, asked, make) for sql in statements]
    # To sort thousands takes the event loop's others too long.
    return await asyncio.to_thread(_newest, batches, limit)


def _newest(batches: Iterable[list[PlainMessage]], limit: int) -> list[PlainMessage]:
    """Of several queries, once each, oldest first."""
    said = {
        (message.id, message.chat_id): message for batch in batches for message in batch
    }
    return sorted(said.values(), key=lambda message: (message.sent_ms, message.id))[
        -limit:
    ]


def _of_chat(rowid: int) -> str:
    """The query of one member of a conversation."""
    return _IN_CHAT.replace(":chat\n", f"{rowid}\n")


def _said(rows: Iterator[SaidRow], directory: Directory) -> Iterator[PlainMessage]:
    """Those with words, once a chat."""
    for row in rows:
        chat = directory.of_rowid(row.chat_rowid)
        if chat is None:
            continue
        text = _text(row)
        sender = sender_of(row.sender, row.is_from_me, chat)
        if text:
            yield PlainMessage(
                id=row.rowid,
                chat_id=chat.chat_id,
                sender=None if row.is_from_me else sender or NOBODY,
                sent_ms=_since_1970_ms(row.date),
                text=text,
            )


def _text(row: SaidRow) -> str:
    """The words of a row; "" where there are none to be read by others or said again."""
    if not (row.attachments or row.has_files or row.balloon or row.subject):
        text = None if row.date_edited else plain_text(row.body, row.summary_info)
        if text is not None:
            return text.strip()
    elif row.attachments and not row.subject and _is_only_files(row.body):
        return ""
    said = read_said(
        _BLANK._replace(
            text=row.text,
            body=row.body,
            subject=row.subject,
            date_edited=row.date_edited,
            summary_info=row.summary_info,
            balloon=row.balloon,
            attachments=row.attachments,
            has_files=row.has_files,
        )
    )
    # The user's own are read to be said again, which a Genmoji in them cannot be.
    is_own_picture = row.is_from_me and any(p.kind == "mark" for p in said.parts)
    return "" if said.is_secret or is_own_picture else (said.text or "").strip()


def _is_only_files(body: object) -> bool:
    """Whether the body has nothing but places: then its runs need not be read."""
    try:
        text = read_text(body) if isinstance(body, bytes) else ""
    except Undecodable:
        return False
    return bool(text) and not text.replace(PLACEHOLDER, "").strip()


def _since_1970_ms(date: int | None) -> int:
    moment = datetime.fromisoformat(from_apple(date) or EPOCH_TIMESTAMP)
    return round(moment.timestamp() * 1000)
