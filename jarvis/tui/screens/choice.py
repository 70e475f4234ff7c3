"""The one question of the composer: what to do with what already stands in it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class Choice(StrEnum):
    """What becomes of the text that is there."""

    REPLACE = "replace"
    APPEND = "append"
    KEEP = "keep"


class ChoiceScreen(ModalScreen[Choice]):
    """replace · append · keep; escape keeps."""

    BINDINGS: ClassVar = [
        Binding("r", "answer('replace')", "Replace"),
        Binding("a", "answer('append')", "Append"),
        Binding("k,escape", "answer('keep')", "Keep"),
    ]
    CSS = """
    ChoiceScreen { align: center bottom; background: $background 40%; }
    ChoiceScreen > #choice {
        width: auto; height: auto; margin: 0 2 4 2; padding: 0 2;
        border: round $accent; background: $surface; color: $text;
    }
    """

    def __init__(self, other: str) -> None:
        """Ask because of `other`, which is on its way into the composer."""
        super().__init__()
        self._other = other

    def compose(self) -> ComposeResult:
        """One line; the keys are its first letters."""
        question = Static(
            Content.assemble(
                "You have begun a message.   ",
                *(("r", "bold $accent"), "eplace it · "),
                *(("a", "bold $accent"), f"ppend {self._other} · "),
                *(("k", "bold $accent"), "eep yours"),
            ),
            id="choice",
        )
        yield question

    def action_answer(self, answer: str) -> None:
        """Close with the answer."""
        self.dismiss(Choice(answer))
