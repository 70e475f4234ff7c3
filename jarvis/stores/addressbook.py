"""Reads AddressBook stores: every card's addresses as somebody typed them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec

from jarvis.letters import one_line
from jarvis.stores.personal_names import Ordering, whole_name
from jarvis.stores.queries import load_query
from jarvis.stores.schema_shim import schema_shim

_CONTACTS: Final = load_query("addressbook_contacts")
_WANTED: Final = {
    "ZABCDRECORD": (
        "Z_PK Z_ENT ZUNIQUEID ZLINKID ZFIRSTNAME ZLASTNAME ZNICKNAME ZORGANIZATION "
        "ZDISPLAYFLAGS ZMODIFICATIONDATE ZCONTAINERWHERECONTACTISME"
    ),
    "ZABCDPHONENUMBER": "ZOWNER ZFULLNUMBER",
    "ZABCDEMAILADDRESS": "ZOWNER ZADDRESS",
    "Z_PRIMARYKEY": "Z_ENT Z_NAME Z_SUPER",
}
_ORDERS: Final[dict[int, Ordering]] = {16: "family_first", 32: "given_first"}


class Card(msgspec.Struct, frozen=True):
    """One person or company of the address book; `key` is the same for linked cards.

    `first_name` is what one calls them, wherever it stands in `name`.
    """

    key: str
    name: str
    first_name: str
    nickname: str = ""


class Entry(NamedTuple):
    """A card and one of its addresses, as typed; modified in seconds since 2001.

    `is_own`: it is the card of the address book's owner.
    """

    address: str
    card: Card
    modified: float
    is_own: bool


def stores_at(location: Path) -> list[Path]:
    """The stores of an AddressBook folder, or the one that the path is."""
    try:
        if location.is_file():
            return [location]
        pattern = "AddressBook-v*.abcddb"
        return [
            *sorted(location.glob(pattern)),
            *sorted(location.glob(f"Sources/*/{pattern}")),
        ]
    except OSError:
        return []


def read_entries(store: Path) -> list[Entry]:
    """Every address that stands on a card with a name.

    Raises:
        sqlite3.Error: it is damaged, or no address book.
    """
    location = f"file:{quote(str(store.absolute()))}?mode=ro"
    with closing(sqlite3.connect(location, uri=True, timeout=5)) as connection:
        for table, wanted in _WANTED.items():
            there = {
                str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")
            }
            if table == "ZABCDRECORD" and not there:
                raise sqlite3.DatabaseError("it is no address book")
            view = schema_shim(table, there, dict.fromkeys(wanted.split(), "NULL"))
            if view is not None:
                connection.execute(view)
        rows = [_Row._make(row) for row in connection.execute(_CONTACTS)]
    entries = (
        Entry(
            str(row.written).strip(), _card(row, store), row.modified, bool(row.is_own)
        )
        for row in rows
    )
    return [entry for entry in entries if entry.address and entry.card.name]


class _Row(NamedTuple):
    """The columns of addressbook_contacts.sql."""

    pk: int
    unique_id: str | None
    link_id: str | None
    first_name: str | None
    last_name: str | None
    nickname: str | None
    organization: str | None
    is_company: int
    modified: float
    is_email: int
    written: Any
    name_order: int
    is_own: int


def _card(row: _Row, store: Path) -> Card:
    def said(value: object) -> str:
        return one_line(" ".join(str(value or "").split()))

    given, family = said(row.first_name), said(row.last_name)
    company = said(row.organization)
    is_company = bool(row.is_company and company)
    whole = whole_name(given, family, _ORDERS.get(row.name_order))
    name = company if is_company else whole or said(row.nickname) or company
    first_name = name if is_company else given or name
    key = row.link_id or row.unique_id or f"{store}:{row.pk}"
    return Card(str(key), name, first_name, said(row.nickname))
