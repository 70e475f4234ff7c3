"""How the user writes, measured on their own texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.style.habits import (
    LEAST_TEXTS,
    SHORTEST_LIMIT,
    Habits,
    habits_of,
)

CASUAL = [f"sure, see you at {hour}" for hour in range(LEAST_TEXTS)]
CAREFUL = ["I will be there. Thank you very much, my dear friend."] * LEAST_TEXTS
CHEERFUL = ["Yes! 🎉", "nice one 😀"] * LEAST_TEXTS


def measured(texts: list[str]) -> Habits:
    """The habits of enough texts."""
    habits = habits_of(texts, ())
    assert habits is not None
    return habits


def test_too_few_texts_tell_no_habit() -> None:
    """To a contact, then to all, then nothing."""
    few = CASUAL[: LEAST_TEXTS - 1]
    assert habits_of(few, few) is None
    overall = habits_of(few, CAREFUL)
    assert overall is not None
    assert not overall.is_of_contact
    assert measured(CASUAL).is_of_contact


def test_a_casual_writer_is_told_from_a_careful_one() -> None:
    """By the first letter and the full stop; of a mixed one nothing is said."""
    casual, careful, mixed = map(measured, (CASUAL, CAREFUL, CASUAL + CAREFUL))
    assert (casual.case, casual.full_stop, casual.drops_emoji) == ("lower", False, True)
    assert (careful.case, careful.full_stop) == ("upper", True)
    assert (mixed.case, mixed.full_stop) == (None, None)
    assert careful.language == "en"


def test_emoji_are_counted_and_do_not_hide_how_a_text_ends() -> None:
    """Joined ones too."""
    cheerful = measured(CHEERFUL)
    assert cheerful.emoji_rate == 1
    assert not cheerful.drops_emoji
    assert cheerful.other_closing_share == 0.5
    assert measured(["ok 👩‍👩‍👧"] * LEAST_TEXTS).emoji_rate == 1


def test_a_reply_may_be_twice_as_long_as_most() -> None:
    """And never must be shorter than a short message."""
    assert measured(CASUAL).longest_characters == SHORTEST_LIMIT
    assert measured(["x" * 300] * LEAST_TEXTS).longest_characters == 600


@pytest.mark.parametrize(
    "text", ["はい、行きます。", "नमस्ते दोस्त", "مرحبا يا صديقي", "好的", "ครับ"]
)
def test_scripts_without_capitals_have_no_case(text: str) -> None:
    """Everything else is measured as ever."""
    habits = measured([text] * LEAST_TEXTS)
    assert habits.case is None
    assert habits.median_characters == len(text)


@given(st.lists(st.text(), min_size=LEAST_TEXTS, max_size=40))
def test_any_texts_can_be_measured(texts: list[str]) -> None:
    """Shares are shares."""
    habits = measured(texts)
    for share in (
        habits.full_stop_share,
        habits.other_closing_share,
        habits.emoji_rate,
    ):
        assert 0 <= share <= 1
    assert habits.median_characters <= habits.p90_characters
