"""AddressBook: the name behind a handle, read once and kept in memory."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from jarvis.stores.handles import plain_handle

_WANTED: Final = {
    "ZABCDRECORD": (
        "Z_PK Z_ENT ZUNIQUEID ZLINKID ZFIRSTNAME ZLASTNAME ZNICKNAME ZORGANIZATION "
        "ZDISPLAYFLAGS ZMODIFICATIONDATE"
    ),
    "ZABCDPHONENUMBER": "ZOWNER ZFULLNUMBER",
    "ZABCDEMAILADDRESS": "ZOWNER ZADDRESS",
}
_IS_COMPANY: Final = 1
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

    `region` tells how numbers written without a country are read.
    """

    cards: Mapping[str, Card] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()
    region: str | None = None

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
        except (sqlite3.Error, OSError, KeyError) as error:
            problems.append(f"{store} cannot be read ({error}).")
    if not sources and not problems:
        problems.append(f"There is no address book at {location}.")
    # Of two cards with one number the newer stands; equal names are never merged.
    by_age = sorted(entries, key=lambda entry: entry.modified)
    cards = {entry.address: entry.card for entry in by_age}
    return ContactNames(cards, tuple(sources), tuple(problems), region)


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


def _read_store(store: Path, region: str | None) -> Iterator[_Entry]:
    address = f"file:{quote(str(store.absolute()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        people = set(_person_entities(connection))
        cards = {
            record["Z_PK"]: (_card(record, store), record["ZMODIFICATIONDATE"] or 0.0)
            for record in _rows(connection, "ZABCDRECORD")
            if not people or record["Z_ENT"] in people
        }
        found: list[tuple[Any, str]] = [
            (row["ZOWNER"], normal)
            for row in _rows(connection, "ZABCDPHONENUMBER")
            for normal in _normal_numbers(row["ZFULLNUMBER"], region)
        ]
        found += [
            (row["ZOWNER"], str(row["ZADDRESS"]).strip().casefold())
            for row in _rows(connection, "ZABCDEMAILADDRESS")
            if row["ZADDRESS"]
        ]
    return iter(
        [
            _Entry(normal, card, modified)
            for owner, normal in found
            if owner in cards and (card := cards[owner][0]).name
            for modified in (cards[owner][1],)
        ]
    )


def _person_entities(connection: sqlite3.Connection) -> Iterable[int]:
    """The numbers of entities that are people; they differ between versions."""
    numbers = {
        name: (number, parent)
        for number, name, parent in connection.execute(
            "SELECT Z_ENT, Z_NAME, Z_SUPER FROM Z_PRIMARYKEY"
        )
    }
    contact = numbers.get("ABCDContact")
    if contact is None:
        return []
    return [n for n, parent in numbers.values() if contact[0] in (n, parent)]


def _rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    """The wanted columns of a table by name, None for those this version lacks."""
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    if not there:
        raise KeyError(f"no table {table}")
    wanted = _WANTED[table].split()
    chosen = ", ".join(name if name in there else f"NULL AS {name}" for name in wanted)
    rows = connection.execute(f"SELECT {chosen} FROM {table}").fetchall()
    return [dict(zip(wanted, row, strict=True)) for row in rows]


def _card(record: Mapping[str, Any], store: Path) -> Card:
    def said(column: str) -> str:
        return " ".join(str(record[column] or "").split())

    whole = " ".join(part for part in (said("ZFIRSTNAME"), said("ZLASTNAME")) if part)
    company = said("ZORGANIZATION")
    is_company = bool((record["ZDISPLAYFLAGS"] or 0) & _IS_COMPANY) and company
    name = company if is_company else whole or said("ZNICKNAME") or company
    first_name = name if is_company else said("ZFIRSTNAME") or name
    key = record["ZLINKID"] or record["ZUNIQUEID"] or f"{store}:{record['Z_PK']}"
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
