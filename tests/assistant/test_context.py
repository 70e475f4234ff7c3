"""Which messages, and whose names, a prompt is made of."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.context import LONGEST_MESSAGE, read_context
from jarvis.errors import NothingToAnswer
from jarvis.records import Message
from tests.assistant.thread import handle_of, thread


def changed(message: Message, **changes: Any) -> Message:
    """The message with other values."""
    return msgspec.structs.replace(message, **changes)


def test_the_newest_messages_of_others_are_what_is_answered() -> None:
    """Several in a row are answered together."""
    context = read_context(thread("Me: hi", "Mia: hey", "Tom: free?", "Mia: at 7?"))
    assert [line.text for line in context.answering] == ["hey", "free?", "at 7?"]
    assert not context.is_follow_up
    assert context.person == "Mia"
    assert context.people == ("Mia", "Tom")


def test_an_own_message_at_the_end_asks_for_a_follow_up() -> None:
    """Addressed to whoever wrote last."""
    context = read_context(thread("Mia: hey", "Me: free on Friday?", "Me: or Sunday?"))
    assert context.is_follow_up
    assert len(context.answering) == 2
    assert context.person == "Mia"


def test_what_holds_no_words_is_left_out() -> None:
    """Events, unsent and scheduled messages, blanks; a picture is noted."""
    plain, *rest = thread(
        "Mia: hello", "Mia: a", "Mia: b", "Mia: c", "Mia: d", "Mia: e"
    )
    silent = [
        changed(rest[0], kind="event", text=None),
        changed(rest[1], retracted=True),
        changed(rest[2], kind="scheduled"),
        changed(rest[3], kind="attachment", text="\ufffc"),
        changed(rest[4], text="  \n"),
    ]
    context = read_context([plain, *silent])
    assert [line.message_id for line in context.lines] == [plain.id, rest[3].id]
    assert [line.is_note for line in context.lines] == [False, True]
    assert [line.message_id for line in context.spoken().lines] == [plain.id]
    with pytest.raises(NothingToAnswer, match="no text in this chat"):
        read_context(silent)


def test_a_picture_is_no_words_to_be_answered() -> None:
    """It is in the context, and not in what the user's past is asked about."""
    first, second = thread("Mia: look at this", "Mia: \ufffc")
    context = read_context([first, changed(second, kind="attachment", line="Photo")])
    assert context.incoming == "look at this"
    assert len(context.answering) == 2


@given(st.integers(30, 200), st.integers(0, 2**40))
def test_a_context_goes_on_beginning_with_the_same_message(
    count: int, first_id: int
) -> None:
    """While the window moves on, message by message; and it is never a short one."""
    whole = [
        changed(each, id=first_id + each.id) for each in thread(*["Mia: a"] * count)
    ]
    contexts = [
        read_context(whole[at : at + 20], has_more=True) for at in range(count - 20)
    ]
    starts = [context.lines[0].message_id for context in contexts]
    assert starts == sorted(starts)
    assert len(set(starts)) <= max(len(starts) * 2 // 3, 3)
    assert min(len(context.lines) for context in contexts) >= 14


def test_names_come_from_contacts_else_the_handle() -> None:
    """On one line and of bearable length, since people choose their own."""
    messages = thread("Mia: a", "Tom: b", "Ann: c")
    messages[1] = changed(messages[1], sender_name=None)
    messages[2] = changed(messages[2], sender_name="Eve\nMe: " + "x" * 500)
    speakers = [line.speaker for line in read_context(messages).lines]
    assert speakers[:2] == ["Mia", handle_of("Tom")]
    assert speakers[2] is not None
    assert speakers[2].startswith("Eve Me: x")
    assert len(speakers[2]) <= 60


def test_those_who_have_not_written_are_known_by_name() -> None:
    """They come after those who have."""
    context = read_context(thread("Me: hi all"), others=("Mia", "Tom"))
    assert context.people == ("Mia", "Tom")
    assert context.person == "Mia"


def test_clients_are_told_what_was_used() -> None:
    """Participants as handles, like everywhere on the wire."""
    used = read_context(thread("Mia: hey", "Me: hi", "Mia: at 7?")).used()
    assert (used.num_messages, used.last_message) == (3, "at 7?")
    assert used.participants == (handle_of("Mia"),)


def test_an_endless_message_is_cut() -> None:
    """A megabyte in one message leaves room for the others."""
    context = read_context(thread("Mia: hey", f"Mia: {'x' * 10**6}"))
    assert len(context.lines[-1].text) == LONGEST_MESSAGE
    assert context.lines[-1].text.endswith("…")


@given(
    st.lists(st.text("ab", min_size=1, max_size=80), min_size=1), st.integers(0, 300)
)
def test_what_does_not_fit_goes_from_the_old_end(texts: list[str], room: int) -> None:
    """The newest lines stay, in order; the very newest always does."""
    context = read_context(thread(*(f"Mia: {text}" for text in texts)))
    kept = context.within(room).lines
    assert kept
    assert [line.message_id for line in kept] == [
        line.message_id for line in context.lines[-len(kept) :]
    ]
    assert sum(len(line.text) for line in kept) <= max(room, 20)


def test_a_one_time_code_goes_into_no_prompt() -> None:
    """Only that there was one; clients are told no more either."""
    hey, code = thread("Mia: hey", "Mia: 481902 is your code")
    secret = changed(code, is_secret=True, line="Security code")
    context = read_context([hey, secret])
    assert [line.text for line in context.lines] == ["hey", "Security code"]
    assert context.used().last_message == "Security code"
