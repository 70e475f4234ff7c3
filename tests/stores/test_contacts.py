"""The address book: whose number or address this is, however it is written."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jarvis.demo.mailbox.addressbook import STORE_NAME, Card, write_store
from jarvis.stores.contacts import ContactNames, load_contacts


@pytest.fixture
def names(tmp_path: Path) -> ContactNames:
    """Two stores of one folder, read in the United States."""
    here = [
        Card("1", 10.0, "Ada", "Moss", phones=("(415) 555-0101",)),
        Card("2", 10.0, organisation="Bike Shop", phones=("+44 7700 900123",)),
        Card("3", 10.0, nickname="Zed", emails=("Zed@Example.com",)),
    ]
    there = [Card("4", 20.0, "Ada", "Moss-Ray", phones=("+14155550101",))]
    write_store(tmp_path / STORE_NAME, here)
    write_store(tmp_path / "Sources" / "A" / STORE_NAME, there)
    return asyncio.run(load_contacts(tmp_path, own=["+14155550199"]))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("+14155550101", "Ada Moss-Ray"),
        ("(415) 555-0101", "Ada Moss-Ray"),
        ("415.555.0101", "Ada Moss-Ray"),
        ("+44 7700 900123", "Bike Shop"),
        ("zed@example.com", "Zed"),
        ("ZED@EXAMPLE.COM", "Zed"),
        ("+14155550199", None),
        ("07700 900123", None),
        ("nobody@example.com", None),
        ("", None),
        ("\0", None),
        ("1" * 400, None),
    ],
)
def test_a_name_is_found_in_any_spelling(
    names: ContactNames, written: str, name: str | None
) -> None:
    """The newer of two cards with one number stands; a foreign number needs its country."""
    assert names.name_of(written) == name


def test_no_address_book_is_a_problem_and_no_error(tmp_path: Path) -> None:
    """Handles are shown then, and status says why."""
    names = asyncio.run(load_contacts(tmp_path / "none", own=["+14155550199"]))
    assert names.name_of("+14155550101") is None
    assert names.problems == (f"There is no address book at {tmp_path / 'none'}.",)


def test_a_damaged_store_leaves_the_others(tmp_path: Path) -> None:
    """Its path is named among the problems."""
    write_store(
        tmp_path / STORE_NAME, [Card("1", 1.0, "Ada", phones=("+14155550101",))]
    )
    broken = tmp_path / "Sources" / "B" / STORE_NAME
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no database" * 100)
    names = asyncio.run(load_contacts(tmp_path, own=["+14155550199"]))
    assert names.name_of("+14155550101") == "Ada"
    (problem,) = names.problems
    assert str(broken) in problem


def test_of_several_cards_the_person_with_most_of_them_stands(tmp_path: Path) -> None:
    """A number on a family's cards; linked cards count as one person. It is marked."""
    number = ("+14155550101",)
    for place, card in {
        "A": Card("1", 1.0, "Ada", "Moss", phones=number, link_id="L"),
        "B": Card("2", 2.0, "Ada", "Moss", phones=number, link_id="L"),
        "C": Card("3", 9.0, "Ben", "Moss", phones=number),
    }.items():
        write_store(tmp_path / "Sources" / place / STORE_NAME, [card])
    names = asyncio.run(load_contacts(tmp_path, own=["+14155550199"]))
    assert names.name_of("+14155550101") == "Ada Moss"
    assert names.shared == {"+14155550101"}


def test_a_database_of_something_else_is_a_problem(tmp_path: Path) -> None:
    """It is named, and not taken for an empty address book."""
    with closing(sqlite3.connect(tmp_path / STORE_NAME)) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    names = asyncio.run(load_contacts(tmp_path, own=["+14155550199"]))
    assert names.sources == ()
    (problem,) = names.problems
    assert "no address book" in problem


@pytest.mark.parametrize(
    ("given", "family", "order", "name"),
    [
        ("太郎", "山田", 16, "山田太郎"),
        ("太郎", "山田", 0, "山田太郎"),
        ("太郎", "山田", 32, "太郎 山田"),
        ("민준", "김", 0, "김민준"),
        ("小明", "王", 0, "王小明"),
        ("さくら", "佐々木", 0, "佐々木さくら"),
        ("János", "Nagy", 16, "Nagy János"),
        ("János", "Nagy", 0, "János Nagy"),
        ("Anna", "山田", 0, "Anna 山田"),
        ("太郎", "", 16, "太郎"),
        ("", "山田", 16, "山田"),
        ("مریم", "کریمی", 0, "مریم کریمی"),
    ],
)
def test_a_name_is_in_the_order_of_its_language(
    tmp_path: Path, given: str, family: str, order: int, name: str
) -> None:
    """Or in the one that its card asks for; what one is called stays the given name."""
    number = "+14155550101"
    card = Card("1", 1.0, given, family, phones=(number,), name_order=order)
    write_store(tmp_path / STORE_NAME, [card])
    names = asyncio.run(load_contacts(tmp_path))
    found = names.card_of(number)
    assert found is not None
    assert (found.name, found.first_name) == (name, given or name)


@pytest.mark.parametrize("order", [0, 16, 32])
def test_a_companys_card_shows_the_company(tmp_path: Path, order: int) -> None:
    """Whatever else its flags say."""
    number = "+14155550101"
    card = Card("1", 1.0, organisation="山田商店", phones=(number,), name_order=order)
    write_store(tmp_path / STORE_NAME, [card])
    assert asyncio.run(load_contacts(tmp_path)).name_of(number) == "山田商店"
