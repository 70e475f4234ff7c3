"""AddressBook: the name behind a handle, read once and kept in memory."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from jarvis.stores.handles import plain_handle
from jarvis.stores.queries import load_query
from jarvis.stores.stand_ins import stand_in

_CONTACTS: Final = load_query("addressbook_contacts")
_WANTED: Final = {
    "ZABCDRECORD": (
        "Z_PK Z_ENT ZUNIQUEID ZLINKID ZFIRSTNAME ZLASTNAME ZNICKNAME ZORGANIZATION "
        "ZDISPLAYFLAGS ZMODIFICATIONDATE"
    ),
    "ZABCDPHONENUMBER": "ZOWNER ZFULLNUMBER",
    "ZABCDEMAILADDRESS": "ZOWNER ZADDRESS",
    "Z_PRIMARYKEY": "Z_ENT Z_NAME Z_SUPER",
}
_SHORT_CODE_DIGITS: Final = 6
_NOT_DIGITS: Final = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Card:
    """One person or company of the address book; `key` is the same for linked cards."""

    key: str
    name: str
    first_name: str


@dataclass(frozen=True)
class ContactNames:
    """Names by handle. `sources` were read; `problems` says why others were not.

    `region` tells how numbers written without a country are read. `shared` are handles
    that stand on the cards of several people.
    """

    cards: Mapping[str, Card] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()
    region: str | None = None
    shared: frozenset[str] = frozenset()

    def name_of(self, handle: str) -> str | None:
        """The person's name, or None when the address book does not know the handle."""
        card = self.card_of(handle)
        return card.name if card else None

    def card_of(self, handle: str) -> Card | None:
        """The card that holds this handle."""
        handle = plain_handle(handle)
        return self.cards.get(handle) or self.cards.get(handle.casefold())

    def name_as_written(self, address: str) -> str | None:
        """The name behind an address in any spelling: "(555) 010-0100", "A@Example.com".

        The first number loads the numbering plans of the world, so off the event loop.
        """
        name = self.name_of(address)
        if name is None and "@" not in address:
            spellings = _normal_numbers(address, self.region)
            name = next(filter(None, map(self.name_of, spellings)), None)
        return name


async def load_contacts(location: Path | None, *, region: str | None) -> ContactNames:
    """Every card of an AddressBook folder (or of one .abcddb file).

    region ("US", "GB") tells how to read numbers written without a country. Never
    raises: what is missing or unreadable is left out and named in `problems`.
    """
    if location is None:
        return ContactNames()
    return await asyncio.to_thread(_load, location, region)


async def contacts_version(location: Path | None) -> object:
    """What differs when a file of the address book does, or its write-ahead log."""
    return await asyncio.to_thread(_version, location)


def _version(location: Path | None) -> object:
    stores = _stores(location) if location else []
    found = []
    for store in stores:
        for file in (store, store.with_name(f"{store.name}-wal")):
            try:
                status = file.stat()
            except OSError:
                continue
            found.append((file, status.st_ino, status.st_size, status.st_mtime_ns))
    return found


def region_of_number(number: str) -> str | None:
    """The country ("US") that a number in international form belongs to.

    The first call loads the numbering plans of the world, so off the event loop.
    """
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None


class _Entry(NamedTuple):
    """A card and one of its addresses, with what decides between two that share it."""

    address: str
    card: Card
    modified: float


def _load(location: Path, region: str | None) -> ContactNames:
    entries: list[_Entry] = []
    sources: list[Path] = []
    problems: list[str] = []
    for store in _stores(location):
        try:
            entries += _read_store(store, region)
            sources.append(store)
        except (sqlite3.Error, OSError) as error:
            problems.append(f"{store} cannot be read ({error}).")
    if not sources and not problems:
        problems.append(f"There is no address book at {location}.")
    by_address: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_address.setdefault(entry.address, []).append(entry)
    return ContactNames(
        {address: _stands(found) for address, found in by_address.items()},
        tuple(sources),
        tuple(problems),
        region,
        frozenset(
            address
            for address, found in by_address.items()
            if len({entry.card.key for entry in found}) > 1
        ),
    )


def _stands(entries: Sequence[_Entry]) -> Card:
    """Of several cards with one number: whose person has most of them, then the newest.

    Equal names are never merged.
    """
    by_person = Counter(entry.card.key for entry in entries)
    return max(entries, key=lambda each: (by_person[each.card.key], each.modified)).card


def _stores(location: Path) -> list[Path]:
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


def _read_store(store: Path, region: str | None) -> list[_Entry]:
    address = f"file:{quote(str(store.absolute()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        for table, wanted in _WANTED.items():
            there = {
                str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")
            }
            if table == "ZABCDRECORD" and not there:
                raise sqlite3.DatabaseError("it is no address book")
            view = stand_in(table, there, dict.fromkeys(wanted.split(), "NULL"))
            if view is not None:
                connection.execute(view)
        rows = [_Row._make(row) for row in connection.execute(_CONTACTS)]
    return [
        _Entry(normal, card, row.modified)
        for row in rows
        if (card := _card(row, store)).name
        for normal in _normal(row, region)
    ]


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


def _normal(row: _Row, region: str | None) -> Iterable[str]:
    if row.is_email:
        return [str(row.written).strip().casefold()]
    return _normal_numbers(row.written, region)


def _card(row: _Row, store: Path) -> Card:
    def said(value: object) -> str:
        return " ".join(str(value or "").split())

    given, family = said(row.first_name), said(row.last_name)
    company = said(row.organization)
    is_company = bool(row.is_company and company)
    whole = f"{given} {family}".strip()
    name = company if is_company else whole or said(row.nickname) or company
    first_name = name if is_company else given or name
    key = row.link_id or row.unique_id or f"{store}:{row.pk}"
    return Card(str(key), name, first_name)


def _normal_numbers(number: Any, region: str | None) -> Iterator[str]:
    """The spellings under which chat.db may hold this number."""
    import phonenumbers

    text = str(number or "").strip()
    digits = _NOT_DIGITS.sub("", text)
    if not digits:
        return
    if len(digits) <= _SHORT_CODE_DIGITS:
        yield digits
        return
    try:
        parsed = phonenumbers.parse(text, None if text.startswith("+") else region)
    except phonenumbers.NumberParseException:
        yield text
        return
    yield phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
