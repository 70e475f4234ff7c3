"""What the user answered before, and how often."""

from __future__ import annotations

from jarvis.assistant.history.memory import MOST_PAIRS, MOST_UNANSWERED, Memory
from jarvis.assistant.language.wording import LONGEST_READ
from jarvis.records import ChatId, PlainMessage
from tests.assistant.exchanges import answered, said
from tests.assistant.thread import CHAT

OTHER = ChatId("iMessage;-;+15550111")


def replies(memory: Memory, incoming: str, k: int = 3) -> list[str]:
    """What was answered to messages like it, in the first conversation."""
    return [each.pair.reply for each in memory.nearest(incoming, chat_id=CHAT, k=k)]


def test_the_answer_to_the_like_message_comes_first() -> None:
    """With how like it is."""
    memory = Memory(
        answered(("free for dinner on friday?", "sure!"), ("where are you?", "at home"))
    )
    (best,) = memory.nearest("free for dinner?", chat_id=CHAT, k=1)
    assert best.pair.reply == "sure!"
    assert 0.2 < best.similarity < 1


def test_two_thirds_come_from_the_conversation_itself() -> None:
    """Where they are about as near as those of others."""
    here = answered(*[("are you coming tonight?", f"here {n}") for n in range(9)])
    there = answered(
        *[("are you coming tonight?", f"there {n}") for n in range(9)],
        chat_id=OTHER,
        first_id=5000,
    )
    found = replies(Memory([*here, *there]), "are you coming tonight?", k=6)
    assert sum(reply.startswith("here") for reply in found) == 4
    assert len(found) == 6


def test_what_arrives_is_remembered_like_what_was_there() -> None:
    """Message by message or at once, the same pairs; known messages change nothing."""
    messages = said(
        *("Mia: free?", "Me: yes", "Me: from six", "+9h", "Mia: a", "+20h", "Mia: b"),
        *("Me: ok", "+20h", "Mia: still there?"),
    )
    at_once = Memory(messages)
    one_by_one = Memory()
    for message in messages:
        one_by_one.add([message])
    one_by_one.add(messages)
    for memory in (at_once, one_by_one):
        assert len(memory) == 3
        assert replies(memory, "free?") == ["yes\nfrom six"]
        assert memory.own_texts(CHAT) == ("yes", "from six", "ok")


def test_more_of_a_conversation_can_be_read_later() -> None:
    """What lies further back is added; what is known is not counted twice."""
    whole = answered(*[(f"question {n} about plans?", f"reply {n}") for n in range(60)])
    memory = Memory(whole[-50:])
    memory.add_chat(whole)
    memory.add_chat(whole)
    at_once = Memory(whole)
    assert len(memory) == len(at_once) == 60
    assert memory.own_texts(CHAT) == at_once.own_texts(CHAT)
    assert memory.newest_pairs(CHAT, before=999, count=99) == at_once.newest_pairs(
        CHAT, before=999, count=99
    )


def test_an_answer_that_comes_later_counts() -> None:
    """A turn that seemed unanswered becomes an answered one."""
    memory = Memory(
        said(*["Mia: news?", "+20h"] * 4, "Mia: news?", "+2h", "Mia: any news?")
    )
    assert memory.reply_rate("news?") == 0
    memory.add(said(*["+82h", "Me: none yet"], first_id=30))
    memory.add(said("+83h", "Mia: pity", first_id=40))
    rate = memory.reply_rate("news?")
    assert rate is not None
    assert rate > 0


def test_the_rate_tells_what_is_left_unanswered() -> None:
    """Of messages like it; nothing is told where there are none."""
    jokes = said(*["Mia: haha so funny", "+20h"] * 6)
    asks = answered(*[("can you call?", "sure")] * 6, chat_id=OTHER, first_id=900)
    memory = Memory([*jokes, *asks])
    assert memory.reply_rate("so funny haha") == 0
    assert memory.reply_rate("can you call me?") == 1
    assert memory.reply_rate("qqqq zzzz") is None
    assert Memory().reply_rate("hi") is None


def test_the_newest_pairs_of_a_conversation_stand_before_a_message() -> None:
    """Oldest first, none that the message itself follows on."""
    memory = Memory(answered(*[("hm?", f"reply {n}") for n in range(6)]))
    before = memory.newest_pairs(CHAT, before=10, count=3)
    assert [pair.reply for pair in before] == ["reply 1", "reply 2", "reply 3"]
    assert memory.newest_pairs(OTHER, before=10, count=3) == []


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
    memory = Memory(messages)
    assert len(memory) <= MOST_PAIRS + MOST_UNANSWERED
    chat_id = messages[-1].chat_id
    (newest,) = memory.newest_pairs(chat_id, before=10**6, count=1)
    assert newest.reply_id > 99_000
    assert len(memory.own_texts()) == 1000
    assert memory.own_texts(chat_id)[-1] == messages[-1].text


def test_of_a_text_of_a_megabyte_the_beginning_is_remembered() -> None:
    """A thousand of them would take a gigabyte, and as long to look through."""
    memory = Memory(said("Mia: well?", f"Me: {'word ' * 200_000}", "Me: so"))
    memory.add_chat(said("Mia: well?", f"Me: {'word ' * 200_000}", "Me: so"))
    for texts in (memory.own_texts(), memory.own_texts(CHAT)):
        assert [len(text) for text in texts] == [LONGEST_READ, 2]
