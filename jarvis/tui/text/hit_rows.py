"""A hit as rows: who, where, when, its text with marks; and what stands beside it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from rich.cells import cell_len

from jarvis.protocol.methods.search import FoundMessage, SearchHit
from jarvis.tui.text import when
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.message_rows import Part, Row
from jarvis.tui.text.wrap import Span, fit, line_spans, pad

ROWS: Final = 2
"""How many rows a hit has in the list."""
_SLACK: Final = 2
_INDENT: Final = "  "
_NAME_WIDTH: Final = 12
_LEAST_NAME: Final = 11
"""Cells without which who wrote it could not be told; facts beside it make way."""


class Marked(NamedTuple):
    """A text as it is drawn, and the parts of it that were looked for."""

    text: str
    marks: tuple[Span, ...]


def marked(text: str, highlights: Sequence[tuple[int, ...]]) -> Marked:
    """The text in one line; a highlight stays on its words though letters before it go."""
    drawn, marks, at = "", list[Span](), 0
    for start, end in sorted(highlights):
        if not at <= start < end <= len(text):
            continue
        drawn += one_line(text[at:start])
        begin = len(drawn)
        drawn += one_line(text[start:end])
        marks.append(Span(begin, len(drawn)))
        at = end
    return Marked(drawn + one_line(text[at:]), tuple(marks))


def rows(
    hit: SearchHit, width: int, now: datetime, zone: tzinfo | None, *, bar: Part
) -> tuple[Row, Row]:
    """The two rows behind a bar, each at most `width - 1` cells: the last one is slack."""
    facts = [*_repeats(hit), _found_at(hit.message, now, zone), _closeness(hit)]
    while facts and width - cell_len("  ".join(facts)) < _LEAST_NAME:
        facts.pop()
    right = "  ".join(facts)
    room = width - _SLACK - cell_len(right) - 1
    who, where = speaker(hit.message), _place(hit.message)
    name = fit(who, room)
    left = room - cell_len(name)
    excerpt = _excerpt(marked(hit.message.text, hit.highlights), width - _SLACK - 2)
    return (
        (
            bar,
            ("name", name),
            ("place", pad(where, left) if left > 0 else ""),
            ("when", f" {right}"),
        ),
        (bar, ("text", _INDENT), *excerpt),
    )


def context_rows(
    hit: SearchHit, width: int, height: int, zone: tzinfo | None
) -> list[Row]:
    """The hit as far as it fits, between the messages beside it."""
    around = sorted(hit.context, key=_order)
    before = [one for one in around if _order(one) < _order(hit.message)]
    after = [one for one in around if _order(one) > _order(hit.message)]
    before, after = before[-1:], after[:1]
    room = max(1, height - len(before) - len(after))
    text = marked(hit.message.text, hit.highlights)
    text_width = max(8, width - _SLACK - _NAME_WIDTH - 8)
    spans = line_spans(text.text, text_width)
    own = [_parts(text, *span) for span in spans[:room]]
    if len(spans) > room:
        own[-1] = [*own[-1], ("beside", " …")]
    margin = " " * cell_len(_head(hit.message, zone))
    drawn: list[Row] = [_beside(one, text_width, zone) for one in before]
    for number, parts in enumerate(own):
        head = margin if number else _head(hit.message, zone)
        drawn.append((("when", head), *parts))
    return [*drawn, *(_beside(one, text_width, zone) for one in after)]


def place_and_day(hit: SearchHit, now: datetime, zone: tzinfo | None) -> str:
    """«Climbing · Tue 18 Nov 2024»."""
    message = hit.message
    chat = one_line(message.chat_name or "") or speaker(message)
    return f"{chat} · {when.day(when.moment(message.date, zone), now)}"


def speaker(message: FoundMessage) -> str:
    """What the one who wrote it is called."""
    if message.is_from_me:
        return "You"
    return one_line(message.sender_name or message.sender or "Someone")


def _place(message: FoundMessage) -> str:
    """Where it was written, where the name of the writer does not say so already."""
    chat = one_line(message.chat_name or "")
    if not chat or chat == speaker(message):
        return ""
    return f" {'to' if message.is_from_me else 'in'} {chat}"


def _repeats(hit: SearchHit) -> list[str]:
    return [f"×{hit.repeat_count}"] if hit.repeat_count > 1 else []


def _closeness(hit: SearchHit) -> str:
    """The cosine; a hit by words alone has none, and says so."""
    return "words" if hit.similarity is None else f" {hit.similarity:.2f}"


def _found_at(message: FoundMessage, now: datetime, zone: tzinfo | None) -> str:
    """«today 21:40», «12 Nov», «12 Nov 2024»."""
    then = when.moment(message.date, zone)
    if then.date() == now.date():
        return f"today {when.time_of_day(then)}"
    return when.date(then, now)


def _order(message: FoundMessage) -> tuple[str, int]:
    return (message.date, message.id)


def _head(message: FoundMessage, zone: tzinfo | None) -> str:
    then = when.moment(message.date, zone)
    return f" {when.time_of_day(then)}  {pad(speaker(message), _NAME_WIDTH)} "


def _beside(message: FoundMessage, width: int, zone: tzinfo | None) -> Row:
    text = fit(one_line(message.text), width)
    return (("when", _head(message, zone)), ("beside", text))


def _excerpt(text: Marked, width: int) -> list[Part]:
    """As much of the text as fits, from a little before its first mark on."""
    start = 0
    if text.marks:
        first = text.marks[0]
        if cell_len(text.text[: first.end]) > width:
            start = _begin_before(text.text, first.start, width // 3)
    parts: list[Part] = [("text", "…")] if start else []
    room = width - len(parts)
    for style, piece in _parts(text, start, len(text.text)):
        drawn = fit(piece, room)
        parts.append((style, drawn))
        room -= cell_len(drawn)
        if drawn != piece or room <= 0:
            break
    return parts


def _begin_before(text: str, position: int, cells: int) -> int:
    """Where to begin so that at most so many cells stand before a position; at a word."""
    start = max(0, position - cells)
    while start < position and cell_len(text[start:position]) > cells:
        start += 1
    blank = text.find(" ", start, position)
    return start if blank < 0 else blank + 1


def _parts(text: Marked, start: int, end: int) -> list[Part]:
    """A slice of the text, its marks in a style of their own."""
    parts: list[Part] = []
    at = start
    for begin, stop in text.marks:
        begin, stop = max(begin, start), min(stop, end)
        if begin < stop:
            parts += [("text", text.text[at:begin]), ("mark", text.text[begin:stop])]
            at = stop
    return [*parts, ("text", text.text[at:end])]
