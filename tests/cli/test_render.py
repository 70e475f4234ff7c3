"""Other people's text in a terminal: safe, on one line, cut where it must be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jarvis.cli.render import plain, safe


def test_escape_codes_and_overrides_do_not_reach_the_terminal() -> None:
    """A message cannot colour, clear or turn around the screen."""
    assert "\x1b" not in plain("red \x1b[31mink")
    assert plain("a\u202eb\u2066c") == "abc"
    assert plain("one\r\ntwo") == "one  two"


def test_lines_are_kept_where_lines_are_wanted() -> None:
    """A draft may have several."""
    assert safe("one\ntwo\x07") == "one\ntwo "


@given(st.text())
def test_no_control_character_survives(text: str) -> None:
    """Whatever was written."""
    assert plain(text).isprintable() or all(
        letter.isprintable() or ord(letter) > 0x9F for letter in plain(text)
    )
