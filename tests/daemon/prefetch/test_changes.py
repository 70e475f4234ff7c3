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
from tests.daemon.prefetch.household import arrived, changed, forgotten

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
        (arrived(CHAT, is_from_me=False), Outdated({CHAT: "new message"})),
        (arrived(CHAT, is_from_me=True), Outdated({CHAT: "own message"})),
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
