"""Who wrote, reacted or left where the row does not say: one person, or nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jarvis.records import Message
from tests.stores.chatdb.box import GROUP, Box, card

ANN, BEA = "+15550100001", "+15550100002"
GONE = 999
CARDS = (card("Ann", ANN), card("Bea", BEA))
NOBODYS: dict[str, Any] = {"is_from_me": 0}
UNSENT: dict[str, Any] = {"date_edited": 1}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """An empty mailbox."""
    return Box(tmp_path)


def reactions(message: Message) -> list[tuple[str, str | None, bool]]:
    """Kind, sender, and whether it is the owner's."""
    return [(r.kind, r.sender, r.is_from_me) for r in message.reactions]


@pytest.mark.parametrize("handle_id", [0, None, GONE])
def test_in_a_direct_chat_it_is_the_other_person(
    box: Box, handle_id: int | None
) -> None:
    """Who wrote, who took it back, and who reacted."""
    chat = box.chat(f"iMessage;-;{ANN}")
    unsaid = {**NOBODYS, "handle_id": handle_id}
    own = box.write(chat, "shall we?")
    box.tapback(chat, f"p:0/{box.guid_of(own)}", **unsaid)
    box.write(chat, "hello", **unsaid)
    box.write(chat, None, **unsaid, **UNSENT)
    box.write(chat, None, **unsaid, item_type=4)
    found = box.read(*CARDS)
    asked, said, unsent, event = found.thread
    assert reactions(asked) == [("like", ANN, False)]
    assert (said.sender, said.sender_name) == (ANN, "Ann")
    assert (unsent.sender, unsent.line) == (ANN, "Ann unsent a message")
    assert event.line == "Ann started sharing location"
    assert found.only.last_message_sender == ANN
    assert found.only.last_message_text == "Ann unsent a message"


def test_of_several_addresses_it_is_the_one_in_use(box: Box) -> None:
    """Whichever of the person's chats the row is in."""
    old, new = box.chat("iMessage;-;ann@example.com"), box.chat(f"SMS;-;{ANN}")
    box.write(old, "hello", **NOBODYS)
    box.write(new, "hello again", ANN)
    (first, _) = box.read(card("Ann", ANN, emails=["ann@example.com"])).thread
    assert (first.sender, first.sender_name) == (ANN, "Ann")


@pytest.mark.parametrize("handle_id", [0, None, GONE])
def test_in_a_group_it_is_someone(box: Box, handle_id: int | None) -> None:
    """Not the owner, and nobody in particular."""
    group = box.chat("iMessage;+;chat1", ANN, BEA, style=GROUP)
    unsaid = {**NOBODYS, "handle_id": handle_id}
    box.write(group, "hello", **unsaid)
    box.write(group, None, **unsaid, **UNSENT)
    for action, other in ((0, 0), (1, 0), (0, box.handle(BEA))):
        item = 1 if other else 3
        box.write(
            group,
            None,
            **unsaid,
            item_type=item,
            group_action_type=action,
            other_handle=other,
        )
    said, unsent, left, photo, added = box.read(*CARDS).thread
    assert (said.sender, said.sender_name, said.is_from_me) == (None, None, False)
    assert unsent.line == "Someone unsent a message"
    assert left.line == "Someone left"
    assert photo.line == "Someone changed the group photo"
    assert added.line == "Someone added Bea"


def test_the_owner_is_called_you(box: Box) -> None:
    """By their address too, as others add them or they leave on another device."""
    group = box.chat("iMessage;+;chat1", ANN, BEA, style=GROUP)
    me = "+15550199999"
    box.write(group, None, ANN, item_type=1, other_handle=box.handle(me))
    box.write(group, None, me, item_type=3)
    box.write(group, None, item_type=3)
    box.write(group, None, item_type=1, group_action_type=1, other_handle=GONE)
    found = box.read(*CARDS, card("Olivia", me))
    assert [each.line for each in found.thread] == [
        "Ann added you",
        "You left",
        "You left",
        "You removed someone",
    ]


def test_reactions_of_nobody_are_of_as_many_people(box: Box) -> None:
    """Each is one; one of its kind that is taken back takes one away."""
    group = box.chat("iMessage;+;chat1", ANN, BEA, style=GROUP)
    target = f"p:0/{box.guid_of(box.write(group, 'who comes?'))}"
    box.tapback(group, target, **NOBODYS)
    box.tapback(group, target, **NOBODYS, handle_id=GONE)
    box.tapback(group, target)
    box.tapback(group, target, ANN)
    asked = box.read().thread[0]
    assert sorted(reactions(asked), key=str) == [
        ("like", ANN, False),
        ("like", None, False),
        ("like", None, False),
        ("like", None, True),
    ]
    box.tapback(group, target, **NOBODYS, associated_message_type=3001)
    box.tapback(group, target, **NOBODYS, associated_message_type=3000)
    assert len(box.read().thread[0].reactions) == 3


def test_what_nobody_wrote_is_not_the_owners_own(box: Box) -> None:
    """Else it would teach the assistant how the user writes."""
    group = box.chat("iMessage;+;chat1", ANN, BEA, style=GROUP)
    direct = box.chat(f"iMessage;-;{ANN}")
    for chat in (group, direct):
        box.write(chat, "who comes?", **NOBODYS)
        box.write(chat, "me")
    assert [each.sender for each in box.read().typed] == ["", None, ANN, None]


@pytest.mark.parametrize(
    ("parts", "targets"),
    [
        (17, ["p:9/", "p:10/", "p:16/"]),
        (None, ["p:0/", "p:16/", "p:123/"]),
        (2, ["p:1/", "p:250/"]),
        (1, ["bp:"]),
        (1, [""]),
        (1, ["p:0/"]),
    ],
)
def test_a_tapback_is_found_on_any_part(
    box: Box, parts: int | None, targets: list[str]
) -> None:
    """However many there are, and without a balloon too."""
    chat = box.chat(f"iMessage;-;{ANN}")
    photos = box.write(chat, "photos", part_count=parts)
    other = box.write(chat, "others", part_count=parts)
    for target in targets:
        box.tapback(chat, f"{target}{box.guid_of(photos)}", ANN)
    box.tapback(chat, f"p:7/{box.guid_of(other)}", ANN)
    found = box.read().thread
    assert len(found[0].reactions) == len(targets)
    assert len(found[1].reactions) == (parts != 1)


def test_targets_that_make_no_sense_hang_on_nothing(box: Box) -> None:
    """And take no other's place."""
    chat = box.chat(f"iMessage;-;{ANN}")
    guid = box.guid_of(box.write(chat, "photos", part_count=3))
    for target in ("p:", "p:/", "p:x/", "p:1", "p:1/", "p:0", "q:1/", "p:1/p:2/"):
        box.tapback(chat, f"{target}{guid}", ANN)
    box.tapback(chat, f"p:2/{guid}", ANN)
    assert len(box.read().thread[0].reactions) >= 2
