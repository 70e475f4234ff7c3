"""Rows of named parts as Textual strips, in the colours of the theme.

Textual works out a style sheet for every component of a widget whenever a class, the
focus or the size changes: for the fifty parts that are drawn here that was a fifth of the
time to the first paint. So a widget names the ink of each part, and the ink is mixed when
the part is first drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from jarvis.tui.text.message_rows import Part


class Ink(NamedTuple):
    """How a part is drawn; colours are variables of the theme."""

    color: str = "text"
    bold: bool | None = None
    italic: bool | None = None
    ground: str | None = None
    """What it is drawn on; None is the widget's own background."""


class Inks:
    """The styles of a widget's parts, for as long as nothing about its own changes.

    The widget calls `forget` from its `notify_style_update`.
    """

    def __init__(self, widget: Widget, inks: Mapping[str, Ink]) -> None:
        """Take the inks; a style is mixed when it is first asked for."""
        self._widget = widget
        self.parts = inks
        self._styles: dict[str, Style] = {}
        self._is_dim = False

    def __call__(self, name: str) -> Style:
        """The style of the part of that name."""
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self._mixed(self.parts[name])
        return style

    def forget(self) -> None:
        """Mix all of them anew: the theme, or the widget's background, is another one."""
        self._styles.clear()

    def dim(self, is_dim: bool) -> bool:
        """Draw every text as if it were disabled, or no longer; whether that is new."""
        if is_dim == self._is_dim:
            return False
        self._is_dim = is_dim
        self.forget()
        return True

    def _mixed(self, ink: Ink) -> Style:
        variables = self._widget.app.theme_variables
        ground = self._widget.visual_style.background or Color(0, 0, 0)
        if ink.ground is not None:
            ground += _colour(variables[ink.ground], ground)
        name = "text-disabled" if self._is_dim else ink.color
        colour = ground + _colour(variables[name], ground)
        return Style(
            color=colour.rich_color,
            bgcolor=ground.rich_color,
            bold=ink.bold,
            italic=ink.italic,
        )


def _colour(value: str, ground: Color) -> Color:
    """A theme's value as a colour: «#aabbcc», «ansi_default 50%», «auto 60%»."""
    name, _, share = value.partition(" ")
    alpha = float(share.rstrip("%")) / 100 if share else 1.0
    if name == "auto":
        return ground.get_contrast_text(alpha)
    colour = Color.parse(name)
    return colour.multiply_alpha(alpha) if share else colour


def strip_of(
    parts: Iterable[Part], style_of: Callable[[str], Style], width: int, base: Style
) -> Strip:
    """The parts as one line of exactly `width` cells."""
    segments = [Segment(text, style_of(name)) for name, text in parts]
    return Strip(segments).adjust_cell_length(width, base)


def tinted(strip: Strip, under: Style) -> Strip:
    """The line on the ground of another style, in its own colours."""
    tint = Style(bgcolor=under.bgcolor)
    segments = [
        segment._replace(style=(segment.style or Style()) + tint) for segment in strip
    ]
    return Strip(segments, strip.cell_length)


def entitle(widget: Widget, title: str, subtitle: str) -> None:
    """Set the words in a border; Textual would paint the whole widget for the same ones."""
    if widget.border_title != Content(title).markup:
        widget.border_title = Content(title)
    if widget.border_subtitle != Content(subtitle).markup:
        widget.border_subtitle = Content(subtitle)
