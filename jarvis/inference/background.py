"""Work that nobody waits for, and what becomes of it when somebody does."""

from __future__ import annotations

from collections.abc import Callable, Hashable


class Background:
    """Goes with all texts of one piece of work: they make way for whoever waits.

    Once somebody waits for the work itself, its texts take that caller's turn, those in
    line included.
    """

    def __init__(self) -> None:
        self.awaited_by: Hashable = None
        self.is_awaited = False
        self.is_preempted = False
        """Whether a text of it was ended for a person; the work has come to nothing."""
        self.on_awaited: Callable[[], None] | None = None
        """Told once, when somebody waits from then on."""

    def await_for(self, caller: Hashable) -> None:
        """Somebody waits for it from now on; for a second one nothing changes."""
        if not self.is_awaited:
            self.awaited_by, self.is_awaited = caller, True
            if self.on_awaited is not None:
                self.on_awaited()
