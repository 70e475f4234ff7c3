"""The user's own past replies as suggestions."""

from __future__ import annotations

import pytest

from jarvis.assistant.drafting.past_replies import PastReply, past_replies
from jarvis.assistant.style.habits import LEAST_TEXTS, habits_of
from tests.assistant.exchanges import answered, history_of
from tests.assistant.thread import CHAT

ASKED = "are you coming to dinner?"


def offered(
    *replies: str, incoming: str = ASKED, contact_first_names: str = ""
) -> list[PastReply]:
    """What is offered after such a message was answered so."""
    history = history_of(answered(*((incoming, reply) for reply in replies)))
    return past_replies(
        history,
        incoming,
        chat_id=CHAT,
        count=3,
        names=("Mia Moss",),
        contact_first_names=contact_first_names.split(),
    )


@pytest.mark.parametrize(
    "reply",
    [
        "yes, at 7:30",
        "sure, see example.org/menu",
        "on Friday, yes",
        "yes with Anna",
        "ja, ich komme gerne mit dir",
    ],
)
def test_what_belongs_to_another_moment_is_not_offered(reply: str) -> None:
    """A time, a link, a day, a name, another language."""
    assert [each.text for each in offered(reply, "yes, gladly")] == ["yes, gladly"]


def test_names_of_this_conversation_may_stand() -> None:
    """Those of others may not, however they are written."""
    texts = {
        each.text for each in offered("sure mia", "sure tom", contact_first_names="Tom")
    }
    assert texts == {"sure mia"}


def test_replies_of_different_stances_come_first_and_none_twice() -> None:
    """With how alike the neighbours answered."""
    replies = offered(
        "yes!", "Yes", "sure", "sorry, can't make it", "maybe, let me check"
    )
    assert {each.stance for each in replies} == {"yes", "no", "maybe"}
    assert all(each.similarity == pytest.approx(1) for each in replies)
    agreement = {each.stance: each.agreement for each in replies}
    assert agreement["yes"] == pytest.approx(3 / 5)
    assert agreement["no"] == pytest.approx(1 / 5)


def test_nothing_like_it_means_nothing_to_offer() -> None:
    """Never a canned answer."""
    history = history_of(answered(("what's the wifi password", "ask tom")))
    assert past_replies(history, ASKED, chat_id=CHAT, count=3) == []
    assert past_replies(history_of(), "", chat_id=None, count=3) == []


def test_an_offered_reply_is_in_the_users_manner() -> None:
    """As they write to this contact."""
    casual = habits_of(["fine, see you there"] * LEAST_TEXTS, ())
    history = history_of(answered((ASKED, "Sure, I will be there. 🎉")))
    (reply,) = past_replies(history, ASKED, chat_id=CHAT, count=3, habits=casual)
    assert reply.text == "sure, I will be there"


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        ("明天一起吃晚饭吗？", "好的"),
        ("ты придёшь на ужин?", "да, конечно"),
        ("هل تأتي إلى العشاء؟", "نعم طبعا"),
        ("आप आ रहे हैं?", "हाँ ज़रूर"),
        ("มาไหม?", "มาแน่นอน"),
    ],
)
def test_replies_in_any_script_are_found(asked: str, reply: str) -> None:
    """And none in another one."""
    assert [each.text for each in offered("sure", reply, incoming=asked)] == [reply]
