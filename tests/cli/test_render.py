"""Other people's text in a terminal: safe, on one line, cut where it must be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from jarvis.cli.render import plain, safe, table


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


def test_columns_stand_below_each_other_as_a_terminal_shows_them() -> None:
    """A name in Japanese or with a family in it takes twice the room of its letters."""
    names = [
        "Ann",
        "\u65e5\u672c",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "[b]x[/]",
    ]
    lines = table([(name, "here") for name in names], None, None).splitlines()
    assert [line.split()[0] for line in lines] == names
    assert len({cell_len(line.removesuffix("here")) for line in lines}) == 1


def test_what_is_too_wide_for_its_column_ends_in_an_ellipsis() -> None:
    """And nothing else is cut, however narrow the window: a script may read it."""
    long = "x" * 500
    assert table([(long, long)], 10, None) == f"{'x' * 9}…  {long}"


def test_an_empty_table_is_nothing() -> None:
    """Not a line without words."""
    assert table([], None) == ""
