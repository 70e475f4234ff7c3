"""What stands in a text and in none that it is held against."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.grounding.ungrounded import ungrounded_items, ungrounded_names


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("see you at 7.30", "7:30?"),
        ("7 pm works", "at 7pm?"),
        ("at 19:00 then", "7 p.m. ok?"),
        ("at 7 then", "at 19:00?"),
        ("7pm", "at 7?"),
        ("1,000 euros", "1000€"),
        ("1000000", "1,000,000"),
        ("٧:٣٠", "7:30"),
        ("７：３０で", "7:30"),
        ("call 555 010 0123", "+1 (555) 010-0123"),
        ("look at example.org", "https://www.example.org/"),
        ("Mia@Example.org", "mia@example.org"),
        ("no numbers at all", ""),
        ("ok.see you", ""),
    ],
)
def test_the_same_in_another_spelling_is_known(text: str, known: str) -> None:
    """Times, amounts, numbers, links, digits of other scripts."""
    assert ungrounded_items(text, [known]) == ()


@pytest.mark.parametrize(
    ("text", "known", "ungrounded"),
    [
        ("at 8 or 7:30", "7:30?", ("8",)),
        ("7pm", "7am", ("7pm",)),
        ("pay 50€ at https://evil.example/x", "pay?", ("50", "https://evil.example/x")),
        ("see bit.ly/abc", "see", ("bit.ly/abc",)),
        ("mail a@b.org or call +1 555 010 0199", "", ("a@b.org", "+1 555 010 0199")),
        ("on 2025-11-18, 18:00", "18:00", ("2025-11-18",)),
    ],
)
def test_what_nobody_said_is_told_in_order(
    text: str, known: str, ungrounded: tuple[str, ...]
) -> None:
    """As it stands in the text."""
    assert ungrounded_items(text, [known]) == ungrounded


@pytest.mark.parametrize(
    ("text", "known", "ungrounded"),
    [
        ("See you at Mario's tomorrow", "dinner?", ("Mario", "tomorrow")),
        ("sure, friday works", "Friday?", ()),
        ("Freitag passt", "friday?", ()),
        ("I'm with Anna", "is anna there?", ()),
        ("bis Montag", "wann?", ("Montag",)),
        ("明天见", "什么时候", ("明天",)),
        ("nos vemos mañana", "cuándo?", ("mañana",)),
    ],
)
def test_names_and_days_that_nobody_said_are_told(
    text: str, known: str, ungrounded: tuple[str, ...]
) -> None:
    """A day is the same in every language."""
    assert ungrounded_names(text, [known]) == ungrounded


def test_nouns_of_german_are_no_names() -> None:
    """Days still are what they are."""
    thread = (
        "Ich habe das Buch in der Schule und den Stift mit dem Heft im Haus vergessen"
    )
    assert ungrounded_names("Ich komme mit dem Auto am Freitag", [thread]) == (
        "Freitag",
    )
    assert "Auto" in ungrounded_names("Ich komme mit dem Auto", ["ich habe keins"])


@given(st.text(), st.lists(st.text(), max_size=2))
def test_no_text_is_foreign_to_itself(text: str, others: list[str]) -> None:
    """Whatever it holds."""
    assert ungrounded_items(text, [*others, text]) == ()
    assert ungrounded_names(text, [*others, text]) == ()


@given(st.text(alphabet="0123456789:.,/- apmh+()", max_size=60))
def test_no_row_of_numbers_is_foreign_to_itself(text: str) -> None:
    """Dates, times, phones and what looks like them."""
    assert ungrounded_items(text, [text]) == ()


def test_a_million_letters_are_held_against_each_other() -> None:
    """In part; long rows of digits too."""
    assert ungrounded_items("9" * 1_000_000, ["hi"])
    assert ungrounded_items("a.b-c " * 200_000, ["hi"]) == ()
    assert ungrounded_items("a." * 500_000, ["hi"]) == ()
