"""Greedy wrapping by terminal cells, of whole texts and of one that grows at its end.

Whole texts have passed `clean`. No line is wider than its width and no letter is lost;
only blanks at a break fall away.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rich.cells import cell_len, split_graphemes

from jarvis.letters import starts
from jarvis.tui.text.clean import clean

NARROWEST: Final = 2
"""Cells: a wide letter cannot be split, so narrower columns are treated as this."""


_MAY_BE_TAKEN_APART: Final = re.compile(
    "[\u0900-\u0dff\u1000-\u109f\U0001f1e6-\U0001f1ff]"
)
"""Flags, and the scripts of India and Burma: elsewhere Textual's letters are whole."""


class Span(NamedTuple):
    """One drawn line as a slice of the text."""

    start: int
    end: int


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text in a column of `width` cells; an empty text is one line."""
    return [text[start:end] for start, end in line_spans(text, width)]


def line_spans(text: str, width: int) -> list[Span]:
    """Where each line of `wrap` lies in the text."""
    width = max(width, NARROWEST)
    spans: list[Span] = []
    start = 0
    for paragraph in text.split("\n"):
        if paragraph.isascii():
            spans += _ascii_spans(paragraph, start, width)
        else:
            spans += _grapheme_spans(paragraph, start, width)
        start += len(paragraph) + 1
    return spans


def fit(text: str, width: int) -> str:
    """One line cut to `width` cells, with an ellipsis where something was cut off."""
    if (len(text) <= width and text.isascii()) or cell_len(text) <= width:
        return text
    if width < 1:
        return ""
    kept, used = 0, 0
    for _start, end, cells in _letters(text, width)[0]:
        if used + cells > width - 1:
            break
        kept, used = end, used + cells
    return text[:kept].rstrip() + "…"


def pad(text: str, width: int) -> str:
    """One line cut or filled with blanks to exactly `width` cells."""
    fitted = fit(text, width)
    return fitted + " " * (width - cell_len(fitted))


class GrowingText:
    """What has been written so far, as lines of `width` cells.

    Greedy lines before the last never change when text is added, so a piece costs what
    its own length costs, however long the whole has become.
    """

    def __init__(self, width: int) -> None:
        """Start empty; pieces are cleaned as they come."""
        self._width = width
        self._text = ""
        self._spans: list[Span] = []

    def __len__(self) -> int:
        return len(self._spans)

    def extend(self, piece: str) -> None:
        start = self._spans.pop().start if self._spans else 0
        self._text += clean(piece)
        self._spans += [
            Span(start + span.start, start + span.end)
            for span in line_spans(self._text[start:], self._width)
        ]

    def lines(self, first: int = 0) -> list[str]:
        """The lines from number `first` on."""
        return [self._text[start:end] for start, end in self._spans[first:]]


def _ascii_spans(text: str, offset: int, width: int) -> list[Span]:
    """The short cut for the common case, where a letter is a cell."""
    spans: list[Span] = []
    start, length = 0, len(text)
    while length - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        if cut <= start or text[start:cut].isspace():
            cut = start + width
        spans.append(_span(text, start, cut, offset))
        start = _skip_blanks(text, cut)
    if start < length or not spans:
        spans.append(_span(text, start, length, offset))
    return spans


def _grapheme_spans(text: str, offset: int, width: int) -> list[Span]:
    """The same over graphemes; beside a wide one a line may break without a blank."""
    graphemes, cells_in_all = _letters(text, width)
    if cells_in_all <= width:
        return [_span(text, 0, len(text), offset)]
    spans: list[Span] = []
    line_start = index = first = used = 0
    cut: int | None = None  # the last grapheme on this line that a line may end before
    while index < len(graphemes):
        start, end, cells = graphemes[index]
        is_blank = text[start:end] == " "
        if (is_blank and text[line_start:start].strip()) or (
            index > first and (cells > 1 or graphemes[index - 1][2] > 1)
        ):
            cut = index
        if used + cells > width and index > first:
            resume = index if cut is None else cut
            spans.append(_span(text, line_start, graphemes[resume][0], offset))
            while resume < len(graphemes) and _text_of(text, graphemes[resume]) == " ":
                resume += 1
            index = first = resume
            line_start = graphemes[index][0] if index < len(graphemes) else len(text)
            used, cut = 0, None
            continue
        used += cells
        index += 1
    if line_start < len(text) or not spans:
        spans.append(_span(text, line_start, len(text), offset))
    return spans


def _letters(text: str, width: int) -> tuple[list[tuple[int, int, int]], int]:
    """Where each letter begins and ends, its cells; and the cells of all.

    Textual takes some letters apart: they are put together again, unless wider than that.
    """
    pieces, cells_in_all = split_graphemes(text)
    if not _MAY_BE_TAKEN_APART.search(text):
        return pieces, cells_in_all
    begin = set(starts(text))
    letters: list[tuple[int, int, int]] = []
    for start, end, cells in pieces:
        if start not in begin and letters[-1][2] + cells <= width:
            first, _, before = letters[-1]
            letters[-1] = first, end, before + cells
        else:
            letters.append((start, end, cells))
    return letters, cells_in_all


def _text_of(text: str, grapheme: tuple[int, int, int]) -> str:
    return text[grapheme[0] : grapheme[1]]


def _span(text: str, start: int, end: int, offset: int) -> Span:
    """A slice without the blanks at its end."""
    return Span(offset + start, offset + start + len(text[start:end].rstrip(" ")))


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start] == " ":
        start += 1
    return start
