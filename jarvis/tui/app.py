"""The application: its themes, its one screen, and the client it speaks through."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.command import Provider

from jarvis.client import Client
from jarvis.tui import theme
from jarvis.tui.clock import Clock, SystemClock
from jarvis.tui.screens.chat import ChatScreen
from jarvis.tui.store.store import Store


def _actions_provider() -> type[Provider]:
    # 15 ms that the first paint need not wait for: the palette is opened by hand.
    from jarvis.tui.screens.palette import ActionsProvider

    return ActionsProvider


class JarvisApp(App[None]):
    """Everything on screen comes through `client`; quitting leaves the daemon running."""

    TITLE = "Jarvis"
    # Here and not on the screen: Textual does not load the styles of a default screen.
    CSS_PATH = "screens/chat.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {
        _actions_provider
    }

    def __init__(
        self, client: Client, *, demo: bool = False, clock: Clock | None = None
    ) -> None:
        """Make the application; `demo` marks it as running on made-up messages."""
        super().__init__()
        # Motion costs repaints over ssh and says nothing.
        self.animation_level = "none"
        self.store = Store(is_demo=demo)
        self._client = client
        self._clock: Clock = clock or SystemClock()
        self.register_theme(theme.DARK)
        self.register_theme(theme.LIGHT)
        self.theme = theme.theme_for(os.environ)

    def get_default_screen(self) -> ChatScreen:
        """The one screen; others are laid over it."""
        address = str(self._client.socket_path)
        home = os.path.expanduser("~")
        if address.startswith(home + os.sep):
            address = "~" + address[len(home) :]
        return ChatScreen(self._client, self.store, self._clock, address)

    async def action_quit(self) -> None:
        """Textual's own ctrl+q comes before any of the screen's: it means the same."""
        screen = self.screen_stack[0]
        if isinstance(screen, ChatScreen):
            screen.action_leave()
