"""A reply is brought into the user's habits while it streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.style.habits import Habits, habits_of
from jarvis.assistant.style.styling import ReplyStyler, styled

CASUAL = habits_of((), ["on my way", "sure", "see you at the pier"] * 10)
CAREFUL = habits_of((), ["On my way.", "Sure 🎉", "See you at the pier."] * 10)
SHORT = habits_of((), ["Yes.", "No.", "Ok."] * 10)
PIECES = st.lists(
    st.sampled_from(
        [
            *("Sure", "SU", "RE", "i", " ", ".", "..", "!", "?", "é", "はい。", "3.5"),
            *("🎉", "👨\u200d", "👩", "\ufe0f", "🏽", "no way ", "\n", "a" * 90),
        ]
    ),
    max_size=12,
)


def in_pieces(pieces: list[str], habits: Habits | None) -> str:
    """What comes out of these pieces."""
    styler = ReplyStyler(habits)
    return "".join([*map(styler.feed, pieces), styler.finish()])


@pytest.mark.parametrize("habits", [CASUAL, CAREFUL, SHORT, None])
@given(PIECES)
def test_the_split_into_pieces_does_not_matter(
    habits: Habits | None, pieces: list[str]
) -> None:
    """Whole, by pieces or letter by letter: the same reply."""
    whole = "".join(pieces)
    assert in_pieces(pieces, habits) == styled(whole, habits)
    assert in_pieces(list(whole), habits) == styled(whole, habits)


@pytest.mark.parametrize(
    ("reply", "casual", "careful"),
    [
        ("Sure, see you.", "sure, see you", "Sure, see you."),
        ("sure. 🎉", "sure", "Sure. 🎉"),
        ("OK see you", "OK see you", "OK see you"),
        ("Hm...", "hm...", "Hm..."),
        ("so 🎉 good", "so good", "So 🎉 good"),
        ("🎉👍", "🎉👍", "🎉👍"),
        ("Étude à 7 h.", "étude à 7 h", "Étude à 7 h."),
        ("はい。", "はい。", "はい。"),
    ],
)
def test_habits_are_kept_to(reply: str, casual: str, careful: str) -> None:
    """Case, full stop and emoji of one who types in a hurry, and of one who does not."""
    assert styled(reply, CASUAL) == casual
    assert styled(reply, CAREFUL) == careful
    assert styled(reply, None) == reply


def test_a_reply_far_too_long_ends_with_its_sentence() -> None:
    """Past what the user hardly ever writes."""
    reply = "I will be there. " * 30
    ended = styled(reply, SHORT)
    assert 160 <= len(ended) < 180
    assert ended.endswith("there.")
    assert (
        styled("no end " * 60, SHORT) == ("No end " * 60).replace(" No", " no").strip()
    )


@given(st.text(max_size=60))
def test_no_word_is_lost(reply: str) -> None:
    """Of any script: letters and digits stay as they are, but for the case of the first."""
    letters = [each.casefold() for each in reply if each.isalnum()]
    kept = [each.casefold() for each in styled(reply, CASUAL) if each.isalnum()]
    assert "".join(kept) == "".join(letters)
