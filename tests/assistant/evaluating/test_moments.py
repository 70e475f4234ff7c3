"""Which replies are judged, and what was known when they were sent."""

from __future__ import annotations

import msgspec

from jarvis.assistant.evaluating.moments import (
    Growing,
    as_it_stood,
    moments_of,
    turns_since,
)
from jarvis.records import ChatId, Edit, Reaction, Timestamp
from tests.assistant.evaluating.archive import FIRST_MS, HOUR_MS, said, whole

OTHER = ChatId("iMessage;-;+15550199")


def test_the_last_replies_to_something_are_judged() -> None:
    """Oldest first; what the user began, or said a day later, is no reply."""
    history = said(
        *("Me: hello", "Mia: dinner?", "Me: yes", "Mia: when?", "Me: at eight"),
        *("Mia: fine", "+20h", "Me: how was it?", "Mia: good!", "Me: glad"),
    )
    assert [each.sent for each in moments_of(history, 10)] == [
        "yes",
        "at eight",
        "glad",
    ]
    newest = moments_of(history, 2)
    assert [each.reply_id for each in newest] == [5, 9]
    assert newest[1].sent_ms == history[-1].sent_ms


def test_replies_of_all_conversations_are_in_the_order_of_time() -> None:
    """Whichever conversation they stand in."""
    here = said("Mia: dinner?", "+2h", "Me: yes")
    there = said("Mia: lunch?", "Me: no", chat_id=OTHER, first_id=10)
    history = sorted([*here, *there], key=lambda each: each.sent_ms)
    assert [each.sent for each in moments_of(history, 10)] == ["no", "yes"]


def test_what_others_wrote_counts_answered_or_not() -> None:
    """Also at the end of a conversation; not while 12 hours have not gone by."""
    quiet = said("Mia: lovely day", chat_id=OTHER, first_id=10)
    busy = said(
        *("Mia: dinner?", "Me: yes", "Mia: ok", "+13h", "Mia: still on?", "Me: sure"),
        "Mia: see you",
    )
    history = sorted([*busy, *quiet], key=lambda each: (each.sent_ms, each.id))
    turns = turns_since(history, FIRST_MS)
    assert [(each.message_id, each.is_answered) for each in turns] == [
        (1, True),
        (10, False),
        (3, False),
        (4, True),
    ]
    later = turns_since(history, FIRST_MS + HOUR_MS)
    assert [each.message_id for each in later] == [4]


def test_of_no_history_there_is_nothing_to_judge() -> None:
    """Neither replies nor messages of others."""
    assert moments_of([], 10) == []
    assert turns_since([], 0) == []


def test_a_message_that_was_edited_later_says_what_it_said() -> None:
    """Of two edits only the one before the moment had been made."""
    (message,) = map(whole, said("Mia: at ten"))
    edited = msgspec.structs.replace(
        message,
        date_edited=Timestamp("2025-11-18T12:00:00.000Z"),
        edits=(
            Edit(text="at eight", date=message.date),
            Edit(text="at nine", date=Timestamp("2025-11-18T10:00:00.000Z")),
        ),
    )
    texts = [
        as_it_stood(edited, FIRST_MS + hours * HOUR_MS).text for hours in (1, 3, 5)
    ]
    assert texts == ["at eight", "at nine", "at ten"]


def test_reactions_are_left_out() -> None:
    """Nothing tells whether they were there already."""
    (message,) = map(whole, said("Mia: at ten"))
    heart = Reaction(kind="love", sender=None, is_from_me=True)
    loved = msgspec.structs.replace(message, reactions=(heart,))
    assert as_it_stood(loved, FIRST_MS) == message


def test_the_history_of_a_moment_ends_before_it() -> None:
    """It grows from one to the next, and begins with all that is older."""
    history = said(
        *("Mia: dinner?", "Me: yes", "Mia: when?", "Me: at eight", "Mia: ok?", "Me: ok")
    )
    known = Growing(history)
    sizes, texts = [], []
    for moment in moments_of(history, 3):
        replies = known.before(moment.sent_ms, moment.reply_id)
        sizes.append(len(replies))
        texts.append(replies.own_texts())
    assert texts == [(), ("yes",), ("yes", "at eight")]
    assert sizes == [0, 1, 2]
