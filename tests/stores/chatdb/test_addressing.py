"""Whom a typed name means: names that people gave, and never one of several."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.records import ChatId, Title
from jarvis.stores.address_lines import Lines
from jarvis.stores.addressbook import Card
from jarvis.stores.chatdb import (
    Chat,
    Directory,
    meant_by,
    open_chatdb,
    read_directory,
    search_texts,
    searched_for,
)
from jarvis.stores.contacts import ContactNames, load_contacts
from tests.small_inbox import SmallInbox

ANN, ANNA, BO = "+15550100001", "+15550100002", "+15550100003"


@pytest.fixture
def inbox(tmp_path: Path) -> SmallInbox:
    """Nobody yet."""
    return SmallInbox(tmp_path / "box")


async def read(inbox: SmallInbox) -> Directory:
    """The inbox as it was put together."""
    await asyncio.to_thread(inbox.write)
    db = await open_chatdb(inbox.directory / "chat.db")
    try:
        return await read_directory(
            db, await load_contacts(inbox.directory / "AddressBook")
        )
    finally:
        await db.close()


def meant(directory: Directory, typed: str, *, to_send: bool = True) -> ChatId | None:
    """The conversation that this means, if one does for certain."""
    found = meant_by(typed, directory, directory.chats, to_send=to_send)
    return found.chat.chat_id if found.chat else None


def fitting(directory: Directory, typed: str) -> list[ChatId]:
    """All that may be meant, best first."""
    found = meant_by(typed, directory, directory.chats, to_send=True)
    return [chat.chat_id for chat in found.fitting]


async def test_a_whole_name_stands_above_longer_ones(inbox: SmallInbox) -> None:
    """Ann is Ann, though there are Anna and Ann Lee; without her it is asked."""
    inbox.card("Ann", "", ANN)
    inbox.card("Anna", "", ANNA)
    inbox.card("Ann", "Lee", BO)
    ann, anna, lee = (inbox.direct(each) for each in (ANN, ANNA, BO))
    directory = await read(inbox)
    assert meant(directory, "ann") == ann
    assert meant(directory, "Ann Lee") == lee
    assert meant(directory, "Lee") == lee
    assert meant(directory, "Ann L.", to_send=False) == lee
    assert meant(directory, "Ann L.") is None
    assert meant(directory, "An") is None
    assert fitting(directory, "An") == [ann, anna, lee]


async def test_two_of_one_whole_name_are_asked_about(inbox: SmallInbox) -> None:
    """Two people, two groups, or a person and a group."""
    inbox.card("Ann", "", ANN)
    inbox.card("Ann", "", ANNA)
    one, other = inbox.direct(ANN), inbox.direct(ANNA)
    first = inbox.group(ANN, BO, name="Climbing")
    second = inbox.group(ANNA, BO, name="climbing")
    third = inbox.group(ANN, ANNA, name="Bo")
    bo = inbox.direct(BO)
    inbox.card("Bo", "", BO)
    directory = await read(inbox)
    for typed, fits in (
        ("Ann", [one, other]),
        ("Climbing", [first, second]),
        ("Bo", [third, bo]),
    ):
        assert meant(directory, typed) is None
        assert fitting(directory, typed) == fits


async def test_somebody_else_of_that_name_in_a_group_is_asked_about(
    inbox: SmallInbox,
) -> None:
    """It may be the other Ann who is meant, to whom nobody wrote alone."""
    inbox.card("Ann", "Lee", ANN)
    inbox.card("Ann", "Roe", ANNA)
    lee, group = inbox.direct(ANN), inbox.group(ANN, ANNA, BO)
    directory = await read(inbox)
    assert meant(directory, "Ann", to_send=False) is None
    assert fitting(directory, "Ann") == [lee, group]
    assert meant(directory, "Ann Lee") == lee
    assert meant(directory, "Ann Roe") is None
    assert fitting(directory, "Ann Roe") == [group]


async def test_a_person_is_not_written_to_in_a_group_that_is_called_so(
    inbox: SmallInbox,
) -> None:
    """Neither by a part of the group's own name, nor by all of it."""
    inbox.card("Ann", "Lee", ANN)
    party = inbox.group(ANN, BO, name="Ann's party")
    directory = await read(inbox)
    assert meant(directory, "Ann") is None
    assert fitting(directory, "Ann") == [party]
    assert meant(directory, "Ann's party") == meant(directory, "party") == party


async def test_a_group_called_like_a_person_is_asked_about(inbox: SmallInbox) -> None:
    """By the first name alone; not where it is called like another group."""
    inbox.card("Ann", "Lee", ANN)
    ann, group = inbox.direct(ANN), inbox.group(BO, ANNA, name="Ann")
    club, inner = (
        inbox.group(BO, ANNA, name="Club"),
        inbox.group(BO, ANNA, name="Club 2"),
    )
    directory = await read(inbox)
    assert meant(directory, "Ann", to_send=False) is None
    assert fitting(directory, "Ann") == [group, ann]
    assert meant(directory, "Ann Lee") == ann
    assert (meant(directory, "Club"), meant(directory, "Club 2")) == (club, inner)


async def test_somebody_else_of_that_name_in_the_address_book_is_asked_about(
    inbox: SmallInbox,
) -> None:
    """Before something is sent; to read, the one conversation will do."""
    inbox.card("Ann", "Lee", ANN)
    inbox.card("Ann", "Roe", ANNA)
    lee = inbox.direct(ANN)
    directory = await read(inbox)
    assert meant(directory, "Ann") is None
    assert meant(directory, "Ann", to_send=False) == lee
    assert meant(directory, "Ann Lee") == meant(directory, ANN) == lee


async def test_two_cards_of_one_name_are_no_two_people_to_ask_about(
    inbox: SmallInbox,
) -> None:
    """Two accounts often have a card each, which nobody linked."""
    inbox.card("Ann", "Lee", ANN)
    inbox.card("Ann", "Lee", "ann@example.com")
    lee = inbox.direct(ANN)
    directory = await read(inbox)
    assert meant(directory, "Ann") == meant(directory, "Ann Lee") == lee


async def test_one_person_in_a_group_and_alone_is_one(inbox: SmallInbox) -> None:
    """Whatever address they use in the group."""
    inbox.card("Ann", "Lee", ANN, "ann@example.com")
    alone, _ = inbox.direct(ANN), inbox.group("ann@example.com", BO)
    directory = await read(inbox)
    for typed in ("Ann", "ann@example.com", "ANN@Example.com", "555-010-0001"):
        assert meant(directory, typed) == alone, typed


async def test_who_has_no_name_is_called_by_the_address(inbox: SmallInbox) -> None:
    """As a whole for sending; a part will do to read."""
    mail, number = inbox.direct("info@shop.example.com"), inbox.direct("+447400123456")
    directory = await read(inbox)
    assert meant(directory, "info@shop.example.com") == mail
    assert meant(directory, "inf", to_send=False) == mail
    assert meant(directory, "inf") is None
    assert meant(directory, "07400 123456") == number
    assert meant(directory, "123456") is None
    assert meant(directory, "123456", to_send=False) == number
    assert meant(directory, "12", to_send=False) is None


async def test_names_without_spaces_are_known_by_either_half(
    inbox: SmallInbox,
) -> None:
    """Japanese and Korean ones; a syllable is not torn."""
    inbox.card("太郎", "山田", ANN)
    inbox.card("민준", "김", ANNA)
    taro, minjun = inbox.direct(ANN), inbox.direct(ANNA)
    directory = await read(inbox)
    assert meant(directory, "太郎") == meant(directory, "山田") == taro
    assert meant(directory, "민준") == minjun
    assert meant(directory, "기", to_send=False) is None


async def test_no_title_and_no_nonsense_means_anybody(inbox: SmallInbox) -> None:
    """Nor does what only looks like an id."""
    inbox.card("Ann", "", ANN)
    inbox.group(ANN, BO)
    inbox.direct(ANN)
    directory = await read(inbox)
    for typed in ("Ann, +15550100003", " ", ",", ";", ";-;", "%", "any", "+", "()"):
        assert meant(directory, typed, to_send=False) is None, typed
        assert fitting(directory, typed) == [], (typed,)


async def test_the_list_is_searched_by_all_names_of_a_chat(inbox: SmallInbox) -> None:
    """Folded and as they are written; by no title that was made up."""
    inbox.card("Zoë", "Grün", ANN)
    group = inbox.group(ANN, BO, ANNA, "+447400123456")
    directory = await read(inbox)
    text = search_texts(directory)[group]
    for query in ("zoe", "ZOË GRÜN", "7400 123 456", "(555) 010-0003", "+44 (0)7400"):
        assert searched_for(query, directory) in text, query
    assert "zoë grün" in text
    assert searched_for("& 1", directory) not in text


async def test_a_group_whose_name_looks_like_a_number_is_found(
    inbox: SmallInbox,
) -> None:
    """By its name, not only by what it would be as a number."""
    seven, year = inbox.group(ANN, BO, name="7-11"), inbox.group(ANN, BO, name="2024")
    directory = await read(inbox)
    for typed, group in (("7-11", seven), ("2024", year)):
        assert meant(directory, typed) == group
        assert searched_for(typed, directory) in search_texts(directory)[group]


@pytest.mark.parametrize(
    "typed",
    [
        *("07400 123456", "7400 123 456", "+44 (0)7400 123456", "+447400123456"),
        *("0044 7400 123456", "07400123456", "tel:+44-7400-123456", "123456"),
    ],
)
async def test_a_number_of_two_spellings_is_found_by_all(
    inbox: SmallInbox, typed: str
) -> None:
    """One conversation, of which the list shows one spelling only."""
    inbox.card("Zoë", "Grün", "+44 7400 123456")
    inbox.direct("07400123456")
    inbox.direct("+447400123456")
    directory = await read(inbox)
    (chat,) = directory.chats
    assert searched_for(typed, directory) in search_texts(directory)[chat.chat_id]
    assert meant(directory, typed, to_send=False) == chat.chat_id
    assert (meant(directory, typed) is None) == (typed == "123456")


async def test_a_nickname_is_a_name(inbox: SmallInbox) -> None:
    """It stands on the card, whatever the title says."""
    inbox.card("Susan", "Moss", ANN, nickname="Mum")
    inbox.card("Mumford", "Lee", ANNA)
    mum, _ = inbox.direct(ANN), inbox.direct(ANNA)
    directory = await read(inbox)
    assert meant(directory, "mum") == meant(directory, "Susan") == mum
    assert searched_for("Mum", directory) in search_texts(directory)[mum]


NAMES = ("Ann", "Anna", "Ann Lee", "Lee Moss", "Bo", "Bo Ann")
PEOPLE = [f"+1555010{number:04}" for number in range(6)]


def made_of(
    names: dict[str, str], alone: set[str], groups: list[tuple[set[str], str]]
) -> Directory:
    """Conversations of people with these names, by their addresses."""
    cards = {each: Card(each, name, name.split()[0]) for each, name in names.items()}
    contacts = ContactNames(cards=cards, lines=Lines(("US",), PEOPLE))
    made = [("", {each}) for each in sorted(alone)]
    made += [(name, members) for members, name in groups]
    return Directory(
        (
            Chat(
                chat_id=ChatId(f"any;{'+' if at >= len(alone) else '-'};{at}"),
                guids=(ChatId(f"any;+;{at}"),),
                rowids=(at,),
                name=name or None,
                title=Title("Ann"),  # whatever stands there is no name
                participants=tuple(sorted(members)),
                is_group=at >= len(alone),
                service="iMessage",
                folder="inbox",
                people=len(members),
            )
            for at, (name, members) in enumerate(made)
        ),
        contacts,
        handles=PEOPLE,
    )


@given(
    names=st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(NAMES)),
    alone=st.sets(st.sampled_from(PEOPLE)),
    groups=st.lists(
        st.tuples(
            st.sets(st.sampled_from(PEOPLE), min_size=2),
            st.sampled_from(("", "", "Ann", "Ann Lee", "Climbing")),
        ),
        max_size=3,
    ),
    typed=st.sampled_from(("Ann", "Lee", "Bo", "ann lee", "Moss", "Climbing", "An")),
)
def test_what_is_written_to_is_all_that_fits(
    names: dict[str, str],
    alone: set[str],
    groups: list[tuple[set[str], str]],
    typed: str,
) -> None:
    """Nobody else is called so, alone or in a group, unless it is less than whole."""
    directory = made_of(names, alone, groups)
    whole, holding = [], []
    for chat in directory.chats:
        given_to_it = [chat.name or ""] + [
            names.get(each, "") for each in chat.participants if not chat.is_group
        ]
        words = [set(name.casefold().split()) for name in given_to_it]
        whole += [chat.chat_id] * (typed.casefold() in map(str.casefold, given_to_it))
        holding += [chat.chat_id] * any(
            set(typed.casefold().split()) <= w for w in words
        )
    found = meant(directory, typed)
    assert found is None or [found] == (whole or holding)
    if len(whole) == 1 and not groups:
        assert found == whole[0]
