"""The lower half of the reading pane: the draft being written above the composer."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from jarvis.tui.store.daemon_state import Online
from jarvis.tui.store.store import Store
from jarvis.tui.text import card_facts, titles
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.draft_card import DraftCard
from jarvis.tui.widgets.strips import entitle


class ReplyPane(Vertical):
    """Where a reply is made; a draft belongs to its conversation, and so does the text."""

    def compose(self) -> ComposeResult:
        """The draft above the composer."""
        self._draft_card = DraftCard(id="draft")
        self.composer = Composer(id="composer")
        yield self._draft_card
        yield self.composer

    def show(self, store: Store, now_s: float) -> None:
        """Show the draft of the open conversation, and what may be done with it."""
        card = store.card
        self._draft_card.display = card is not None and card.is_open
        self.composer.display = card is not None
        if card is None:
            return
        facts = card_facts.title(
            card, store.model, now_s, is_warming_up=store.is_warming_up
        )
        self._draft_card.show(card, facts, titles.card_keys(card))
        is_online = isinstance(store.link, Online)
        entitle(self.composer, *titles.of_composer(store.sender, is_online=is_online))
