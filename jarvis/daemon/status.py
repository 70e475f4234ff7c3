"""What get_status tells: the state of every part, never what anybody wrote."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from jarvis import __version__
from jarvis.daemon.services import Services
from jarvis.later import later
from jarvis.protocol.methods import PROTOCOL_VERSION
from jarvis.protocol.methods.status import (
    ContactsStatus,
    DaemonStatus,
    SendingStatus,
    SessionsStatus,
    Status,
    StoresStatus,
    WatcherStatus,
)

if TYPE_CHECKING:
    import psutil
else:
    psutil = later("psutil")


async def read_status(services: Services) -> Status:
    """The state of every part as it is now."""
    assistance = services.assistance
    model = await assistance.supervisor.status()
    connections = services.broadcast.connections
    return Status(
        daemon=await _daemon(services),
        stores=_stores(services),
        contacts=_contacts(services),
        model=replace(
            model,
            notice=assistance.models.notice,
            not_warmed=assistance.warm_up.skipped,
        ),
        watcher=services.stores.watcher.state() if services.stores else WatcherStatus(),
        sessions=SessionsStatus(
            open=len(connections), busy=sum(each.is_busy for each in connections)
        ),
        sending=SendingStatus(
            can_send=services.send_backend is not None,
            sender=services.send_backend.name if services.send_backend else None,
            reason=services.cannot_send,
        ),
        index=services.index_state,
    )


async def _daemon(services: Services) -> DaemonStatus:
    settings = services.settings
    return DaemonStatus(
        status=services.ping_status,
        pid=services.pid,
        version=__version__,
        protocol_version=PROTOCOL_VERSION,
        uptime_s=round(services.uptime_s, 1),
        rss_bytes=await asyncio.to_thread(_rss_bytes, services.pid),
        home=str(settings.home),
        socket=str(settings.socket),
        log=str(settings.log_file),
    )


def _stores(services: Services) -> StoresStatus:
    settings, stores = services.settings, services.stores
    inbox = stores.inbox if stores else None
    directory = inbox.directory if inbox else None
    return StoresStatus(
        chat_db=str(settings.chat_db),
        problem=services.store_problem,
        jarvis_db=str(settings.jarvis_db),
        notice=stores.writer.notice if stores else None,
        epoch=services.epoch,
        seq=inbox.seq if inbox else None,
        conversations=len(directory.chats) if directory else None,
        waiting_rows=inbox.waiting_rows if inbox else None,
        uncounted_rows=inbox.uncounted_rows if inbox else None,
    )


def _contacts(services: Services) -> ContactsStatus:
    names = services.stores.inbox.names if services.stores else None
    return ContactsStatus(
        location=str(services.settings.contacts_db),
        names=len(names.cards) if names else None,
        shared_addresses=len(names.shared) if names else None,
        sources=tuple(map(str, names.sources)) if names else (),
        problems=tuple(names.problems) if names else (),
    )


def _rss_bytes(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)
