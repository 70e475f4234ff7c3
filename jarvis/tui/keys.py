"""One key at a time: what a key does is done before the next one is looked at.

Textual puts a key into the queue of the widget that has the focus, from there into the
queue of each one around it, and looks at the bindings last; meanwhile it hands on the
keys after it. Who types faster than that writes to the person they have just left, and
sends with one message the beginning of the next.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from textual._callback import invoke
from textual.app import App
from textual.errors import NoWidget
from textual.events import Key, MouseEvent, Paste
from textual.message_pump import MessagePump

WAIT_WITHIN_S: Final = 1.0
"""How long a key waits for a screen to be up, or a click to be done; then it goes on."""


async def deliver(app: App[Any], event: Key | Paste) -> None:
    """Hand a key to whoever has the focus and on to those around it, and see it through.

    The order is Textual's: bindings with priority, handlers from the inside out, then
    the bindings, which are the handler of the application.
    """
    # A screen that the key before has opened gives somebody the focus once it is up.
    with suppress(TimeoutError):
        async with asyncio.timeout(WAIT_WITHIN_S):
            await app.screen._mounted_event.wait()
    event._set_forwarded()
    if isinstance(event, Key) and await app._check_bindings(event.key, priority=True):
        return
    for node in (app.focused or app.screen).ancestors_with_self:
        event._no_default_action = False  # it is said for one widget, not for all
        with node._context():
            for _, handle in node._get_dispatch_methods(event.handler_name, event):
                await invoke(handle, event)
        if event._stop_propagation:
            return


async def see_through(app: App[Any], event: MouseEvent) -> None:
    """Wait until what was clicked has done what it does: the next key may rely on it."""
    with suppress(NoWidget):
        widget, _ = app.get_widget_at(event.x, event.y)
        await until_idle(widget)


async def until_idle(pump: MessagePump) -> None:
    """Wait until it has handled all that is in its queue now, at most `WAIT_WITHIN_S`."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_WITHIN_S):
                await done.wait()
