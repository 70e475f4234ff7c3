"""Which language texts are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.language.identify import language_of, language_shares, script_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("are you free for dinner with us on friday?", "en"),
        ("kommst du heute mit in den park?", "de"),
        ("tu peux venir avec nous demain ?", "fr"),
        ("¿dónde estás? yo voy con mi hermana", "es"),
        ("ciao, come stai? sono a casa con la mamma", "it"),
        ("você vem com a gente hoje? não sei onde está", "pt"),
        ("kun je morgen komen? ik ben niet thuis", "nl"),
        ("kommer du imorgon? jag är inte hemma", "sv"),
        ("明天一起吃晚饭吗", "zh"),
        ("明日一緒に晩ごはん食べる？", "ja"),
        ("내일 저녁 같이 먹을래?", "ko"),
        ("พรุ่งนี้กินข้าวกันไหม", "th"),
        ("אתה בא מחר?", "he"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    """By its script or its small words."""
    assert language_of([text]) == language


@pytest.mark.parametrize(
    "text", ["", "👍", "Berlin 2024", "qwzx plmk", "https://a.org/the"]
)
def test_what_tells_nothing_is_not_guessed(text: str) -> None:
    """No words, names, links."""
    assert language_of([text]) is None


def test_a_script_of_many_languages_is_named_but_no_language() -> None:
    """Cyrillic, Arabic, Devanagari."""
    for text, script in [
        ("привет", "CYRILLIC"),
        ("مرحبا", "ARABIC"),
        ("हाँ", "DEVANAGARI"),
    ]:
        assert script_of([text]) == script
        assert language_of([text]) is None
    assert script_of(["123 👍"]) is None


ENGLISH = "are you free for dinner with us on friday?"
GERMAN = "kommst du heute mit in den park?"
SPANISH = "¿dónde estás? yo voy con mi hermana"


def test_two_languages_of_one_thread_are_told_apart() -> None:
    """Text by text; those that tell nothing do not count."""
    texts = [ENGLISH] * 6 + [GERMAN] * 4 + ["👍"] * 50
    assert language_shares(texts) == {"en": 0.6, "de": 0.4}
    assert list(language_shares([GERMAN] * 4 + [ENGLISH] * 6)) == ["en", "de"]


def test_a_stray_text_is_no_language_of_its_own() -> None:
    """Too few, or too small a share; the others' shares still are of all."""
    assert language_shares([ENGLISH] * 8 + [GERMAN] * 2) == {"en": 0.8}
    many = [ENGLISH] * 60 + [GERMAN] * 35 + [SPANISH] * 5
    assert language_shares(many) == {"en": 0.6, "de": 0.35}
    assert language_shares(["👍"] * 9) == {}


@given(st.lists(st.text(), max_size=5))
def test_any_texts_can_be_asked_about(texts: list[str]) -> None:
    """Without an error."""
    assert language_of(texts) is None or script_of(texts) is not None
