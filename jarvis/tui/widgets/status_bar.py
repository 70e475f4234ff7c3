"""The two rows under both panes: facts, and the keys that count now or a line of news."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from jarvis.tui.actions import ACTIONS, Action, Where
from jarvis.tui.store.daemon_state import Offline, Online
from jarvis.tui.store.store import Store
from jarvis.tui.text import status_facts
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.message_rows import Part
from jarvis.tui.text.wrap import fit
from jarvis.tui.widgets.strips import Ink, Inks, strip_of

_SEPARATOR: Final[Part] = ("separator", " · ")
_FACTS, _KEYS = 0, 1
"""The two rows."""


INKS: Final = {
    "fact": Ink("text-muted"),
    "separator": Ink("text-disabled"),
    "tag": Ink("background", bold=True, ground="accent"),
    "online": Ink("success"),
    "waiting": Ink("warning"),
    "offline": Ink("error"),
    "warning": Ink("warning"),
    "unread": Ink("accent", bold=True),
    "keys": Ink("foreground", ground="background"),
    "key": Ink("primary", bold=True, ground="background"),
    "label": Ink("text-muted", ground="background"),
    "news": Ink("accent", bold=True, ground="background"),
}


class StatusBar(Widget):
    """Connection, model, unread and time; below them keys with their labels.

    Facts at the left are shown as far as they fit, those at the right always. Of the
    keys, each clickable, as many as fit, Help always among them. News is one line in
    their place, instead of boxes over the text.
    """

    ALLOW_SELECT: ClassVar = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.inks = Inks(self, INKS)
        self._tag: str | None = None
        self._left: list[Part] = []
        self._right: list[Part] = []
        self._actions: list[Action] = []
        self._news: str | None = None

    def show(
        self, store: Store, where: Where, address: str, now: datetime, now_s: float
    ) -> None:
        """Show the state as it is now; a row that says the same is not painted."""
        left = [status_facts.connection(store, address, now_s)]
        model = status_facts.model(store)
        if model is not None:
            left.append(model)
        right = status_facts.right(store, now)
        tag = "DEMO" if store.is_demo else None
        if (left, right, tag) != (self._left, self._right, self._tag):
            self._left, self._right, self._tag = left, right, tag
            self.refresh(Region(0, _FACTS, self.size.width, 1))
        actions = footer_actions(where, store)
        if (actions, store.news) != (self._actions, self._news):
            self._actions, self._news = actions, store.news
            self.refresh(Region(0, _KEYS, self.size.width, 1))

    def notify_style_update(self) -> None:
        """Forget the colours of before."""
        super().notify_style_update()
        self.inks.forget()

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y == _FACTS:
            return strip_of(self._facts(width), self.inks, width, self.rich_style)
        segments = list(self._keys(width) if self._news is None else self._line(width))
        return Strip(segments).adjust_cell_length(width, self.inks("keys"))

    def _facts(self, width: int) -> list[Part]:
        end = [*_joined(self._right), ("fact", " ")]
        room = width - _cells(end) - 1
        start: list[Part] = [("fact", " ")]
        if self._tag is not None:
            start += [("tag", f" {self._tag} "), ("fact", " ")]
        facts = list(self._left)
        while len(facts) > 1 and _cells([*start, *_joined(facts)]) > room:
            facts.pop()
        if facts:
            # Even the connection alone may be too long for a very small window.
            facts[0] = facts[0][0], fit(facts[0][1], max(1, room - _cells(start)))
        start += _joined(facts)
        blank = max(0, width - _cells(start) - _cells(end))
        return [*start, ("fact", " " * blank), *end]

    def _line(self, width: int) -> list[Segment]:
        words = fit(one_line(self._news or ""), width - 2)
        return [Segment(" " + words, self.inks("news"))]

    def _keys(self, width: int) -> list[Segment]:
        base = self.inks("keys")
        segments = [Segment(" ", base)]
        chosen = [(f"{action.shown_key} ", action) for action in self._actions]
        cells = [cell_len(key) + cell_len(action.label) + 2 for key, action in chosen]
        while len(chosen) > 1 and sum(cells) > width - 1:
            del chosen[-2], cells[-2]  # the last of the table, Help, is the last to go
        for key, action in chosen:
            click = Style(meta={"@click": f"screen.{action.name}"})
            segments.append(Segment(key, self.inks("key") + click))
            segments.append(Segment(action.label, self.inks("label") + click))
            segments.append(Segment("  ", base))
        return segments


def footer_actions(where: Where, store: Store) -> list[Action]:
    """In the order of the table, the acts of this place and those of everywhere.

    Only those that would do something now.
    """
    card, page, is_online = store.card, store.page, isinstance(store.link, Online)
    is_idle = card is not None and not card.is_live and is_online
    suggestions = card.suggestions if card is not None and card.is_open else []
    is_page_failed = page is not None and page.failure is not None
    is_failed = store.inbox_failure is not None or is_page_failed
    has_effect = {
        "draft": is_idle,
        "draft_again": is_idle and bool(suggestions),
        "use_draft": bool(suggestions),
        "next_suggestion": len(suggestions) > 1,
        "take_back": store.outbox.last_not_sent(store.open_chat) is not None,
        "use_offer": bool(store.offers) and is_online,
        "choose_offer": len(store.offers) > 1 and is_online,
        "search": is_online,
        "next_unread": store.inbox.next_unread(store.open_chat) is not None,
        "retry": isinstance(store.link, Offline) or is_failed,
        "open": bool(store.inbox.conversations),
    }
    return [
        action
        for action in ACTIONS
        if action.in_footer
        and action.where in (where, Where.ANYWHERE)
        and has_effect.get(action.name, True)
    ]


def _joined(facts: list[Part]) -> list[Part]:
    parts: list[Part] = []
    for fact in facts:
        parts += [_SEPARATOR, fact] if parts else [fact]
    return parts


def _cells(parts: list[Part]) -> int:
    return sum(cell_len(text) for _style, text in parts)
