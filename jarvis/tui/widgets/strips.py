"""Rows of styled parts as Textual strips, for the widgets that draw line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from jarvis.tui.text.message_rows import Part


def strip_of(
    parts: Iterable[Part], style_of: Callable[[str], Style], width: int, base: Style
) -> Strip:
    """The parts as one line of exactly `width` cells."""
    segments = [Segment(text, style_of(name)) for name, text in parts]
    return Strip(segments).adjust_cell_length(width, base)


def entitle(widget: Widget, title: str, subtitle: str) -> None:
    """Set the words in a border; Textual would paint the whole widget for the same ones."""
    if widget.border_title != Content(title).markup:
        widget.border_title = Content(title)
    if widget.border_subtitle != Content(subtitle).markup:
        widget.border_subtitle = Content(subtitle)
