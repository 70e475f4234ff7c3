"""Writes address book stores: cards in Apple's tables, and the rows that are no cards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from jarvis.demo.schema import addressbook

STORE_NAME = "AddressBook-v22.abcddb"
_GROUP, _CARD, _CONTAINER, _PHONE, _EMAIL = 19, 22, 25, 15, 11
_MOBILE, _HOME = "_$!<Mobile>!$_", "_$!<Home>!$_"
_IS_COMPANY = 1


@dataclass(frozen=True, slots=True)
class Card:
    """One card of one store.

    phones are spelled as somebody typed them. link_id joins cards of one person in
    several stores. modified_s counts seconds since 2001. name_order is Apple's flag for
    whose name comes first: 16 the family's, 32 the given one, 0 as the language has it.
    """

    unique_id: str
    modified_s: float
    given: str = ""
    family: str = ""
    organisation: str = ""
    nickname: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    link_id: str | None = None
    is_me: bool = False
    name_order: int = 0


def write_store(path: Path, cards: Sequence[Card]) -> None:
    """Write one store, a container and a group first, then the cards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(addressbook())
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO ZABCDRECORD (Z_PK, Z_ENT, Z_OPT, ZNAME, ZUNIQUEID)"
            " VALUES (?, ?, 1, ?, ?)",
            [
                (1, _CONTAINER, "Card", "CONTAINER-1:ABContainer"),
                (2, _GROUP, "Neighbours", "GROUP-1:ABGroup"),
            ],
        )
        for owner, card in enumerate(cards, start=3):
            _write_card(db, owner, card)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _write_card(db: sqlite3.Connection, owner: int, card: Card) -> None:
    is_company = bool(card.organisation) and not (card.given or card.family)
    db.execute(
        "INSERT INTO ZABCDRECORD (Z_PK, Z_ENT, Z_OPT, ZDISPLAYFLAGS, ZCONTAINER1,"
        " ZCONTAINERWHERECONTACTISME, ZCREATIONDATE, ZMODIFICATIONDATE, ZUNIQUEID,"
        " ZLINKID, ZFIRSTNAME, ZLASTNAME, ZORGANIZATION, ZNICKNAME)"
        " VALUES (?, ?, 1, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            owner,
            _CARD,
            card.name_order | (_IS_COMPANY if is_company else 0),
            1 if card.is_me else None,
            card.modified_s,
            card.modified_s,
            f"{card.unique_id}:ABPerson",
            card.link_id,
            card.given or None,
            card.family or None,
            card.organisation or None,
            card.nickname or None,
        ),
    )
    for index, number in enumerate(card.phones):
        _write_phone(db, owner, index, number)
    for index, address in enumerate(card.emails):
        _write_email(db, owner, index, address)


def _write_phone(db: sqlite3.Connection, owner: int, index: int, number: str) -> None:
    digits = "".join(letter for letter in number if letter.isdigit())
    db.execute(
        "INSERT INTO ZABCDPHONENUMBER (Z_ENT, Z_OPT, ZISPRIMARY, ZORDERINGINDEX,"
        " ZOWNER, Z22_OWNER, ZFULLNUMBER, ZLABEL, ZLASTFOURDIGITS, ZUNIQUEID)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            _PHONE,
            int(not index),
            index,
            owner,
            _CARD,
            number,
            _HOME if index else _MOBILE,
            digits[-4:],
            f"PHONE-{owner}-{index}",
        ),
    )


def _write_email(db: sqlite3.Connection, owner: int, index: int, address: str) -> None:
    db.execute(
        "INSERT INTO ZABCDEMAILADDRESS (Z_ENT, Z_OPT, ZISPRIMARY, ZORDERINGINDEX,"
        " ZOWNER, Z22_OWNER, ZADDRESS, ZADDRESSNORMALIZED, ZLABEL, ZUNIQUEID)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            _EMAIL,
            int(not index),
            index,
            owner,
            _CARD,
            address,
            address.casefold(),
            _HOME,
            f"EMAIL-{owner}-{index}",
        ),
    )


def write_stores(
    folder: Path, local: Sequence[Card], sources: Iterable[tuple[str, Sequence[Card]]]
) -> None:
    """The AddressBook folder: a small local store and one for each account."""
    write_store(folder / STORE_NAME, local)
    for name, cards in sources:
        write_store(folder / "Sources" / name / STORE_NAME, cards)


def write_damaged_store(folder: Path, source: str) -> None:
    """A store that is no database any more, which readers have to step over."""
    path = folder / "Sources" / source / STORE_NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 1008)
