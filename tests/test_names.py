"""Names compared as people type them, and two of one first name told apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.names import Name, first_of, folded, told_apart


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("José", "jose"),
        (unicodedata.normalize("NFD", "José"), "José"),
        ("Zoë", "ZOË"),
        ("Zoë", "zoe"),
        ("ｊｏｓé", "JOSE"),
        ("Groß", "GROSS"),
        ("İpek", "ipek"),
        ("Işık", "isik"),
        ("ışık", "IŞIK"),
        ("Søren", "soren"),
        ("Łukasz Đặng", "lukasz dang"),
        ("Ægir Þór", "aegir thor"),
        ("O’Brien", "o'brien"),
        ("Anne‑Marie", "anne-marie"),
        ("Ann\u00a0 Lee", "ann lee"),
        ("\u202aAnn\u202c", "ann"),
        (unicodedata.normalize("NFD", "김민준"), "김민준"),
        ("ﾊﾅ", "ハナ"),
        ("Άρης", "ΑΡΗΣ"),
        ("Алёна", "алена"),
        ("שָׁלוֹם", "שלום"),
        ("Fiona", "ﬁona"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, typed: str) -> None:
    """Case, accents, Unicode's forms, letters that a keyboard lacks."""
    assert folded(name) == folded(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("が", "か"), ("कु", "क"), ("ปู", "ป"), ("Ann", "Anna"), ("김", "기")],
)
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    """Voiced kana, vowels of Indic scripts and of Thai."""
    assert folded(one) != folded(other)


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    """In whichever form it came."""
    once = folded(text)
    assert folded(once) == once
    assert folded(unicodedata.normalize("NFD", text)) == once


def called(*names: str) -> list[str]:
    """What people of these names are called; the first word is the first name."""
    return told_apart([first_of(name) for name in names])


def test_who_shares_a_first_name_is_told_apart() -> None:
    """By as little more as will do."""
    assert called("Alex Kim", "Bea Lund") == ["Alex", "Bea"]
    assert called("Alex Kim", "Alex Roe", "Bea") == ["Alex K.", "Alex R.", "Bea"]
    assert called("Alex Kim", "Alex King") == ["Alex Kim", "Alex King"]
    assert called("Alex", "Alex Roe") == ["Alex", "Alex R."]
    assert called("José Sá", "Jose Rey") == ["José S.", "Jose R."]
    assert called("+1 555 0100", "+1 555 0101") == ["+1 555 0100", "+1 555 0101"]


def test_family_names_that_come_first_are_not_cut_to_a_letter() -> None:
    """A letter of Chinese or Japanese says nothing: the whole name does."""
    people = [Name("山田太郎", "太郎"), Name("田中太郎", "太郎")]
    assert told_apart(people) == ["山田太郎", "田中太郎"]


@given(st.lists(st.tuples(st.sampled_from("ABé"), st.text("abK ", max_size=4))))
def test_two_people_are_never_called_alike(parts: list[tuple[str, str]]) -> None:
    """As long as their whole names are not."""
    names = dict.fromkeys(" ".join(f"{a} {b}".split()) for a, b in parts)
    people = list({folded(each): first_of(each) for each in names}.values())
    told = told_apart(people)
    assert len({folded(each) for each in told}) == len(people)
