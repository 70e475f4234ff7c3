"""A message as rows of styled parts: time, name, wrapped text, what hangs on it. Pure.

A part names its style; the widget knows the colours. The last cell of every row stays
empty, because terminals disagree about the width of what strangers write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Final
from zlib import crc32

from rich.cells import cell_len

from jarvis.bodies import has_words, text_of
from jarvis.records import Attachment, Message, Reaction
from jarvis.records import Part as BodyPart
from jarvis.tui.text import when
from jarvis.tui.text.clean import clean, one_line
from jarvis.tui.text.wrap import fit, line_spans, pad, wrap

Part = tuple[str, str]
"""The name of a style, and the text drawn in it."""
Row = tuple[Part, ...]
Block = tuple[str, str | Attachment]
"""The name of a style, and words to be wrapped or a file, which has a row of its own."""

NAME_COLOURS: Final = 5
"""How many colours others' names are spread over: `name-0`, `name-1`, …"""
_TIME_WIDTH: Final = 5
_GAP: Final = 2
_SLACK: Final = 2
_SHORTEST_NAME, _LONGEST_NAME = 7, 12
_NARROW: Final = 60
"""Cells below which names get half as much room."""

_REACTION_MARKS: Final = {
    "love": "♥",
    "like": "liked",
    "dislike": "disliked",
    "laugh": "ha",
    "emphasize": "!!",
    "question": "?",
    "sticker": "sticker",
}


@dataclass(frozen=True)
class Columns:
    """Where things stand in a thread of a certain width, in cells."""

    width: int
    name_width: int

    @property
    def text_start(self) -> int:
        """The column the text begins in."""
        return 1 + _TIME_WIDTH + _GAP + self.name_width + _GAP

    @property
    def text_width(self) -> int:
        """How wide a line of text may be."""
        return max(8, self.width - self.text_start - _SLACK)


def columns_for(messages: list[Message], width: int) -> Columns:
    """Columns in which the names of these people fit, as far as there is room."""
    most = _LONGEST_NAME if width >= _NARROW else _LONGEST_NAME // 2
    # A set of names, not of messages: a thread of 100,000 has a handful of people.
    names = {speaker(message) for message in messages if not message.is_from_me}
    longest = max(map(cell_len, names), default=0)
    room = min(most, max(_SHORTEST_NAME, longest))
    # Two of one first name differ at the end of what they are called.
    while room < min(longest, width // 3) and not _are_told_apart(names, room):
        room += 1
    return Columns(width, room)


def _are_told_apart(names: set[str], room: int) -> bool:
    return len({fit(name, room) for name in names}) == len(names)


def speaker(message: Message) -> str:
    """What a person is called beside their message: «You», «Mum», «+1 555 0100»."""
    if message.is_from_me:
        return "You"
    called = message.sender_short_name or message.sender_name or message.sender
    return one_line(called or "Someone")


def height(message: Message, columns: Columns, receipt: Part | None = None) -> int:
    """How many rows `rows` gives; cheap, because a long thread asks it of every message."""
    rows = 1 if message.reactions else 0
    for _style, block in _blocks(message):
        rows += _height(block, columns)
    if receipt is None or _receipt_fits(message, columns, receipt):
        return max(1, rows)
    return max(1, rows) + len(line_spans(receipt[1], columns.text_width))


def rows(
    message: Message,
    columns: Columns,
    zone: tzinfo | None,
    *,
    names_speaker: bool = True,
    receipt: Part | None = None,
) -> list[Row]:
    """The message drawn; `receipt` is a remark set to the right of its last row.

    Where it does not fit there it is set below, as many rows as it takes.
    """
    lines: list[Part] = []
    for style, block in _blocks(message):
        if isinstance(block, Attachment):
            lines.append((style, _attachment(block, columns)))
        else:
            lines += [(style, line) for line in wrap(block, columns.text_width)]
    if message.reactions:
        lines.append(("aside", fit(_reactions(message.reactions), columns.text_width)))
    margin = " " * columns.text_start
    drawn: list[Row] = [(("text", margin), line) for line in lines or [("aside", "")]]
    drawn[0] = (*_head(message, columns, zone, names_speaker), drawn[0][1])
    if receipt is not None:
        _set_receipt(drawn, message, columns, receipt)
    return drawn


def remarked(message: Message, receipt: Part | None) -> Part | None:
    """The remark, and that the text is not the first one, or still waits to be sent."""
    if message.kind == "scheduled":
        return ("time", "scheduled")
    if message.date_edited is None:
        return receipt
    return (
        ("time", "(edited)")
        if receipt is None
        else (receipt[0], f"(edited) · {receipt[1]}")
    )


def rule(title: str, width: int, style: str, *, is_full: bool) -> Row:
    """A heading across the thread; `is_full` draws its line from edge to edge."""
    room = width - 2
    title = fit(f" {title} ", room - 4)
    dashes = room - cell_len(title)
    if not is_full:
        left = dashes // 2
        return ((style, " " * (1 + left - 2) + f"──{title}──"),)
    left = dashes // 2
    return ((style, " " + "─" * left + title + "─" * (dashes - left)),)


def lit(row: Row) -> Row:
    """A row of the message that was looked for: with a bar in its first, empty cell."""
    (style, text), *rest = row
    return (("lit", "▌"), (style, text[1:]), *rest)


def day_of(message: Message, zone: tzinfo | None) -> datetime:
    """The moment of a message in the reader's zone."""
    return when.moment(message.date, zone)


def name_style(message: Message) -> str:
    """The style of a speaker's name: the same person has the same colour everywhere."""
    if message.is_from_me:
        return "you"
    return f"name-{crc32((message.sender or '').encode()) % NAME_COLOURS}"


def _blocks(message: Message) -> list[Block]:
    """What stands below one another, in the order of the body, and in what style."""
    style = "own" if message.is_from_me else "text"
    if len(message.parts) == 1 and message.text:
        return [(style, clean(message.text))]
    if not message.parts:
        files: list[Block] = [
            ("aside", attachment) for attachment in message.attachments
        ]
        if message.text:
            return [(style, clean(message.text)), *files]
        return files or [("aside", clean(message.line))]
    blocks: list[Block] = []
    for is_file, group in groupby(message.parts, lambda part: part.kind == "file"):
        parts = list(group)
        if not is_file and has_words(parts):
            blocks.append((style, clean(text_of(parts))))
        else:
            blocks += [
                ("aside", _thing(part, message))
                for part in parts
                if part.kind != "text"
            ]
    return blocks or [("aside", clean(message.line))]


def _thing(part: BodyPart, message: Message) -> str | Attachment:
    """What is drawn in the place of a file, or of a mark that stands by itself."""
    if part.attachment is not None and part.attachment < len(message.attachments):
        return message.attachments[part.attachment]
    return clean(f"[{part.text}]" if part.kind == "file" else part.text)


def _height(block: str | Attachment, columns: Columns) -> int:
    if isinstance(block, Attachment):
        return 1
    is_simple = len(block) <= columns.text_width and block.isascii()
    if is_simple and "\n" not in block:
        return 1
    return len(line_spans(block, columns.text_width))


def _head(
    message: Message, columns: Columns, zone: tzinfo | None, names_speaker: bool
) -> Row:
    time = when.time_of_day(when.moment(message.date, zone))
    name = speaker(message) if names_speaker else ""
    return (
        ("time", f" {time}  "),
        (name_style(message), pad(name, columns.name_width)),
        ("text", " " * _GAP),
    )


def _attachment(attachment: Attachment, columns: Columns) -> str:
    facts = f" · {when.size(attachment.size_bytes)}"
    if attachment.is_missing:
        facts += " · not on this computer"
    name = fit(one_line(attachment.name), max(6, columns.text_width - len(facts) - 2))
    return fit(f"[{name}{facts}]", columns.text_width)


def _reactions(reactions: tuple[Reaction, ...]) -> str:
    counts: dict[str, int] = {}
    for reaction in reactions:
        mark = one_line(reaction.emoji or "") or _REACTION_MARKS.get(reaction.kind, "")
        counts[mark] = counts.get(mark, 0) + 1
    return "  ".join(
        mark if count == 1 else f"{mark} {count}" for mark, count in counts.items()
    )


def _receipt_fits(message: Message, columns: Columns, receipt: Part) -> bool:
    blocks = [] if message.reactions else _blocks(message)
    if len(blocks) != 1 or isinstance(lines := blocks[0][1], Attachment):
        return False
    start, end = line_spans(lines, columns.text_width)[-1]
    used = cell_len(lines[start:end])
    return used + _GAP + cell_len(receipt[1]) <= columns.text_width


def _set_receipt(
    drawn: list[Row], message: Message, columns: Columns, receipt: Part
) -> None:
    style, words = receipt
    if not _receipt_fits(message, columns, receipt):
        margin = ("text", " " * columns.text_start)
        drawn += [(margin, (style, line)) for line in wrap(words, columns.text_width)]
        return
    used = sum(cell_len(text) for _style, text in drawn[-1])
    blank = columns.width - _SLACK - used - cell_len(words)
    drawn[-1] = (*drawn[-1], ("text", " " * blank), receipt)
