"""The evaluation set is what its page says, so that figures taken on it mean something."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from jarvis.stores.attributed_body import read_text
from tests.search.evaluation.inbox import write_inbox
from tests.search.evaluation.reading import (
    OWNER,
    EvaluationSet,
    QuestionKind,
    Said,
    evaluation_set,
)

# Words that say nothing of what is looked for, as far as questions here use them:
# English, then German, then Spanish.
FUNCTION_WORDS: Final = """
a about after all although and are as at be because before by did do does doesn't dr for
from get gets getting go going got had has have he her him his how i in is it its many
me more much my no not of off on or our out she so some than that the their them there
this to up us very was we what when where which who will with would you your if else too
without t s can can't aber alle am an auf aus bei das dem den der des die ein eine einem
einen einer er es hat ich ihn ihr im in ist kein man mein meine mit nach nicht noch oben
plötzlich seine sein sie so soll und uns vor vom von wann was weil wer wie wir wo zu zum
zur a al algo alguien con cómo cuánto de del día el en es ha hasta la las le lo los me
mi muy no nos para por puede que qué quién se según sin su sus tiene un una y ya han más
este desde
"""
LETTERS_IN_COMMON: Final = 4


@pytest.fixture(scope="module")
def everything() -> EvaluationSet:
    return evaluation_set()


def test_there_is_enough_of_it_to_tell_one_way_from_another(
    everything: EvaluationSet,
) -> None:
    """A thousand messages in forty chats in three languages; questions of four kinds."""
    kinds: Counter[QuestionKind] = Counter(each.kind for each in everything.questions)

    assert len(everything.messages) >= 1000
    assert len(everything.languages) >= 40
    assert set(everything.languages.values()) == {"en", "de", "es"}
    assert kinds == {"paraphrase": 159, "cross": 40, "keyword": 40, "off_topic": 20}


def test_what_is_asked_for_was_said_in_the_language_that_is_stated(
    everything: EvaluationSet,
) -> None:
    """Only questions across languages ask about chats in another than their own."""
    by_id = {each.id: each for each in everything.messages}

    for question in everything.questions:
        assert bool(question.targets) == (question.kind != "off_topic")
        for target in question.targets:
            spoken = everything.languages[by_id[target].chat]
            asked = "en" if question.kind == "cross" else question.language
            assert spoken == asked, question.text


def test_a_paraphrase_shares_no_word_with_what_it_asks_for(
    everything: EvaluationSet,
) -> None:
    """So words alone cannot find it: not even the first four letters are the same."""
    by_id = {each.id: each for each in everything.messages}

    shared = {
        question.text: words
        for question in everything.questions
        if question.kind == "paraphrase"
        for target in question.targets
        if (words := _words_in_common(question.text, by_id[target]))
    }

    assert shared == {}


def test_a_keyword_question_has_a_word_of_what_it_asks_for(
    everything: EvaluationSet,
) -> None:
    """Else it would be a paraphrase and counted wrongly."""
    by_id = {each.id: each for each in everything.messages}

    for question in everything.questions:
        if question.kind == "keyword":
            assert any(
                _words_in_common(question.text, by_id[target])
                for target in question.targets
            ), question.text


def test_the_chats_go_on_as_chats_do(everything: EvaluationSet) -> None:
    """Later messages are later, the owner writes in most of them, groups have many."""
    chats: dict[str, list[Said]] = {}
    for each in everything.messages:
        chats.setdefault(each.chat, []).append(each)

    for said in chats.values():
        assert all(one.date < other.date for one, other in pairwise(said))
        assert any(each.sender == OWNER for each in said)
    groups = [
        said for said in chats.values() if len({each.sender for each in said}) > 2
    ]
    assert len(groups) >= 10


def test_both_halves_hold_all_kinds(everything: EvaluationSet) -> None:
    """What is chosen on one half can be judged on the other."""
    halves = Counter(
        (each.kind, each.language, each.half) for each in everything.questions
    )

    for kind, language, _ in halves:
        tuning = halves[kind, language, "tuning"]
        assert 0 <= tuning - halves[kind, language, "held out"] <= 1


def test_as_an_inbox_it_says_the_same_under_the_same_numbers(
    everything: EvaluationSet, tmp_path: Path
) -> None:
    """So what search answers can be held against what was meant."""
    write_inbox(tmp_path)

    with closing(sqlite3.connect(tmp_path / "chat.db")) as db:
        rows = dict(db.execute("SELECT ROWID, attributedBody FROM message"))

    assert {rowid: read_text(body) for rowid, body in rows.items()} == {
        each.id: each.text for each in everything.messages
    }


def _words_in_common(question: str, said: Said) -> list[tuple[str, str]]:
    return [
        (asked, word)
        for asked in _content(question)
        for word in _content(said.text)
        if asked == word
        or (
            asked[:LETTERS_IN_COMMON] == word[:LETTERS_IN_COMMON]
            and min(len(asked), len(word)) >= LETTERS_IN_COMMON
        )
    ]


def _content(text: str) -> set[str]:
    return set(_plain_words(text)) - set(_plain_words(FUNCTION_WORDS))


def _plain_words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    return re.findall(r"\w+", plain)
