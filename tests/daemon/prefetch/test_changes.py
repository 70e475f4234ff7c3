"""What a commit outdates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from jarvis.daemon.inbox import Committed
from jarvis.daemon.prefetch.changes import Outdated, outdated_by
from jarvis.records import ChatId
from jarvis.stores.events import StoredEvent
from tests.daemon.prefetch.household import NEW_ID, arrived, changed, forgotten

CHAT = ChatId("iMessage;-;+15550101")


def nowhere(_: Iterable[int]) -> ChatId | None:
    """No row is in a conversation."""
    return None


def conversation_changed(change: str) -> Committed:
    """A row of the list is another."""
    params = msgspec.Raw(msgspec.json.encode({"change": change}))
    event = StoredEvent(seq=1, name="conversation_changed", chat_id=CHAT, params=params)
    return Committed(events=(event,))


def row_changed(*changes: Any, is_gone: bool = False) -> Committed:
    """An earlier row is not what it was."""
    return Committed(changed=(changed(CHAT, *changes, is_gone=is_gone),))


@pytest.mark.parametrize(
    ("committed", "outdated"),
    [
        (
            arrived(CHAT, is_from_me=False),
            Outdated({CHAT: "new message"}, read_to={CHAT: NEW_ID}),
        ),
        (
            arrived(CHAT, is_from_me=True),
            Outdated({CHAT: "own message"}, read_to={CHAT: NEW_ID}),
        ),
        (row_changed("reaction"), Outdated({CHAT: "reaction"})),
        (row_changed("read", "delivered"), Outdated({})),
        (row_changed("edited"), Outdated({}, "message edited")),
        (row_changed("unlinked"), Outdated({}, "message deleted")),
        (row_changed(is_gone=True), Outdated({}, "message deleted")),
        (conversation_changed("title"), Outdated({CHAT: "conversation changed"})),
        (conversation_changed("unread"), Outdated({})),
        (forgotten(), Outdated({}, "everything")),
    ],
)
def test_what_a_commit_outdates(committed: Committed, outdated: Outdated) -> None:
    """Of its conversation, or everywhere where words that stood there are no more."""
    assert outdated_by(committed, nowhere) == outdated


def test_what_has_read_the_new_mail_is_outdated_by_whatever_else_changed() -> None:
    """A reaction or another title in the same commit is not known to have been read."""
    mail = arrived(CHAT, is_from_me=False)
    with_reaction = Committed(events=mail.events, changed=(changed(CHAT, "reaction"),))
    assert outdated_by(with_reaction, nowhere).read_to == {}
    with_title = Committed(events=(*mail.events, *conversation_changed("title").events))
    assert outdated_by(with_title, nowhere) == Outdated({CHAT: "new message"})
