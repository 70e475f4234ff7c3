"""Finds the message that came of a sending, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from jarvis.later import later
from jarvis.records import ChatId
from jarvis.stores.chatdb.arrivals import rowids_after
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.fingerprints import Fingerprint, read_fingerprint
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.pages import LinkedRow, rows_by_id
from jarvis.stores.queries import load_query

if TYPE_CHECKING:
    from jarvis.stores.chatdb import reading
else:
    reading = later("jarvis.stores.chatdb.reading")  # rows_by_id has loaded it by then

_MEMBERS: Final = load_query("chatdb_members")

ROWS_LOOKED_AT: Final = 500
"""More than this comes in ten seconds only when sync fills in history."""

Delivery = Literal["sending", "sent", "delivered", "read", "failed"]


class SentRow(NamedTuple):
    """A message of the user's as it stands; `service` is the one that it went by."""

    guid: str
    delivery: Delivery
    service: str | None
    error: int


class Member(NamedTuple):
    """One chat of a conversation; `identifier` is the other's address, or a group's."""

    guid: ChatId
    service: str | None
    identifier: str | None


class SentLook(NamedTuple):
    """`sent` is the message, if it has appeared; `is_ghost`: an empty one has, nowhere."""

    sent: SentRow | None
    is_ghost: bool


async def newest_member(db: ChatDb, chat: Chat) -> Member:
    """The chat of a conversation that was written in last: there one goes on."""
    asked = {"chats": msgspec.json.encode(chat.rowids).decode()}
    for _, guid, service, identifier, _ in await db.rows(_MEMBERS, asked):
        return Member(guid, service, identifier)
    return Member(chat.guids[0], chat.service, None)


async def look_for_sent(
    db: ChatDb,
    directory: Directory,
    chat: Chat,
    *,
    after: int,
    is_it: Callable[[str], bool],
    taken: Collection[str] = (),
) -> SentLook:
    """The first own message in the conversation whose text is_it, above ROWID after.

    `taken` are guids that came of other sendings.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    rowids = await rowids_after(db, after, ROWS_LOOKED_AT)
    by_rowid = await rows_by_id(db, directory, rowids)
    is_ghost = False
    for rowid in rowids:
        if rowid not in by_rowid:
            continue
        row, chats, fingerprint, _ = by_rowid[rowid]
        if not row.is_from_me or row.guid in taken:
            continue
        text = reading.read_said(row).text
        if text and set(chats) & set(chat.rowids) and is_it(text):
            return SentLook(_sent(by_rowid[rowid]), is_ghost)
        is_ghost |= (
            not chats and not text and not read_fingerprint(fingerprint).item_type
        )
    return SentLook(None, is_ghost)


def delivery_of(fingerprint: Fingerprint) -> Delivery:
    """How far an own message is: what failed before what was read, and so on."""
    if fingerprint.error:
        return "failed"
    if fingerprint.date_read:
        return "read"
    if fingerprint.is_delivered or fingerprint.date_delivered:
        return "delivered"
    return "sent" if fingerprint.is_sent else "sending"


def _sent(linked: LinkedRow) -> SentRow:
    fingerprint = read_fingerprint(linked.fingerprint)
    row = linked.row
    return SentRow(
        row.guid, delivery_of(fingerprint), row.service, fingerprint.error or 0
    )
