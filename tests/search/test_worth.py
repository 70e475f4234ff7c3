"""What is found by its meaning, and what by nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.search.worth import is_one_time_code, means_something


@pytest.mark.parametrize(
    "text",
    [
        "the boots",
        "Donaudampfschiff",
        "Can you bring the tent on Friday? https://example.org/map",
        "去吃火锅",
        "火锅",
        "позвони мне",
        "ありがとう",
    ],
)
def test_what_is_said_in_words_has_a_meaning(text: str) -> None:
    """In any script; two characters of Chinese are two words."""
    assert means_something(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "ok", "lol", "Yes!!", "👍", "😂😂😂", "12:30", "4711 0815", "❤️ ok"),
        *("https://example.org/a/long/path-of-words", "www.example.org"),
        "https://a.example https://b.example",
    ],
)
def test_what_says_nothing_by_itself_has_none(text: str) -> None:
    """The shortest answers, emoji, numbers, and links alone."""
    assert not means_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your Pyramid Bank code is 481234. Don't share it.",
        "G-481234 is your verification code.",
        "123 456 is your security code",
        "Ihr Bestätigungscode lautet: 4812",
        "Votre code de vérification : 481234",
        "Tu código es 481234",
        "您的验证码是481234",
        "Код подтверждения: 4812",
        "Dein PIN: 4812",
    ],
)
def test_a_code_is_known_in_many_languages(text: str) -> None:
    """A number of four to eight digits and the word for it."""
    assert is_one_time_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your parcel 481234 comes tomorrow.",
        "Use code SUMMER for 20 % off",
        "Your balance is 1234.56; never tell anybody your PIN.",
        "See https://example.org/code/481234",
    ],
)
def test_other_mail_of_machines_is_no_code(text: str) -> None:
    """Parcels, offers, balances and links can be found."""
    assert not is_one_time_code(text)


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    """Whatever somebody wrote."""
    assert isinstance(means_something(text), bool)
    assert isinstance(is_one_time_code(text), bool)
