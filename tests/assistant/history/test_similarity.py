"""Which of many texts are most like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.history.similarity import SimilarTexts, TextIndex, overlap


def similar_to(texts: list[str]) -> SimilarTexts:
    """The texts, to be searched."""
    return TextIndex(texts).texts()


TEXTS = [
    "are you free for dinner on friday?",
    "did you send the report to anna",
    "so sorry i'm running late",
    "明天一起吃晚饭吗",
    "พรุ่งนี้ไปกินข้าวกันไหม",
    "придёшь завтра на ужин?",
    "هل تأتي غدا إلى العشاء",
    "क्या तुम कल खाने पर आओगे",
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("free for dinner saturday?", 0),
        ("the report, did you send it?", 1),
        ("sorry, running a bit late", 2),
        ("晚饭明天吃吗", 3),
        ("พรุ่งนี้กินข้าว", 4),
        ("завтра ужин?", 5),
        ("العشاء غدا", 6),
        ("कल खाने पर", 7),
    ],
)
def test_the_text_about_the_same_is_the_nearest(asked: str, found: int) -> None:
    """In any script, with blanks between words or without."""
    similar = similar_to(TEXTS)
    ((number, cosine), *others) = similar.nearest(asked, 3)
    assert number == found
    assert 0 < cosine <= 1
    assert all(other <= cosine for _, other in others)


def test_texts_added_one_by_one_are_found_like_those_taken_in_at_once() -> None:
    """And numbered in their order; of equal ones the newer comes first."""
    index = TextIndex()
    for text in TEXTS * 2:
        index.extend([text])
    assert len(index) == 2 * len(TEXTS)
    best = index.texts().nearest(TEXTS[1], 2)
    assert [number for number, _ in best] == [len(TEXTS) + 1, 1]
    assert [cosine for _, cosine in best] == pytest.approx([1, 1])


def test_what_is_taken_in_later_is_not_seen() -> None:
    """Whoever searches goes on with the texts there were."""
    index = TextIndex(TEXTS)
    before = index.texts()
    found = [before.nearest(text, 9) for text in TEXTS]
    for _ in range(9):
        index.extend(TEXTS)
    assert len(before) == len(TEXTS)
    assert [before.nearest(text, 9) for text in TEXTS] == found
    assert len(index.texts().nearest(TEXTS[0], 99)) > len(TEXTS)


def test_only_wanted_texts_are_found() -> None:
    """As the asker says."""
    similar = similar_to(TEXTS)
    near = similar.nearest("free for dinner?", 5, among=lambda each: each == 1)
    assert [number for number, _ in near] in ([1], [])
    assert similar.nearest("free for dinner?", 5, among=lambda each: each == 0)


@pytest.mark.parametrize("asked", ["", "   ", "?!", "zzzzqqq"])
def test_nothing_is_near_to_what_shares_nothing(asked: str) -> None:
    """No text is found for its own sake."""
    assert similar_to(TEXTS).nearest(asked, 3) == []
    assert similar_to([]).nearest(asked, 3) == []


def test_a_text_of_a_million_letters_is_looked_at_in_part() -> None:
    """So that one message cannot hold up the house."""
    similar = similar_to(["word " * 200_000, *TEXTS])
    assert similar.nearest("another word " * 100_000, 1)[0][0] == 0


@given(st.lists(st.text(max_size=30), max_size=8), st.text(max_size=30))
def test_a_cosine_is_a_share(texts: list[str], asked: str) -> None:
    """Of any texts; the nearest come first, none twice."""
    near = similar_to([*texts, asked]).nearest(asked, 20)
    cosines = [cosine for _, cosine in near]
    assert cosines == sorted(cosines, reverse=True)
    assert all(0 <= cosine <= 1 for cosine in cosines)
    assert len({number for number, _ in near}) == len(near)
    if near:
        assert cosines[0] == pytest.approx(1)


@given(st.text(max_size=40), st.text(max_size=40))
def test_texts_overlap_alike_both_ways(one: str, other: str) -> None:
    """Wholly with themselves."""
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one) == 1
