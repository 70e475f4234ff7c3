"""Rows of styled parts as Textual strips, for the widgets that draw line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from jarvis.tui.text.message_rows import Part


def strip_of(
    parts: Iterable[Part], style_of: Callable[[str], Style], width: int, base: Style
) -> Strip:
    """The parts as one line of exactly `width` cells."""
    segments = [Segment(text, style_of(name)) for name, text in parts]
    return Strip(segments).adjust_cell_length(width, base)
