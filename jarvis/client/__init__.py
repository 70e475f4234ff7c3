"""How anything speaks to the daemon: `Client` with an event loop, `BlockingClient` without.

A name is imported when it is first used: short commands load neither asyncio nor msgspec.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jarvis.client.blocking import BlockingClient, BlockingStream, RemoteError
    from jarvis.client.client import Client, Connected, Disconnected, Notice
    from jarvis.client.progress import StreamProgress
    from jarvis.client.spawn import start_daemon
    from jarvis.client.stream import Stream
    from jarvis.client.subscription import Gap
    from jarvis.client.wire import Push, StreamToken

__all__ = [
    "BlockingClient",
    "BlockingStream",
    "Client",
    "Connected",
    "Disconnected",
    "Gap",
    "Notice",
    "Push",
    "RemoteError",
    "Stream",
    "StreamProgress",
    "StreamToken",
    "start_daemon",
]

_ROOM_BY_NAME = {
    "BlockingClient": "blocking",
    "BlockingStream": "blocking",
    "Client": "client",
    "Connected": "client",
    "Disconnected": "client",
    "Gap": "subscription",
    "Notice": "client",
    "Push": "wire",
    "RemoteError": "blocking",
    "Stream": "stream",
    "StreamProgress": "progress",
    "StreamToken": "wire",
    "start_daemon": "spawn",
}

if not TYPE_CHECKING:  # a name that is none of these stays an error for a type checker

    def __getattr__(name: str) -> object:
        room = _ROOM_BY_NAME.get(name)
        if room is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{room}"), name)
