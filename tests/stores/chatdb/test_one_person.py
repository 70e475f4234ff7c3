"""One person is one conversation and one name, however their number is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores.chatdb.box import GROUP, Box, card

ANN = "+447400123456"
ME_GB, ME_US, ME_DE = "+447400999999", "+15550199999", "+4915112345678"
BY_MAIL = "me@example.com"


@pytest.fixture(autouse=True)
def machine_of_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The machine is set to no country."""
    for name in ("LC_ALL", "LC_TELEPHONE", "LANG"):
        monkeypatch.setenv(name, "C.UTF-8")
    monkeypatch.setenv("HOME", str(tmp_path))


def titles(
    folder: Path, own: str, handles: list[str], *written: str, abroad: int = 0
) -> list[str]:
    """Of a chat with each handle, for somebody with a card for each spelling.

    The owner's addresses are `own`; so many more people have British numbers.
    """
    box = Box(folder, own=own)
    for handle in handles:
        chat = box.chat(f"iMessage;-;{handle}", account_login=f"E:{own}")
        box.write(chat, "hello", handle)
    for number in range(abroad):
        box.chat(f"iMessage;-;+4474005500{number:02}")
    names = ("Ann", "Bea", "Cy", "Dee")
    cards = [card(name, each) for name, each in zip(names, written, strict=False)]
    return box.read(*cards).titles[: len(handles)]


@pytest.mark.parametrize(
    ("handle", "written"),
    [
        (ANN, "07400 123456"),
        (ANN, "+44 (0)7400 123456"),
        (ANN, "0044 7400 123456"),
        (ANN, "+4407400123456"),
        (ANN, "447400123456"),
        (ANN, "tel:+44-7400-123456"),
        ("07400123456", "+44 7400 123456"),
        ("447400123456", "+44 7400 123456"),
        ("+15550100001", "(555) 010-0001"),
        ("+33612345678", "06 12 34 56 78"),
        ("+525512345678", "+52 1 55 1234 5678"),
        ("+5215512345678", "+52 55 1234 5678"),
        ("+525512345678", "+52 044 55 1234 5678"),
        ("+5511961234567", "+55 (011) 6123-4567"),
        ("+5491123456789", "+54 011 15-2345-6789"),
        ("+5511961234567", "+55 11 6123-4567"),
        ("+551161234567", "+55 11 96123-4567"),
        ("+5491123456789", "+54 11 2345-6789"),
        ("+541123456789", "+54 9 11 2345-6789"),
        ("+2290197123456", "+229 97 12 34 56"),
        ("262966", "262966"),
        (ANN, "\u202a+44\u00a07400\u00a0123456\u202c"),
        (ANN, "\u202a07400 123456\u202c"),
        (ANN, "+44 7400 123456 ext. 5"),
        (ANN, "07400 123456,,12#"),
        (ANN, "＋４４ ７４００ １２３４５６"),
        (ANN, "٠٧٤٠٠١٢٣٤٥٦"),
    ],
)
@pytest.mark.parametrize("own", [ME_GB, ME_US, BY_MAIL])
def test_the_name_is_there_however_the_number_is_written(
    tmp_path: Path, handle: str, written: str, own: str
) -> None:
    """Whatever the owner's own country, where nobody else may be meant."""
    assert titles(tmp_path, own, [handle], written) == ["Ann"]


@pytest.mark.parametrize(
    ("handle", "written"),
    [
        ("+5491123456789", "011 15-2345-6789"),
        ("+5491123456789", "011 2345-6789"),
        ("+525512345678", "044 55 1234 5678"),
        ("+5215512345678", "55 1234 5678"),
        ("+5511961234567", "(11) 6123-4567"),
        ("+551161234567", "(011) 96123-4567"),
    ],
)
def test_old_national_forms_are_read_in_their_country(
    tmp_path: Path, handle: str, written: str
) -> None:
    """Mexico, Brazil and Argentina, at home."""
    own = {"+54": "+541150000000", "+52": "+525550000000", "+55": "+551132345678"}
    assert titles(tmp_path, own[handle[:3]], [handle], written) == ["Ann"]


@pytest.mark.parametrize(
    ("own", "handles", "written"),
    [
        # A number that its reader's own country has is one of that country.
        (ME_US, ["+445550100001"], "(555) 010-0001"),
        (ME_US, ["+525550100001"], "(555) 010-0001"),
        (ME_DE, [ANN], "07400 123456"),
        # Two countries write theirs so, and nothing says which is meant.
        (BY_MAIL, [ANN, "+497400123456"], "07400 123456"),
        # Seven digits are the end of many numbers.
        (ME_US, ["+15550100001"], "010-0001"),
        # Not how that country writes it.
        (ME_US, [ANN], "7400 123456"),
        # Names of senders with the same digits in them.
        (ME_US, ["BANK24"], "SHOP24"),
        (ME_US, ["24X7"], "24"),
    ],
)
def test_two_people_never_become_one(
    tmp_path: Path, own: str, handles: list[str], written: str
) -> None:
    """The number is shown, where the card may be somebody else's."""
    assert titles(tmp_path, own, handles, written) == handles


def test_at_home_a_number_needs_no_zero(tmp_path: Path) -> None:
    """Where a table of numbers has eaten it."""
    for handle in (ANN, "07400123456"):
        folder = tmp_path / handle
        folder.mkdir()
        assert titles(folder, ME_GB, [handle], "7400 123 456") == ["Ann"]


def test_of_two_countries_the_owners_reads_the_number(tmp_path: Path) -> None:
    """Somebody abroad has the same digits, and a name of their own or none."""
    handles = [ANN, "+497400123456"]
    assert titles(tmp_path, ME_GB, handles, "07400 123456") == ["Ann", handles[1]]


def test_most_handles_tell_the_country_where_the_owner_has_but_a_mail_address(
    tmp_path: Path,
) -> None:
    """Of both readings the one of where people are."""
    handles = [ANN, "+497400123456"]
    found = titles(tmp_path, BY_MAIL, handles, "07400 123456", abroad=2)
    assert found == ["Ann", handles[1]]


def test_a_guessed_country_takes_no_name_away(tmp_path: Path) -> None:
    """A number that nobody has in the country of most is somebody's abroad."""
    handles = [ANN, "+4915112345678", "+4915112345679"]
    found = titles(tmp_path, BY_MAIL, handles, "07400 123456", "0151 12345678")
    assert found == ["Ann", "Bea", handles[2]]


def test_the_machine_tells_the_country_where_nothing_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many people are here as there."""
    monkeypatch.setenv("LC_TELEPHONE", "en_GB.UTF-8")
    handles = [ANN, "+497400123456"]
    assert titles(tmp_path, BY_MAIL, handles, "07400 123456") == ["Ann", handles[1]]


def test_the_owners_number_is_found_in_old_messages(tmp_path: Path) -> None:
    """The newest hundreds were all received at an e-mail address."""
    box = Box(tmp_path, own=BY_MAIL)
    chats = [box.chat(f"iMessage;-;{each}") for each in (ANN, "+497400123456")]
    for number in range(400):
        own = ME_GB if number in (17, 18) else BY_MAIL
        box.write(chats[0], "hello", ANN, destination_caller_id=own)
    assert box.read(card("Ann", "07400 123456")).titles == ["Ann", "+497400123456"]


@pytest.mark.parametrize("own", [ME_GB, ME_US, BY_MAIL])
def test_two_spellings_of_one_number_are_one_conversation(
    tmp_path: Path, own: str
) -> None:
    """With all its messages, one name, and the number once among who takes part."""
    box = Box(tmp_path, own=own)
    old = box.chat("SMS;-;07400123456")
    new = box.chat(f"iMessage;-;{ANN}")
    box.write(old, "by text", "07400123456")
    box.write(new, "by net", ANN)
    found = box.read(card("Ann", "+44 7400 123456"))
    assert found.only.display_name == "Ann"
    assert found.only.participants == (ANN,)
    assert [each.text for each in found.thread] == ["by text", "by net"]
    assert {each.sender_name for each in found.thread} == {"Ann"}


def test_two_spellings_are_one_without_a_card(tmp_path: Path) -> None:
    """Mexico's and Brazil's too, which changed."""
    box = Box(tmp_path)
    for guid in ("SMS;-;+5215512345678", "iMessage;-;+525512345678"):
        box.write(box.chat(guid), "hola", guid.rpartition(";")[2])
    for guid in ("SMS;-;+551161234567", "iMessage;-;+5511961234567"):
        box.write(box.chat(guid), "oi", guid.rpartition(";")[2])
    assert box.read().titles == ["+525512345678", "+5511961234567"]


def test_an_e_mail_address_is_one_in_any_case(tmp_path: Path) -> None:
    """And never a number, whatever it begins with."""
    box = Box(tmp_path)
    for address in ("Ann@Example.com", "ann@example.com", "5550100001x@example.com"):
        box.write(box.chat(f"iMessage;-;{address}"), "hello", address)
    cards = card("Ann", emails=["mailto:ANN@example.com"]), card("Bea", "5550100001")
    assert box.read(*cards).titles == ["Ann", "5550100001x@example.com"]


def test_a_landline_that_two_share_joins_neither(tmp_path: Path) -> None:
    """It has a name, but is a conversation of its own."""
    box = Box(tmp_path)
    home, mobile = "+15550100007", "+15550100001"
    for number in (home, mobile):
        box.write(box.chat(f"iMessage;-;{number}"), "hello", number)
    found = box.read(card("Ann", mobile, home), card("Bea", home))
    assert len(found.conversations) == 2


def test_what_one_calls_a_person_goes_with_their_name(tmp_path: Path) -> None:
    """Wherever it stands in it."""
    box = Box(tmp_path)
    people = ("+15550100001", "+15550100002", "+15550100003")
    group = box.chat("iMessage;+;chat1", *people, style=GROUP)
    for person in people:
        box.write(group, "hello", person)
    found = box.read(
        card("János", people[0], family="Nagy", name_order=16),
        card("太郎", people[1], family="山田"),
        card("Mary Ann", people[2], family="Moss"),
    )
    assert [(each.sender_name, each.sender_short_name) for each in found.thread] == [
        ("Nagy János", "János"),
        ("山田太郎", "太郎"),
        ("Mary Ann Moss", "Mary Ann"),
    ]
    assert found.titles == ["János, 太郎, Mary Ann"]


def test_one_person_reacts_once_from_two_spellings(tmp_path: Path) -> None:
    """The later tapback of a person replaces the earlier one."""
    box = Box(tmp_path, own=ME_GB)
    group = box.chat(
        "iMessage;+;chat1", ANN, "07400123456", "+447400000001", style=GROUP
    )
    guid = box.guid_of(box.write(group, "who comes?"))
    box.tapback(group, f"p:0/{guid}", "07400123456")
    box.tapback(group, f"p:0/{guid}", ANN, associated_message_type=2000)
    found = box.read()
    assert [each.kind for each in found.thread[0].reactions] == ["love"]
    assert found.only.participants == (ANN, "+447400000001")
