"""Whether a message waits for an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from jarvis.assistant.drafting.needs_reply import (
    LEAST_TURNS,
    OLDEST_MS,
    OPENING_MS,
    NeedsReply,
    needs_reply,
)
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.records import Message, Reaction, Timestamp
from tests.assistant.exchanges import GROUP, answered, history_of, said
from tests.assistant.thread import thread

NOW_MS = round(datetime.fromisoformat("2025-11-18T19:00:00Z").timestamp() * 1000)


def judged(*lines: str, history: ReplyHistory | None = None) -> NeedsReply:
    """What the gate says of a conversation."""
    return needs_reply(thread(*lines), history or history_of(), now_ms=NOW_MS)


def is_expected(*lines: str, history: ReplyHistory | None = None) -> bool:
    """Whether the gate opens."""
    return judged(*lines, history=history).is_needed


def last(**changes: Any) -> list[Message]:
    """A conversation whose last message has other values."""
    first, message = thread("Me: hi", "Mia: are you coming?")
    return [first, msgspec.structs.replace(message, **changes)]


@pytest.mark.parametrize(
    "text",
    [
        "are you coming?",
        "来ますか？",
        "هل أنت قادم؟",
        "please bring salt",
        "sag mir bescheid",
    ],
)
def test_a_question_or_a_request_waits(text: str) -> None:
    """In any script."""
    assert is_expected("Me: hi", f"Mia: {text}")


@pytest.mark.parametrize("size", [3_000, 1_000_000])
def test_a_long_letter_that_asks_at_its_end_waits(size: int) -> None:
    """However much stands before it."""
    letter = "we had rain again, and more of it, " * (size // 30)
    asked = judged("Me: hi", f"Mia: {letter[:size]}. are you coming?")
    assert (asked.is_needed, "a question" in asked.reason) == (True, True)
    assert "a question" not in judged("Me: hi", f"Mia: {letter[:size]}.").reason


@pytest.mark.parametrize(
    "text", ["ok", "thanks!", "👍", "bye 😊", "Danke dir, bis dann", "Never mind", "??"]
)
def test_small_talk_at_the_end_waits_for_nothing(text: str) -> None:
    """Nor does a mark without a word."""
    assert not is_expected("Me: at seven then", f"Mia: {text}")


def test_several_messages_are_read_together() -> None:
    """A question stays one when thanks follow it."""
    assert is_expected("Me: hi", "Mia: can we meet at six?", "Mia: thanks!")
    assert not is_expected("Mia: can we meet at six?", "Me: yes", "Mia: thanks!")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": "262966"}, "by a machine"),
        ({"sender": "ExampleBank"}, "by a machine"),
        ({"sender": "no-reply@example.org"}, "by a machine"),
        ({"text": "Do not reply. Questions? See our page"}, "by a machine"),
        ({"is_secret": True}, "by a machine"),
        ({"date": "2025-11-01T18:02:09.120Z"}, "older than a week"),
        ({"text": None, "kind": "attachment"}, "no words"),
        (
            {"reactions": (Reaction(kind="like", sender=None, is_from_me=True),)},
            "with a reaction",
        ),
        ({"is_from_me": True, "sender": None}, "You wrote the last"),
    ],
)
def test_what_waits_for_nothing_says_why(changes: dict[str, Any], reason: str) -> None:
    """In words for a person."""
    need = needs_reply(last(**changes), history_of(), now_ms=NOW_MS)
    assert not need.is_needed
    assert reason in need.reason


def test_events_are_passed_over() -> None:
    """What was said before them still waits."""
    messages = last()
    event = msgspec.structs.replace(messages[-1], id=9, kind="event", text=None)
    assert needs_reply([*messages, event], history_of(), now_ms=NOW_MS).is_needed
    assert not needs_reply([event], history_of(), now_ms=NOW_MS).is_needed
    assert not needs_reply(messages, history_of(), now_ms=NOW_MS + OLDEST_MS).is_needed


def test_what_the_user_usually_answers_waits() -> None:
    """And what is usually left alone does not."""
    answers = history_of(answered(*[("made it home", "great")] * 5))
    assert is_expected("Me: hi", "Mia: made it home", history=answers)
    silence = history_of(said(*["Mia: made it home", "+20h"] * 5))
    assert not is_expected("Me: hi", "Mia: made it home", history=silence)


def test_in_a_group_a_question_to_another_is_not_the_users() -> None:
    """One to all is."""
    assert not is_expected("Tom: hi", "Mia: Tom, are you coming?")
    assert is_expected("Tom: hi", "Mia: who is coming?")
    assert not is_expected("Tom: hi", "Mia: Tom, the keys are here", "Mia: by the door")


@pytest.mark.parametrize(
    "lines",
    [
        ["Mia: the bus broke down", "Mia: we all had to walk"],
        ["Mia: we walked the whole way up and it rained all the time, every minute"],
    ],
)
def test_who_tells_something_waits_for_a_word(lines: list[str]) -> None:
    """In several messages, or in one that says much."""
    assert judged("Me: hi", *lines) == NeedsReply(
        is_needed=True, reason="The last message tells you something at length."
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["Mia: noted, see you there"],
        ["Mia: the keys are here", "Mia: thanks!", "Mia: bye"],
        ["Mia: the keys are here", "Tom: the car is there"],
    ],
)
def test_a_remark_waits_for_nothing(lines: list[str]) -> None:
    """Nor with thanks behind it, nor where two people made one each."""
    assert not is_expected("Me: at seven then", *lines)


@pytest.mark.parametrize("text", ["hey", "Hi there!", "hallo"])
def test_a_greeting_waits_for_one(text: str) -> None:
    """By itself; with a few words more it is judged by those."""
    assert is_expected("Me: see you", f"Mia: {text}")
    assert not is_expected("Me: see you", f"Mia: {text}, the keys are here")


@pytest.mark.parametrize(("silence_ms", "expected"), [(OPENING_MS, True), (1, False)])
def test_what_comes_after_a_long_silence_begins_something(
    silence_ms: int, expected: bool
) -> None:
    """However short it is."""
    first, message = thread("Me: good night", "Mia: the parcel is here")
    sent_ms = round(datetime.fromisoformat(message.date).timestamp() * 1000)
    before = datetime.fromtimestamp((sent_ms - silence_ms) / 1000, UTC).isoformat()
    first = msgspec.structs.replace(first, date=Timestamp(before))
    need = needs_reply([first, message], history_of(), now_ms=NOW_MS)
    assert need.is_needed is expected


def test_where_everything_is_answered_a_remark_waits_too() -> None:
    """Once there were enough that asked nothing; thanks still end it."""
    remarks = [(f"remark{n} is odd{n}", "true") for n in range(LEAST_TURNS)]
    always = history_of(answered(*remarks))
    lines = "Me: hi", "Mia: whales are huge"
    assert is_expected(*lines, history=always)
    assert not is_expected("Me: hi", "Mia: thanks!", history=always)
    assert not is_expected(*lines, history=history_of(answered(*remarks[1:])))
    elsewhere = history_of(answered(*remarks, chat_id=GROUP))
    assert not is_expected(*lines, history=elsewhere)


def test_where_some_is_left_alone_a_remark_waits_for_nothing() -> None:
    """And the reason says how much is answered."""
    remarks = [(f"remark{n} is odd{n}", "true") for n in range(LEAST_TURNS)]
    silence = said("Mia: zzzz", "+20h", "Mia: qqqq", "+20h", "Mia: kkkk", first_id=900)
    need = judged(
        "Me: hi",
        "Mia: whales are huge",
        history=history_of([*answered(*remarks), *silence]),
    )
    assert not need.is_needed
    assert need.reason.startswith("The last message asks nothing, and you answer 80%")
