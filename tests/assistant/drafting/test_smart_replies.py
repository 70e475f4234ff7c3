"""Short answers without a model."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.drafting.smart_replies import ShortAnswer, smart_replies
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.asks import ask_of
from jarvis.assistant.style.habits import LEAST_TEXTS, habits_of
from tests.assistant.exchanges import answered, history_of
from tests.assistant.thread import CHAT


def answers(incoming: str, history: ReplyHistory | None = None) -> list[ShortAnswer]:
    """Three short answers."""
    return smart_replies(incoming, history or history_of(), chat_id=CHAT, count=3)


@pytest.mark.parametrize(
    ("message", "language", "intent"),
    [
        ("do you want to come over for dinner?", "en", "invitation"),
        ("where are you?", "en", "where"),
        ("thanks! are you free tonight?", "en", "invitation"),
        ("call me when you can", "en", "call"),
        ("is it raining there?", "en", "yes_no"),
        ("hast du heute Lust auf Kino?", "de", "invitation"),
        ("wo bist du?", "de", "where"),
        ("tu viens ce soir ?", "fr", "invitation"),
        ("¿dónde estás?", "es", "where"),
        ("¿puedes traer pan?", "es", "request"),
        ("the report is on the table", "en", None),
        ("thanks so much!", "en", None),
        ("good morning", "en", None),
        ("kom je morgen?", "nl", None),
    ],
)
def test_common_asks_are_understood(
    message: str, language: str, intent: str | None
) -> None:
    """What is merely said is none."""
    ask = ask_of(message, language)
    assert (ask.facts.intent if ask else None) == intent


def test_a_question_gets_answers_of_different_stances() -> None:
    """Also with no history at all; each has a computed score."""
    found = answers("do you want to come over for dinner?")
    assert {each.stance for each in found} == {"yes", "no", "maybe"}
    assert all(0 < each.score < 1 for each in found)


def test_how_the_user_leans_weighs_the_rules() -> None:
    """Somebody who mostly declines is offered to decline first."""
    asked = "do you want to go to the cinema?"
    no = [
        (asked, f"no, I am far too tired for that sort of thing {n} days")
        for n in range(9)
    ]
    found = answers(asked, history_of(answered(*no)))
    assert [each.stance for each in found] == ["no", "maybe", "yes"]
    assert found[0].score == pytest.approx(10 / 12)


def test_answers_are_in_the_users_manner() -> None:
    """Lower case, no emoji."""
    casual = habits_of(["fine, see you there"] * LEAST_TEXTS, ())
    found = smart_replies(
        "are you coming?",
        history_of(),
        chat_id=CHAT,
        count=3,
        habits=casual,
    )
    assert found
    assert all(each.text[0].islower() and each.text.isascii() for each in found)


@pytest.mark.parametrize(
    ("said", "reply"),
    [("明天一起吃饭吗？", "好的"), ("thanks so much!", "any time"), ("ok", "ok")],
)
def test_what_was_answered_before_is_no_short_answer(said: str, reply: str) -> None:
    """Nor is anything where nothing is plainly asked, or in a language without rules."""
    assert answers(said, history_of(answered(*[(said, reply)] * 9))) == []


@pytest.mark.parametrize("incoming", ["", " ", "?", "https://example.org/a"])
def test_without_words_there_is_nothing_to_answer(incoming: str) -> None:
    """Links neither."""
    assert answers(incoming) == []


def test_a_message_of_a_million_letters_is_answered_by_its_end() -> None:
    """Looked at in part."""
    found = answers("word " * 200_000 + "are you coming to dinner with us?")
    assert {each.stance for each in found} == {"yes", "no", "maybe"}


@given(st.text(max_size=80))
def test_never_three_of_one_stance_and_none_twice(incoming: str) -> None:
    """Whatever was written."""
    found = answers(incoming)
    stances = Counter(each.stance for each in found)
    assert max(stances.values(), default=0) <= 2
    assert len({each.text for each in found}) == len(found)
    assert all(0 <= each.score <= 1 for each in found)
