"""What the user answered before, and how often."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.history.building import (
    MOST_ANSWERED,
    MOST_UNANSWERED,
    HistoryBuilder,
)
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.text import LONGEST_READ
from jarvis.records import ChatId, PlainMessage
from tests.assistant.exchanges import answered, history_of, said
from tests.assistant.thread import CHAT

OTHER = ChatId("iMessage;-;+15550111")


def replies(history: ReplyHistory, incoming: str, k: int = 3) -> list[str]:
    """What was answered to messages like it, in the first conversation."""
    return [each.example.reply for each in history.nearest(incoming, chat_id=CHAT, k=k)]


def test_the_answer_to_the_like_message_comes_first() -> None:
    """With how like it is."""
    history = history_of(
        answered(("free for dinner on friday?", "sure!"), ("where are you?", "at home"))
    )
    (best,) = history.nearest("free for dinner?", chat_id=CHAT, k=1)
    assert best.example.reply == "sure!"
    assert 0.2 < best.similarity < 1


def test_two_thirds_come_from_the_conversation_itself() -> None:
    """Where they are about as near as those of others."""
    here = answered(*[("are you coming tonight?", f"here {n}") for n in range(9)])
    there = answered(
        *[("are you coming tonight?", f"there {n}") for n in range(9)],
        chat_id=OTHER,
        first_id=5000,
    )
    found = replies(history_of([*here, *there]), "are you coming tonight?", k=6)
    assert sum(reply.startswith("here") for reply in found) == 4
    assert len(found) == 6


def test_what_arrives_is_remembered_like_what_was_there() -> None:
    """Message by message or at once, the same pairs; known messages change nothing."""
    messages = said(
        *("Mia: free?", "Me: yes", "Me: from six", "+9h", "Mia: a", "+20h", "Mia: b"),
        *("Me: ok", "+20h", "Mia: still there?"),
    )
    builder = HistoryBuilder()
    for message in messages:
        builder.update([message])
    for history in (history_of(messages), builder.update(messages)):
        assert len(history) == 3
        assert replies(history, "free?") == ["yes\nfrom six"]
        assert history.own_texts(CHAT) == ("yes", "from six", "ok")


def test_more_of_a_conversation_can_be_read_later() -> None:
    """What lies further back is added; what is known is not counted twice."""
    whole = answered(*[(f"question {n} about plans?", f"reply {n}") for n in range(60)])
    builder = HistoryBuilder()
    builder.update(whole[-50:])
    builder.update(conversations=[whole])
    history = builder.update(conversations=[whole])
    at_once = history_of(whole)
    assert len(history) == len(at_once) == 60
    assert history.own_texts(CHAT) == at_once.own_texts(CHAT)
    assert history.newest_of(CHAT, before=999, count=99) == at_once.newest_of(
        CHAT, before=999, count=99
    )


def test_an_answer_that_comes_later_counts() -> None:
    """A turn that seemed unanswered becomes an answered one."""
    builder = HistoryBuilder()
    history = builder.update(
        said(*["Mia: news?", "+20h"] * 4, "Mia: news?", "+2h", "Mia: any news?")
    )
    assert history.reply_rate("news?") == 0
    builder.update(said(*["+82h", "Me: none yet"], first_id=30))
    rate = builder.update(said("+83h", "Mia: pity", first_id=40)).reply_rate("news?")
    assert rate is not None
    assert rate > 0


def test_the_rate_tells_what_is_left_unanswered() -> None:
    """Of messages like it; nothing is told where there are none."""
    jokes = said(*["Mia: haha so funny", "+20h"] * 6)
    asks = answered(*[("can you call?", "sure")] * 6, chat_id=OTHER, first_id=900)
    history = history_of([*jokes, *asks])
    assert history.reply_rate("so funny haha") == 0
    assert history.reply_rate("can you call me?") == 1
    assert history.reply_rate("qqqq zzzz") is None
    assert history_of().reply_rate("hi") is None


def test_the_newest_examples_of_a_conversation_stand_before_a_message() -> None:
    """Oldest first, none that the message itself follows on."""
    history = history_of(answered(*[("hm?", f"reply {n}") for n in range(6)]))
    before = history.newest_of(CHAT, before=10, count=3)
    assert [each.reply for each in before] == ["reply 1", "reply 2", "reply 3"]
    assert history.newest_of(OTHER, before=10, count=3) == []


def test_the_newest_turns_are_there_whatever_became_of_them() -> None:
    """Of the one conversation, oldest first."""
    history = history_of(said("Mia: one", "+20h", "Mia: two", "Me: yes", "Mia: three"))
    turns = history.newest_turns(CHAT, 2)
    assert [(each.incoming, each.is_answered) for each in turns] == [
        ("one", False),
        ("two", True),
    ]
    assert [each.incoming for each in history.newest_turns(CHAT, 1)] == ["two"]
    assert history.newest_turns(OTHER, 2) == []


def test_only_the_newest_of_a_long_history_is_kept() -> None:
    """A hundred thousand messages take no more room than the bounds allow."""
    messages = [
        PlainMessage(
            id=number,
            chat_id=ChatId(f"iMessage;-;+1555{number % 40:04}"),
            sender=None if number // 40 % 2 else "+15550100",
            sent_ms=number * 1000,
            text=f"word{number % 97} number {number}",
        )
        for number in range(100_000)
    ]
    history = history_of(messages)
    assert len(history) <= MOST_ANSWERED + MOST_UNANSWERED
    chat_id = messages[-1].chat_id
    (newest,) = history.newest_of(chat_id, before=10**6, count=1)
    assert newest.reply_ids[0] > 99_000
    assert len(history.own_texts()) == 1000
    assert history.own_texts(chat_id)[-1] == messages[-1].text


def test_of_a_text_of_a_megabyte_the_beginning_is_remembered() -> None:
    """A thousand of them would take a gigabyte, and as long to look through."""
    messages = said("Mia: well?", f"Me: {'word ' * 200_000}", "Me: so")
    history = HistoryBuilder().update(messages, conversations=[messages])
    for texts in (history.own_texts(), history.own_texts(CHAT)):
        assert [len(text) for text in texts] == [LONGEST_READ, 2]


def test_a_history_stays_as_it_is_while_the_next_is_made() -> None:
    """Whoever drafts from it meanwhile finds what was there, and nothing else."""
    whole = answered(*[(f"plan {n} for dinner?", f"reply {n}") for n in range(99)])
    builder = HistoryBuilder()
    before = builder.update(whole[:60])
    found = before.nearest("a plan for dinner?", chat_id=CHAT, k=9)
    newest = before.newest_of(CHAT, before=999, count=9)
    changed = [message.id for message in whole[:20]]
    after = builder.update(whole[60:], changed=changed)
    assert len(before) == 30
    assert before.nearest("a plan for dinner?", chat_id=CHAT, k=9) == found
    assert before.newest_of(CHAT, before=999, count=9) == newest
    assert len(before.own_texts(CHAT)) == 30
    assert len(after) == 99 - 10


def test_edited_words_take_the_place_of_those_before() -> None:
    """Of that one example; all others stay, and it counts as another history."""
    messages = answered(("swim today?", "too cold"), ("dinner?", "at seven"))
    builder = HistoryBuilder()
    before = builder.update(messages)
    edited = [msgspec.structs.replace(messages[1], text="gladly"), *messages[2:]]
    after = builder.update(
        conversations=[[messages[0], *edited]], changed=[messages[1].id]
    )
    assert replies(after, "swim today?", k=1) == ["gladly"]
    assert replies(after, "dinner?", k=1) == ["at seven"]
    assert after.own_texts(CHAT) == ("gladly", "at seven")
    assert after.revision != before.revision
    assert replies(before, "swim today?", k=1) == ["too cold"]


@pytest.mark.parametrize("gone", [0, 1])
def test_what_was_taken_back_is_no_example(gone: int) -> None:
    """Neither the message that was answered nor the answer."""
    messages = answered(("swim today?", "too cold"), ("dinner?", "at seven"))
    builder = HistoryBuilder()
    before = builder.update(messages)
    rest = [each for each in messages if each is not messages[gone]]
    after = builder.update(conversations=[rest], changed=[messages[gone].id])
    texts = {each.reply for each in after.newest_of(CHAT, before=999, count=9)}
    assert texts == {"at seven"}
    assert ("too cold" in after.own_texts()) == (gone == 0)
    assert builder.update().revision == after.revision != before.revision


def test_a_change_to_what_is_no_example_is_no_other_history() -> None:
    """So that drafts that were written stay true."""
    builder = HistoryBuilder()
    before = builder.update(answered(("swim today?", "too cold")))
    after = builder.update(changed=[999])
    assert after.revision == before.revision
    assert len(after) == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=30), st.data())
def test_however_messages_come_the_history_is_the_same(
    shape: list[tuple[bool, int]], data: st.DataObject
) -> None:
    """At once, or in pieces, with the conversation read anew in between."""
    entries = [
        entry
        for at, (is_mine, minutes) in enumerate(shape)
        for entry in (f"+{minutes}m", f"{'Me' if is_mine else 'Mia'}: word{at}")
    ]
    messages = said(*entries)
    builder = HistoryBuilder()
    at = 0
    while at < len(messages):
        upto = data.draw(st.integers(at + 1, len(messages)))
        builder.update(messages[at:upto])
        if data.draw(st.booleans()):
            builder.update(conversations=[messages[max(upto - 50, 0) : upto]])
        at = upto
    history = builder.update()
    whole = history_of(messages)
    assert len(history) == len(whole)
    assert history.own_texts(CHAT) == whole.own_texts(CHAT)
    for before in (10, 999):
        newest = history.newest_of(CHAT, before=before, count=99)
        assert newest == whole.newest_of(CHAT, before=before, count=99)
