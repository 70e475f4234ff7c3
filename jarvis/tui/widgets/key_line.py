"""The last row: the keys that count now, made from the actions; or one line of news."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from jarvis.tui.actions import Action, shown_key
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.wrap import fit


class KeyLine(Widget):
    """Keys with their labels, each clickable; as many as fit, Help always among them.

    News is one line of feedback in their place, instead of boxes over the text.
    """

    ALLOW_SELECT: ClassVar = False
    COMPONENT_CLASSES: ClassVar = {
        f"key-line--{part}" for part in ("key", "label", "news")
    }

    def __init__(self, *, id: str | None = None) -> None:
        """Show nothing yet."""
        super().__init__(id=id)
        self._actions: tuple[Action, ...] = ()
        self._news: str | None = None

    def show(self, actions: Sequence[Action], news: str | None) -> None:
        """Show these acts, or the news while there is some."""
        if (tuple(actions), news) != (self._actions, self._news):
            self._actions, self._news = tuple(actions), news
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row."""
        width, base = self.content_size.width, self.rich_style
        if self._news is not None:
            segments = [
                Segment(" " + fit(one_line(self._news), width - 2), self._style("news"))
            ]
            return Strip(segments).adjust_cell_length(width, base)
        segments = [Segment(" ", base)]
        for action in self._fitting(width - 1):
            click = Style(meta={"@click": f"screen.{action.name}"})
            key = f"{shown_key(action)} "
            segments.append(Segment(key, self._style("key") + click))
            segments.append(Segment(action.label, self._style("label") + click))
            segments.append(Segment("  ", base))
        return Strip(segments).adjust_cell_length(width, base)

    def _fitting(self, room: int) -> list[Action]:
        """As many as fit; the last of the table, Help, is the last to go."""
        chosen = list(self._actions)
        while len(chosen) > 1 and sum(map(_cells, chosen)) > room:
            del chosen[-2]
        return chosen

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"key-line--{name}")


def _cells(action: Action) -> int:
    return cell_len(shown_key(action)) + 1 + cell_len(action.label) + 2
