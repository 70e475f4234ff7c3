"""The one question of the composer: what to do with what already stands in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from jarvis.tui.keys import deliver


class Choice(StrEnum):
    """What becomes of the text that is there."""

    REPLACE = "replace"
    APPEND = "append"
    KEEP = "keep"


class ChoiceScreen(ModalScreen[None]):
    """replace · append · keep; escape keeps, and so does who types on without looking."""

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

    def __init__(self, other: str, answered: Callable[[Choice], None]) -> None:
        """Ask because of `other`, which is on its way into the composer."""
        super().__init__()
        self._other = other
        self._answered = answered
        self._asked_at_s = float("inf")

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

    def on_mount(self) -> None:
        """What was typed before the question could be read is no answer to it."""
        self.call_after_refresh(self._begin_to_listen)

    def _begin_to_listen(self) -> None:
        self._asked_at_s = time.monotonic()

    async def on_key(self, event: events.Key) -> None:
        """A key typed before the question goes to the composer, and counts as «keep»."""
        if event.time < self._asked_at_s:
            self.dismiss()
            await deliver(self.app, event)
            event.stop()

    def action_answer(self, answer: str) -> None:
        """Do as answered, at once: the next key may be a letter of the message."""
        self.dismiss()
        self._answered(Choice(answer))
