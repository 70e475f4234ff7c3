"""A conversation of several chats is what the live one of them says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores.chatdb.box import GROUP, Box, card

ANN, BEA, CY = "+15550100001", "+15550100002", "+15550100003"
ME, ME_BY_MAIL = "+15550199999", "me@example.com"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """An empty mailbox."""
    return Box(tmp_path)


def half(box: Box, guid: str, *members: str, **columns: object) -> int:
    """A chat of one group that has several."""
    return box.chat(guid, *members, style=GROUP, group_id="G", **columns)


def test_it_goes_by_the_service_of_the_newest_messages(box: Box) -> None:
    """In the list and in sending; a chat keeps the identity of its first."""
    old, new = box.chat(f"SMS;-;{ANN}"), box.chat(f"RCS;-;{ANN}")
    box.write(old, "old", ANN)
    box.write(new, "new", ANN)
    box.write(new, "newest", ANN)
    found = box.read()
    assert found.only.service == "RCS"
    assert found.only.chat_id == f"SMS;-;{ANN}"
    assert found.goes_to == [f"RCS;-;{ANN}"]


@pytest.mark.parametrize(
    "columns",
    [
        {"item_type": 4},
        {"associated_message_type": 2001, "associated_message_guid": "p:0/X"},
        {"schedule_type": 2},
    ],
)
def test_what_is_no_message_makes_no_chat_the_live_one(
    box: Box, columns: dict[str, object]
) -> None:
    """A tapback, an event, or what is to be sent some day."""
    live, other = box.chat(f"iMessage;-;{ANN}"), box.chat(f"SMS;-;{ANN}")
    box.write(live, "hello", ANN)
    box.write(other, None if "item_type" in columns else "text", ANN, **columns)
    assert box.read().only.service == "iMessage"


def test_chats_without_messages_have_no_say(box: Box) -> None:
    """Of name, service, folder and who takes part."""
    half(box, "SMS;+;chat1", ANN, BEA, CY, display_name="Trip", is_filtered=0)
    live = half(box, "iMessage;+;chat2", ANN, BEA, is_filtered=1)
    box.write(live, "hello", ANN)
    only = box.read().only
    assert (only.service, only.folder) == ("iMessage", "unknown")
    assert only.participants == (ANN, BEA)
    assert "Trip" not in only.display_name


def test_where_none_has_messages_all_speak(box: Box) -> None:
    """It is in no list, but found by whoever asks for it."""
    half(box, "SMS;+;chat1", ANN, BEA, display_name="Trip")
    half(box, "iMessage;+;chat2", ANN, BEA)
    (chat,) = box.read().directory.chats
    assert chat.title == "Trip"


def test_who_left_the_live_chat_takes_part_no_more(box: Box) -> None:
    """The old half still has them."""
    old = half(box, "SMS;+;chat1", ANN, BEA, CY)
    new = half(box, "iMessage;+;chat2", BEA, ANN)
    box.write(old, "old", CY)
    box.write(new, "new", ANN)
    assert box.read().only.participants == (BEA, ANN)


@pytest.mark.parametrize("holds", [0, 1])
@pytest.mark.parametrize("event_in", [0, 1])
@pytest.mark.parametrize("live", [0, 1])
def test_a_later_name_wins_whichever_chat_holds_it(
    box: Box, holds: int, event_in: int, live: int
) -> None:
    """Its event may stand in the other chat, and the newest message in either."""
    names = {holds: "New", 1 - holds: "Old"}
    halves = [
        half(box, f"{service};+;chat{place}", ANN, BEA, display_name=names[place])
        for place, service in enumerate(("SMS", "iMessage"))
    ]
    for chat in halves:
        box.write(chat, "hello", ANN)
    box.write(halves[1 - event_in], None, ANN, item_type=2, group_title="Old")
    box.write(halves[event_in], None, ANN, item_type=2, group_title="New")
    box.write(halves[live], "newest", BEA)
    assert box.read().titles == ["New"]


def test_a_name_that_was_taken_away_is_gone(box: Box) -> None:
    """Although the other chat still has it."""
    old = half(box, "SMS;+;chat1", ANN, BEA, display_name="Trip")
    new = half(box, "iMessage;+;chat2", ANN, BEA, display_name="")
    box.write(old, "old", ANN)
    box.write(old, None, ANN, item_type=2, group_title="Trip")
    box.write(new, None, ANN, item_type=2, group_title=None)
    box.write(new, "new", ANN)
    found = box.read(card("Ann", ANN), card("Bea", BEA))
    assert "Trip" not in found.titles[0]


def test_without_an_event_the_live_chats_name_stands(box: Box) -> None:
    """And another's where it has none."""
    old = half(box, "SMS;+;chat1", ANN, BEA, display_name="Old")
    new = half(box, "iMessage;+;chat2", ANN, BEA, display_name="New")
    box.write(old, "old", ANN)
    box.write(new, "new", ANN)
    assert box.read().titles == ["New"]
    box.db.execute("UPDATE chat SET display_name = ' ' WHERE ROWID = ?", (new,))
    assert box.read().titles == ["Old"]


@pytest.mark.parametrize("column", ["is_blackholed", "is_deleting_incoming_messages"])
def test_what_macos_lets_disappear_is_junk(box: Box, column: str) -> None:
    """Not in the inbox, nothing of it unread, and no part of what is shown."""
    hidden = box.chat(f"SMS;-;{ANN}", **{column: 1})
    box.write(hidden, "buy", ANN, is_read=0)
    shown = box.chat(f"iMessage;-;{ANN}")
    box.write(shown, "hello", ANN, is_read=1)
    found = box.read()
    assert [each.folder for each in found.conversations] == ["junk", "inbox"]
    assert [each.unread_count for each in found.conversations] == [0, 0]


def test_what_is_to_be_reviewed_is_not_in_the_inbox(box: Box) -> None:
    """Before somebody allowed it."""
    box.write(box.chat(f"iMessage;-;{ANN}", is_pending_review=1), "hello", ANN)
    assert box.read().only.folder == "unknown"


@pytest.mark.parametrize("own", [ME, ME_BY_MAIL])
@pytest.mark.parametrize("identifier", [ANN, ME])
def test_the_owner_among_the_members_is_not_who_it_is_with(
    box: Box, own: str, identifier: str
) -> None:
    """Whichever address; it is one with the person's other chat."""
    box.write(box.chat(f"SMS;-;{ANN}"), "by text", ANN)
    chat = box.chat(
        f"iMessage;-;{identifier}", own, ANN, account_login=f"E:{ME_BY_MAIL}"
    )
    box.write(chat, "hello", ANN)
    found = box.read(card("Olivia", ME, emails=[ME_BY_MAIL]), card("Ann", ANN))
    assert found.titles == ["Ann"]
    assert found.only.participants == (ANN,)


def test_an_address_of_the_owners_own_card_is_the_owners(box: Box) -> None:
    """Where no message ever went by it."""
    box.write(box.chat(f"iMessage;-;{ANN}", "olivia@example.com", ANN), "hello", ANN)
    me = card("Olivia", emails=["olivia@example.com"], is_me=True)
    assert box.read(me, card("Ann", ANN)).titles == ["Ann"]


def test_an_unknown_address_of_the_owners_is_not_who_a_chat_is_with(box: Box) -> None:
    """It is with whom it is named after."""
    chat = box.chat(f"iMessage;-;{ANN}", "olivia@example.com", ANN)
    box.write(chat, "hello", ANN)
    found = box.read(card("Olivia", emails=["olivia@example.com"]), card("Ann", ANN))
    assert found.titles == ["Ann"]


def test_notes_to_oneself_are_a_conversation_of_their_own(box: Box) -> None:
    """With the owner's name; a chat with somebody else is no part of it."""
    box.write(box.chat(f"iMessage;-;{ME}"), "buy milk")
    box.write(box.chat(f"SMS;-;{ME}", ME, ANN), "hello", ANN)
    found = box.read(card("Olivia", ME), card("Ann", ANN))
    assert found.titles == ["Olivia", "Ann"]


def test_a_group_is_titled_without_its_owner(box: Box) -> None:
    """Who is among its members by another address."""
    group = box.chat("iMessage;+;chat1", ME, ANN, BEA, style=GROUP)
    box.write(group, "hello", ANN)
    found = box.read(card("Olivia", ME), card("Ann", ANN), card("Bea", BEA))
    assert found.only.participants == (ANN, BEA)
    assert "Olivia" not in found.titles[0]
