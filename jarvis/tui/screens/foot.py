"""The two lines under both panes: facts, and the keys that count now or a line of news."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical

from jarvis.tui.actions import Where
from jarvis.tui.clock import Clock
from jarvis.tui.footer import footer_actions
from jarvis.tui.store.store import Store
from jarvis.tui.text import status_words
from jarvis.tui.widgets.key_line import KeyLine
from jarvis.tui.widgets.status_line import StatusLine

NEWS_S: Final = 5.0
"""How long a line of news stays: long enough to read ten words twice."""


class Foot(Vertical):
    """What the store holds in two lines; nothing is painted for what was shown before."""

    def __init__(
        self, store: Store, clock: Clock, address: str, *, id: str | None = None
    ) -> None:
        """Show nothing yet; `address` is what the socket is called on screen."""
        super().__init__(id=id)
        self._store = store
        self._clock = clock
        self._address = address
        self._where = Where.LIST
        self._news: str | None = None

    def compose(self) -> ComposeResult:
        """Facts above keys."""
        yield StatusLine(id="status")
        yield KeyLine(id="keys")

    def show(self, where: Where) -> None:
        """Show the state as it is now, to a reader whose focus is there."""
        store, self._where = self._store, where
        now_s = self._clock.elapsed_s()
        facts = [status_words.connection(store, self._address, now_s)]
        model = status_words.model(store)
        if model is not None:
            facts.append(model)
        right = status_words.right(store, self._clock.now())
        tag = "DEMO" if store.is_demo else None
        self.query_one(StatusLine).show(facts, right, tag)
        self.query_one(KeyLine).show(footer_actions(where, store), self._news)

    def tell(self, sentence: str) -> None:
        """One line of news in place of the keys, for as long as it takes to read."""
        self._news = sentence
        self.set_timer(NEWS_S, lambda: self._forget(sentence))
        self.show(self._where)

    def _forget(self, sentence: str) -> None:
        if self._news == sentence:
            self._news = None
            self.show(self._where)
