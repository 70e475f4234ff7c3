"""What a model wraps around a reply is taken off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.trimming import ReplyTrimmer

RAW = st.lists(
    st.sampled_from(["Me:", "me", ":", '"', "“", "”", " ", "\n", "Sure", "reply: "])
)


def trimmed(raw: list[str]) -> str:
    """What comes out of these pieces."""
    trimmer = ReplyTrimmer()
    return "".join([*map(trimmer.feed, raw), trimmer.finish()])


@given(RAW)
def test_the_split_into_pieces_does_not_matter(raw: list[str]) -> None:
    """Whole, by pieces or letter by letter: the same reply."""
    whole = "".join(raw)
    assert trimmed(raw) == trimmed([whole]) == trimmed(list(whole))


@given(RAW)
def test_a_reply_has_no_blanks_at_its_ends(raw: list[str]) -> None:
    """Neither in front nor behind."""
    reply = trimmed(raw)
    assert reply == reply.strip()


@pytest.mark.parametrize(
    ("raw", "reply"),
    [
        (' "Sounds good!" ', "Sounds good!"),
        ("Me: on my way", "on my way"),
        ("Reply: Me: “ok” ", "ok"),
        ('"Dune" was great', "Dune was great"),
        ("Meet me: 7pm", "Meet me: 7pm"),
        ("me", "me"),
        ("it's 5\" wide", "it's 5\" wide"),
        ('she said "hi"', 'she said "hi"'),
        ("line one\nline two \n", "line one\nline two"),
        ("👍", "👍"),
        ("Me:", ""),
        ('""', ""),
        ("", ""),
    ],
)
def test_the_reply_itself_is_left_alone(raw: str, reply: str) -> None:
    """Names in front and quotation marks around it go, nothing else."""
    assert trimmed(list(raw)) == reply


def test_a_reply_streams_from_its_first_word() -> None:
    """Held back is only what may be a name in front, or a blank at the end."""
    trimmer = ReplyTrimmer()
    assert [trimmer.feed(piece) for piece in ("Me", "et", " at", " ", "7")] == [
        "",
        "Meet",
        " at",
        "",
        " 7",
    ]
