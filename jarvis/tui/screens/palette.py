"""The command palette: its entries come from the same table as the keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from textual import events
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.widgets import Input
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from jarvis.tui.actions import ACTIONS, Action, Where
from jarvis.tui.keys import WAIT_WITHIN_S, until_idle


class Palette(CommandPalette):
    """Textual's, where enter chooses among what fits the words that are there by then."""

    async def on_key(self, event: events.Key) -> None:
        """What was listed for fewer words is not what the reader means."""
        if event.key in ("enter", "down", "up"):
            for node in self.query_one(Input).ancestors_with_self:
                if node is not self.app:  # which waits here
                    await until_idle(node)  # the words go from each to the next
            with suppress(TimeoutError, WorkerCancelled, WorkerFailed):
                async with asyncio.timeout(WAIT_WITHIN_S):
                    for search in self._searches():
                        await search.wait()

    def _searches(self) -> list[Worker[object]]:
        group = self._GATHER_COMMANDS_GROUP
        return [worker for worker in self.workers if worker.group == group]


class ActionsProvider(Provider):
    """Every act that makes sense without a key being held, by name."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action in _offered():
            yield DiscoveryHit(_title(action), self._run(action), help=action.help)

    async def search(self, query: str) -> Hits:
        """Those whose name or sentence matches."""
        matcher = self.matcher(query)
        for action in _offered():
            score = matcher.match(f"{action.label} {action.help}")
            if score > 0:
                title = matcher.highlight(_title(action))
                yield Hit(score, title, self._run(action), help=action.help)

    def _run(self, action: Action) -> Callable[[], object]:
        return partial(self.screen.run_action, action.name)


def _offered() -> list[Action]:
    return [a for a in ACTIONS if a.in_palette and a.where is Where.ANYWHERE]


def _title(action: Action) -> str:
    return f"{action.label}  ({action.shown_key})"
