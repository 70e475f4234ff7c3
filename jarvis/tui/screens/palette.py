"""The command palette's entries, from the same table as the keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from jarvis.tui.actions import ACTIONS, Action, Where, shown_key


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
    return f"{action.label}  ({shown_key(action)})"
