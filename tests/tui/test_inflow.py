"""What a terminal sends is told apart: keys, pastes without a mark, and answers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.tui.terminal.inflow import Answered, Inflow, Keys, Pasted, Piece

LINES = "the first line\rthe second line\rthe third line"
TEXT = "the first line\nthe second line\nthe third line"
ANSWER = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"


def read(*reads: tuple[float, str]) -> list[Piece]:
    """What comes of reads at these times; keys that follow each other as one."""
    inflow, pieces = Inflow(0.0), list[Piece]()
    inflow.expect_answer(0.0)
    for now_s, text in reads:
        pieces += inflow.take(text, now_s) if text else inflow.look(now_s)
    return joined(pieces)


def joined(pieces: list[Piece]) -> list[Piece]:
    """Keys that follow each other as one."""
    made: list[Piece] = []
    for piece in pieces:
        if made and isinstance(piece, Keys) and isinstance(made[-1], Keys):
            made[-1] = Keys(made[-1].text + piece.text)
        else:
            made.append(piece)
    return made


@pytest.mark.parametrize(
    "typed",
    [
        "on\rmy\r",
        "ok\rsee you",
        "a message longer than anybody types in a moment, and its end\r",
        "a message longer than anybody types in a moment\rand another one\r",
        "\r\r\r\r",
        "a\rb\rc\r",
        "\x1b[A\x1b[B\x1bOP\x1b[<35;10;10M\x1b[13u",
        "one line that is long enough\x07\rtwo\rthree",
        "\x1b[200~" + LINES + "\x1b[201~",
    ],
)
def test_keys_are_keys(typed: str) -> None:
    """Also two messages ahead, keys that no paste holds, and a paste that is marked."""
    assert read((0.1, typed)) == [Keys(typed)]


@pytest.mark.parametrize(("end", "left"), [("", ""), ("\r", "\n"), ("\n", "\n")])
def test_three_lines_at_once_are_a_paste(end: str, left: str) -> None:
    """Whichever line end the terminal makes of theirs."""
    assert read((0.1, LINES + end)) == [Pasted(TEXT + left)]
    assert read((0.1, LINES.replace("\r", "\r\n"))) == [Pasted(TEXT)]
    assert read((0.1, "\x1b[I" + LINES)) == [Keys("\x1b[I"), Pasted(TEXT)]


def test_what_follows_a_paste_at_once_is_more_of_it() -> None:
    """A terminal hands over 4 KiB at a time; a moment later enter is enter."""
    pieces = read((0.1, LINES), (0.11, "and its last\r"), (0.5, "\r"))
    assert pieces == [Pasted(TEXT), Pasted("and its last\n"), Keys("\r")]


def test_what_gathers_while_nobody_looks_may_have_been_typed() -> None:
    """As much as a person types in that time; after an idle moment no more."""
    assert read((0.1, ""), (3.0, "a\r"), (3.0, LINES)) == [Keys("a\r" + LINES)]
    assert read((3.0, ""), (3.1, LINES)) == [Pasted(TEXT)]


def test_a_paste_that_is_marked_may_come_in_pieces() -> None:
    """What lies between the marks is left to them."""
    reads = ("\x1b[200~" + LINES, "\r" + LINES + "\x1b[201~\r")
    assert read((0.1, reads[0]), (0.2, reads[1])) == [Keys("".join(reads))]


@pytest.mark.parametrize("end", ["\x07", "\x1b\\"])
@pytest.mark.parametrize("colour", ["rgb:ffff/ffff/ffff", "#fff", ""])
def test_an_answer_is_no_key(end: str, colour: str) -> None:
    """Whoever types around it."""
    answer = f"\x1b]11;{colour}{end}"
    told = read((0.1, f"ab{answer}c\r"))
    assert told == [Keys("ab"), Answered(colour), Keys("c\r")]
    assert read((0.1, "\x1b[?997;1n")) == [Answered(None)]


@given(st.lists(st.integers(1, len(ANSWER) + 3), max_size=6), st.floats(0, 0.099))
def test_an_answer_is_no_key_however_it_is_cut(cuts: list[int], gap_s: float) -> None:
    """Over a slow line a byte comes at a time."""
    text, inflow, pieces, at = f"ab{ANSWER}c", Inflow(0.0), list[Piece](), 0.0
    inflow.expect_answer(0.0)
    edges = [0, *sorted(cuts), len(text)]
    for start, end in pairwise(edges):
        at += gap_s
        pieces += inflow.take(text[start:end], at)
    assert joined(pieces) == [Keys("ab"), Answered("rgb:ffff/ffff/ffff"), Keys("c")]


def test_the_beginning_of_an_answer_is_not_waited_for_for_ever() -> None:
    """An escape is a key a look later; half an answer never becomes one."""
    assert read((0.1, "\x1b"), (0.2, "")) == [Keys("\x1b")]
    assert read((0.1, "\x1b]11;rgb:ff"), (0.2, ""), (2.0, ""), (2.1, "a")) == [
        Keys("a")
    ]
    assert read((5.0, "\x1b")) == [Keys("\x1b")]
