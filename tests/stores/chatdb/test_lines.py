"""What happened to a conversation, on one line: every event of Apple's table."""

from __future__ import annotations

import pytest

from jarvis.stores.chatdb.lines import LONGEST_LINE, event_line, shortened
from jarvis.stores.chatdb.rows import MessageRow

ANN, BOB, ME = "+15550101", "+15550102", "+15550199"
NAMES = {ANN: "Ann", BOB: "Bob", ME: "You", None: "Someone"}


def event(item_type: int, action: int = 0, **columns: object) -> MessageRow:
    """A row of an event by Ann."""
    blank = dict.fromkeys(MessageRow._fields)
    values = {**blank, "item_type": item_type, "group_action_type": action}
    return MessageRow(**{**values, "sender": ANN, **columns})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (event(1, 0, other=BOB), "Ann added Bob"),
        (event(1, 0, other=ANN), "Ann changed phone number"),
        (event(1, 1, other=BOB), "Ann removed Bob"),
        (event(1, 1), "Ann removed someone"),
        (event(1, 0, other=ME), "Ann added you"),
        (event(2, 0, group_title="X"), "Ann named the conversation “X”"),
        (event(2, 0, group_title=""), "Ann removed the conversation's name"),
        (event(3, 0), "Ann left"),
        (event(3, 1), "Ann changed the group photo"),
        (event(3, 2), "Ann removed the group photo"),
        (event(3, 4), "Ann changed the background"),
        (event(3, 6), "Ann removed the background"),
        (event(4, share_status=0), "Ann started sharing location"),
        (event(4, share_status=1), "Ann stopped sharing location"),
        (event(5), "Ann kept an audio message from you"),
        (event(6), "SharePlay"),
        (event(3, 99), "[system event 3]"),
        (event(42), "[system event 42]"),
    ],
)
def test_an_event_reads_as_what_happened(row: MessageRow, line: str) -> None:
    """With the names of the address book."""
    assert event_line(row, "Ann", NAMES.__getitem__) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one\ntwo", "one ⏎ two"),
        ("one\r\ntwo\rthree", "one ⏎ two ⏎ three"),
        ("x" * LONGEST_LINE, "x" * LONGEST_LINE),
        ("x" * (LONGEST_LINE + 1), "x" * (LONGEST_LINE - 1) + "…"),
    ],
)
def test_a_line_is_one_line_of_bounded_length(text: str, line: str) -> None:
    """Newlines are shown, the rest is cut."""
    assert shortened(text) == line


def test_no_joined_emoji_is_torn_apart() -> None:
    """The cut comes before a family, not through it."""
    family = "👩‍👩‍👧‍👦"
    line = shortened("x" * (LONGEST_LINE - 3) + family)
    assert line in ("x" * (LONGEST_LINE - 3) + "…", "x" * (LONGEST_LINE - 4) + "…")
