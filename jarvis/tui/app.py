"""The application: its themes, its one screen, and the client it speaks through."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import App
from textual.command import Provider
from textual.driver import Driver

from jarvis.tui import theme
from jarvis.tui.client import ClientLike
from jarvis.tui.clock import Clock, SystemClock
from jarvis.tui.keys import deliver, see_through
from jarvis.tui.screens.chat import ChatScreen
from jarvis.tui.screens.frame import WIDE_FROM
from jarvis.tui.store.store import Store
from jarvis.tui.terminal.background import is_light_by_variable
from jarvis.tui.terminal.driver import TerminalDriver


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
        self,
        client: ClientLike,
        *,
        demo: bool = False,
        clock: Clock | None = None,
        theme_flag: str | None = None,
        theme_setting: str = theme.AUTO,
        on_first_frame: Callable[[], None] = lambda: None,
    ) -> None:
        """Make the application; `demo` marks it as running on made-up messages.

        Raises:
            ConfigError: there is no theme of the name that is asked for.
        """
        super().__init__()
        # Motion costs repaints over ssh and says nothing.
        self.animation_level = "none"
        self.store = Store(is_demo=demo)
        self._client = client
        self._on_first_frame = on_first_frame
        self._clock: Clock = clock or SystemClock()
        self.register_theme(theme.DARK)
        self.register_theme(theme.LIGHT)
        wanted = theme.wanted_theme(
            theme_flag, theme_setting, os.environ, self.available_themes
        )
        self._follows_terminal = wanted == theme.AUTO
        if self._follows_terminal:
            wanted = theme.own_theme(is_light=is_light_by_variable(os.environ))
        self._begin_with(wanted)

    def _begin_with(self, theme_name: str) -> None:
        """Take a theme before there is anything to style, so that nothing is parsed twice.

        Textual has taken its default, or TEXTUAL_THEME, before our themes were there.
        """
        self.set_reactive(App.theme, theme_name)
        is_dark = self.current_theme.dark
        self.set_class(is_dark, "-dark-mode", update=False)
        self.set_class(not is_dark, "-light-mode", update=False)
        self.set_class(True, f"-theme-{theme_name}", update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver with its faults mended: see `terminal/driver.py`."""
        return TerminalDriver

    def on_mount(self) -> None:
        """Ask the terminal whether it is light; without an answer the guess stays."""
        self.call_after_refresh(self._on_first_frame)
        if self._follows_terminal and isinstance(self._driver, TerminalDriver):
            self._driver.ask_background()

    @on(TerminalDriver.Background)
    def _background_told(self, message: TerminalDriver.Background) -> None:
        if self._follows_terminal:
            self.theme = theme.own_theme(is_light=message.is_light)

    @on(TerminalDriver.Resumed)
    def _resumed(self) -> None:
        """Paint the whole screen again: the terminal shows nothing of it any more."""
        self.refresh(layout=True)

    def get_default_screen(self) -> ChatScreen:
        """The one screen; others are laid over it."""
        address = str(self._client.socket_path)
        home = os.path.expanduser("~")
        if address.startswith(home + os.sep):
            address = "~" + address[len(home) :]
        is_wide = self.size.width >= WIDE_FROM
        self._chat = ChatScreen(
            *(self._client, self.store, self._clock), address=address, is_wide=is_wide
        )
        return self._chat

    async def on_event(self, event: events.Event) -> None:
        """What a key or a click does is done before the next key is looked at."""
        is_new = not getattr(event, "is_forwarded", False)
        if isinstance(event, events.InputEvent) and is_new:
            await self._chat.complete()
        if isinstance(event, events.Key | events.Paste) and is_new:
            await deliver(self, event)
            return
        await super().on_event(event)
        if isinstance(event, events.MouseUp | events.MouseDown) and is_new:
            await see_through(self, event)

    def action_command_palette(self) -> None:
        """Textual's own ctrl+p comes before the screen's, too: here is what it opens."""
        from jarvis.tui.screens.palette import Palette

        # What lies over the main screen can do none of its acts.
        if self.screen is self._chat:
            self.push_screen(Palette(id="--command-palette"))

    async def action_quit(self) -> None:
        """Textual's own ctrl+q comes before any of the screen's: it means the same."""
        self._chat.action_leave()
