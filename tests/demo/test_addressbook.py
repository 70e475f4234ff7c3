"""The demo's address book: what the stores hold, and what readers have to step over."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jarvis.demo.build import Manifest, build
from jarvis.demo.mailbox.addressbook import STORE_NAME
from jarvis.stores.contacts import load_contacts

END = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Book:
    """The address book of a made-up inbox, and the truth about it."""

    def __init__(self, directory: Path) -> None:
        self.truth: Manifest = build(directory, messages=10_000, seed=9, end=END)
        self.folder = directory / "AddressBook"
        self.stores = sorted(self.folder.rglob(STORE_NAME))
        self.sound = [path for path in self.stores if self._is_sound(path)]
        with closing(sqlite3.connect(directory / "chat.db")) as db:
            self.handles = {row[0] for row in db.execute("SELECT id FROM handle")}

    def _is_sound(self, path: Path) -> bool:
        with closing(sqlite3.connect(path)) as db:
            try:
                db.execute("SELECT count(*) FROM ZABCDRECORD")
            except sqlite3.DatabaseError:
                return False
        return True

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query in all stores that can be read."""
        found = []
        for path in self.sound:
            with closing(sqlite3.connect(path)) as db:
                found += db.execute(sql).fetchall()
        return found


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """That of some sixty chats."""
    return Book(tmp_path_factory.mktemp("book"))


def test_there_is_a_local_store_and_two_accounts_one_damaged(book: Book) -> None:
    """Where the Contacts app keeps them."""
    places = [path.parent.relative_to(book.folder).parts for path in book.stores]
    assert sorted(len(parts) for parts in places) == [0, 2, 2]
    assert {parts[0] for parts in places if parts} == {"Sources"}
    assert len(book.sound) == 2
    assert book.folder / STORE_NAME in book.sound


async def test_most_handles_have_a_name_and_the_reader_finds_it(book: Book) -> None:
    """About seven in ten people; as the truth has it."""
    people = {each for each in book.handles if each.startswith("+") or "@" in each}
    known = people & set(book.truth.contacts)
    assert 0.55 < len(known) / len(people) < 0.85
    names = await load_contacts(book.folder, own=["+14155550199"])
    found = {address: names.name_of(address) for address in known}
    assert found == {address: book.truth.contacts[address] for address in known}


def test_cards_are_of_every_sort(book: Book) -> None:
    """Linked ones, companies, nicknames, two at one number, the owner, a group."""
    links = book.rows("SELECT ZLINKID FROM ZABCDRECORD WHERE ZLINKID IS NOT NULL")
    assert links
    assert len(set(links)) * 2 == len(links)
    assert book.rows("SELECT 1 FROM ZABCDRECORD WHERE ZDISPLAYFLAGS = 1")
    assert book.rows("SELECT 1 FROM ZABCDRECORD WHERE ZNICKNAME IS NOT NULL")
    me = "SELECT 1 FROM ZABCDRECORD WHERE ZCONTAINERWHERECONTACTISME IS NOT NULL"
    assert len(book.rows(me)) == 1
    assert len(book.rows("SELECT 1 FROM ZABCDRECORD WHERE Z_ENT = 19")) == 2
    shared = "SELECT count(*) FROM ZABCDPHONENUMBER WHERE ZFULLNUMBER LIKE '%0198'"
    assert (2,) in book.rows(shared)


def test_numbers_are_typed_in_many_ways(book: Book) -> None:
    """In every country."""
    numbers = [n for (n,) in book.rows("SELECT ZFULLNUMBER FROM ZABCDPHONENUMBER")]
    shapes = {"".join("9" if c.isdigit() else c for c in number) for number in numbers}
    assert len({shape for shape in shapes if not shape.startswith("+99 ")}) >= 4
    assert len({n[:5] for n in numbers if n.startswith("+44")}) >= 3
