"""Telephone numbers: what a typed one means, and how they are searched."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.stores.address_lines import Lines
from jarvis.stores.numbers import Plans, region_of_most, spellings, typed_digits

ANN = "+447400123456"


@pytest.mark.parametrize("regions", [[], ["GB"], ["US"]])
@pytest.mark.parametrize("handle", [ANN, "07400123456", "+447400123456(smsft)"])
@pytest.mark.parametrize(
    "typed",
    [
        *("07400 123456", "+44 (0)7400 123456", "+44 7400 123 456", "447400123456"),
        *("0044 7400 123456", "tel:+44-7400-123456", "07400\u00a0123\u2011456"),
    ],
)
def test_a_typed_number_means_the_handle(
    typed: str, handle: str, regions: list[str]
) -> None:
    """However it is typed, and however chat.db spells it, beside its other spelling."""
    assert Lines(regions, [handle, ANN]).means(typed, handle)


def test_a_number_without_its_zero_is_meant_too() -> None:
    """But no part of one."""
    lines = Lines(["GB"], [ANN])
    assert lines.means("7400 123 456", ANN)
    assert not lines.means("123 456", ANN)
    assert not lines.means("07400 123457", ANN)
    assert not lines.means("Ann", ANN)
    assert lines.means("Ann@Example.com ", "ann@example.com")


@pytest.mark.parametrize(
    "typed",
    ["07400 123456", "7400 123 456", "+44 (0)7400 123456", "0044 7400", "123 4"],
)
def test_typed_digits_are_a_part_of_a_spelling(typed: str) -> None:
    """So that a list is searched by them, letter by letter."""
    digits = typed_digits(typed)
    assert digits is not None
    assert any(digits in each for each in spellings(ANN))


def test_words_are_no_digits() -> None:
    """A name with a number in it is looked for as it is."""
    for typed in ("Ann", "Bus 42", "", "  ", "+", "a@b.c"):
        assert typed_digits(typed) is None


def test_the_country_of_most_is_the_country_of_no_tie() -> None:
    """As many here as there tell nothing."""
    assert region_of_most([ANN, "+447400123457", "+15550100001"], Plans()) == "GB"
    assert region_of_most([ANN, "+15550100001"], Plans()) is None
    assert region_of_most([], Plans()) is None


NUMBERS = st.lists(
    st.sampled_from(
        [
            *(
                ANN,
                "07400 123456",
                "+44 (0)7400-123456",
                "0044 7400 123456",
                "7400123456",
            ),
            *("(415) 555-0101", "+14155550101", "044 55 1234 5678", "+52155512345678"),
            *("ann@example.com", "12345", "Ann", "+39 06 1234567", "0", "+", "00"),
        ]
    )
)


@given(NUMBERS, st.sampled_from([[], ["GB"], ["US", "GB"], ["MX"]]), st.booleans())
def test_what_the_plans_said_earlier_does(
    addresses: list[str], regions: list[str], is_guess: bool
) -> None:
    """Stored and read again, it makes the same lines, and nothing is asked anew."""
    asked = Plans()
    lines = Lines(regions, addresses, is_guess=is_guess, plans=asked)
    known = Plans(msgspec.json.decode(msgspec.json.encode(asked.used)))
    again = Lines(regions, addresses, is_guess=is_guess, plans=known)
    assert [*map(again.line_of, addresses)] == [*map(lines.line_of, addresses)]
    assert not known.is_more


@given(
    st.text(max_size=40) | st.text("0123456789+ ()-x,", max_size=18),
    st.sampled_from(["US", "GB", "MX", "AR", "BR", "IT"]),
)
def test_anything_has_one_line(text: str, region: str) -> None:
    """Whatever stands on a card; a line is its own line."""
    lines = Lines([region], [text])
    line = lines.line_of(text)
    assert Lines([region], [line]).line_of(line) == line
    assert lines.means(text, text)
    lines.spellings_of(text)
