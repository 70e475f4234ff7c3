"""What others wrote and what the user answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.context import LONGEST_MESSAGE
from jarvis.assistant.history.examples import (
    LONGEST_REPLY,
    Example,
    examples_of,
    is_noise,
)
from jarvis.records import ChatId, PlainMessage
from tests.assistant.exchanges import GROUP, said
from tests.assistant.thread import CHAT


def answered_in(messages: list[PlainMessage]) -> list[Example]:
    """The examples with a reply."""
    return [each for each in examples_of(messages) if each.reply]


def told(*entries: str, chat_id: ChatId = CHAT) -> list[tuple[str, str]]:
    """What was answered to what in a conversation."""
    examples = answered_in(said(*entries, chat_id=chat_id))
    return [(each.incoming, each.reply) for each in examples]


def test_messages_in_a_row_are_one_turn() -> None:
    """On both sides; after more than five minutes another begins."""
    assert told("Mia: hey", "Mia: free?", "Me: yes", "Me: at home") == [
        ("hey\nfree?", "yes\nat home")
    ]
    assert told("Mia: hey", "+6m", "Mia: free?", "Me: yes", "+6m", "Me: hello?") == [
        ("free?", "yes")
    ]


def test_what_comes_half_a_day_later_is_no_answer() -> None:
    """It begins something new."""
    assert told("Mia: free?", "+11h", "Me: yes") == [("free?", "yes")]
    assert told("Mia: free?", "+13h", "Me: good morning") == []


def test_in_a_group_all_that_came_before_is_answered_together() -> None:
    """The last three messages of the others, whoever wrote them."""
    lines = ("Mia: a", "Tom: b", "+20m", "Ann: c", "+9m", "Mia: d?", "Me: sure")
    assert told(*lines, chat_id=GROUP) == [("b\nc\nd?", "sure")]


@pytest.mark.parametrize(
    "reply",
    [
        "https://example.org/a",
        "www.example.org",
        "7",
        "!!!",
        "x" * (LONGEST_REPLY + 1),
        "Loved “free?”",
        "Your code is 482913",
    ],
)
def test_replies_that_are_no_example_are_left_out(reply: str) -> None:
    """Links, no words, letters, reactions in words, one-time codes."""
    assert told("Mia: free?", f"Me: {reply}") == []


@pytest.mark.parametrize("reply", ["👍", "да", "はい", "हाँ", "نعم", "ja https://a.org"])
def test_a_word_in_any_script_or_an_emoji_is_an_answer(reply: str) -> None:
    """Also where a link comes with it."""
    assert told("Mia: free?", f"Me: {reply}") == [("free?", reply)]


def test_unanswered_turns_are_remembered_and_the_newest_is_open() -> None:
    """An earlier turn counts as answered when the user wrote soon enough."""
    messages = said(
        "Mia: a", "+2h", "Mia: b", "Me: ok", "+20h", "Mia: c", "+20h", "Mia: d"
    )
    known = [(each.incoming, each.is_answered) for each in examples_of(messages)]
    assert known == [("a", True), ("b", True), ("c", False)]
    assert [each.reply for each in examples_of(messages)] == ["", "ok", ""]
    ids = [(each.incoming_ids, each.reply_ids) for each in examples_of(messages)]
    assert ids == [((1,), ()), ((2,), (3,)), ((4,), ())]


def test_one_time_codes_are_told_from_questions() -> None:
    """A number alone does not make one."""
    assert is_noise("123456 is your verification code")
    assert is_noise("Your Example code: 4821")
    assert not is_noise("can you come at 1930?")
    assert not is_noise("what's the door code?")


def test_a_message_of_a_million_letters_is_cut() -> None:
    """The rest says little about the answer."""
    ((incoming, _),) = told(f"Mia: {'la ' * 350_000}?", "Me: wow")
    assert len(incoming) == LONGEST_MESSAGE


@given(st.lists(st.tuples(st.booleans(), st.text(min_size=1, max_size=40))))
def test_each_reply_is_what_the_user_wrote(lines: list[tuple[bool, str]]) -> None:
    """And never longer than a short one, whatever was said."""
    messages = said(*(f"{'Me' if mine else 'Mia'}: {text}" for mine, text in lines))
    own = "\n".join(each.text for each in messages if each.sender is None)
    for example in answered_in(messages):
        assert example.reply in own
        assert len(example.reply) <= LONGEST_REPLY
