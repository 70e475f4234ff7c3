"""What get_status answers in tests that play the daemon: a model is ready, none sends."""

from __future__ import annotations

from jarvis import __version__
from jarvis.protocol.methods.search import IndexState
from jarvis.protocol.methods.status import (
    ContactsStatus,
    DaemonStatus,
    ModelStatus,
    SendingStatus,
    SessionsStatus,
    Status,
    StoresStatus,
    WatcherStatus,
)

STATUS = Status(
    daemon=DaemonStatus(
        status="ok",
        pid=4242,
        version=__version__,
        protocol_version=1,
        uptime_s=12.5,
        rss_bytes=60_000_000,
        home="/home/me/.jarvis",
        socket="/home/me/.jarvis/jarvis.sock",
        log="/home/me/.jarvis/daemon.log",
    ),
    stores=StoresStatus(
        chat_db="/home/me/chat.db",
        problem=None,
        jarvis_db="/home/me/.jarvis/jarvis.db",
        notice=None,
        epoch="e",
        seq=1,
        conversations=5,
        waiting_rows=0,
        uncounted_rows=0,
    ),
    contacts=ContactsStatus(
        location="/home/me/AddressBook", names=4, sources=(), problems=()
    ),
    model=ModelStatus(
        engine="mlx",
        model="qwen3-4b-instruct",
        state="ready",
        reason=None,
        pid=4243,
        rss_bytes=None,
        tokens=0,
        crashes=0,
        waiting=0,
    ),
    watcher=WatcherStatus(backend="inotify", safety_s=60),
    sessions=SessionsStatus(open=1, busy=1),
    sending=SendingStatus(can_send=False),
    index=IndexState(state="ready", indexed=5, total=5, embedded=4, to_embed=4),
)
