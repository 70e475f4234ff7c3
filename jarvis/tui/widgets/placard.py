"""A pane that says why there is nothing to read, and what to do."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from jarvis.tui.text.placards import Placard


class PlacardPane(Static):
    """A heading and some sentences in the middle of the pane."""

    def __init__(self, *, id: str | None = None) -> None:
        """Show nothing; a stranger's words are never read as markup."""
        super().__init__(id=id, markup=False)
        self._shown: Placard | None = None

    def show(self, placard: Placard | None) -> None:
        """Show the placard, or nothing."""
        self.display = placard is not None
        if placard is None or placard == self._shown:
            return
        self._shown = placard
        parts = [Content.styled(placard.heading, "bold")]
        parts += [Content(paragraph) for paragraph in placard.paragraphs]
        self.update(Content("\n\n").join(parts))
