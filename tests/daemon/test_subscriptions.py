"""Which events a connection was told, whatever it subscribed to and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.daemon.subscriptions import (
    DEFAULT_SUBSCRIPTION,
    Filter,
    Push,
    Subscriptions,
)
from jarvis.errors import Busy
from jarvis.records import ChatId

MAIL = frozenset({"new_message"})

CHAT, OTHER = ChatId("a"), ChatId("b")


def event(seq: int, chat_id: ChatId = CHAT, name: str = "new_message") -> Push:
    """A stored event."""
    return Push.of(name, {"seq": seq}, chat_id=chat_id, seq=seq)


def test_new_messages_come_without_asking_and_nothing_else_does() -> None:
    """The desktop app expects it so."""
    subscriptions = Subscriptions(most=4)
    assert subscriptions.has_default
    assert subscriptions.wants(event(1))
    assert not subscriptions.wants(event(1, name="message_updated"))


def test_a_filter_by_conversation_lets_pass_what_is_of_none() -> None:
    """A model's progress has no chat."""
    chosen = Filter(frozenset({"new_message", "model_progress"}), CHAT)
    assert chosen.takes(event(1, CHAT))
    assert not chosen.takes(event(1, OTHER))
    assert chosen.takes(Push.of("model_progress", {}))


def test_there_are_at_most_so_many() -> None:
    """The error says how many."""
    subscriptions = Subscriptions(most=2)
    subscriptions.begin(Filter(MAIL), after=0)
    with pytest.raises(Busy, match="at most 2 subscriptions"):
        subscriptions.begin(Filter(MAIL), after=0)


def test_ending_says_whether_there_was_one() -> None:
    """Also for the default, by its name."""
    subscriptions = Subscriptions(most=4)
    assert subscriptions.end(DEFAULT_SUBSCRIPTION, until=0)
    assert not subscriptions.end(DEFAULT_SUBSCRIPTION, until=0)
    assert not subscriptions.wants(event(1))


Step = tuple[str, ChatId | None, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["live", "begin", "end"]),
        st.sampled_from([CHAT, OTHER, None]),
        st.integers(0, 3),
    ),
    max_size=40,
)


@given(STEPS)
def test_each_event_is_told_once_whatever_the_subscriptions(steps: list[Step]) -> None:
    """And whatever a subscription asked for is told by its end."""
    subscriptions = Subscriptions(most=100)
    published: list[Push] = []
    told: list[int] = []
    owed: set[int] = set()
    names: list[tuple[str, Filter]] = [(DEFAULT_SUBSCRIPTION, Filter(MAIL))]
    for act, chat, back in steps:
        newest = len(published)
        if act == "live":
            push = event(newest + 1, chat or ChatId("c"))
            published.append(push)
            owed |= {newest + 1 for _, each in names if each.takes(push)}
            if subscriptions.wants(push):
                subscriptions.mark_sent(push)
                told.append(newest + 1)
        elif act == "begin":
            wanted, after = Filter(MAIL, chat), max(0, newest - back)
            missed = [push for push in published[after:] if wanted.takes(push)]
            owed |= {push.seq for push in missed if push.seq is not None}
            told += [push.seq or 0 for push in subscriptions.unsent(missed)]
            names.append((subscriptions.begin(wanted, after), wanted))
        elif names:
            name, _ = names.pop(back % len(names))
            assert subscriptions.end(name, newest)
    assert len(told) == len(set(told))
    assert set(told) == owed
