"""What get_status tells: the state of every part, never what anybody wrote."""

from __future__ import annotations

import asyncio

import msgspec
import psutil

from jarvis import __version__
from jarvis.daemon.services import Services
from jarvis.protocol.methods import PROTOCOL_VERSION
from jarvis.protocol.methods.daemon import Status


async def read_status(services: Services) -> Status:
    """The state of every part as it is now."""
    settings, stores = services.settings, services.stores
    worker = await services.supervisor.status()
    memory = await asyncio.to_thread(_rss_bytes, services.pid)
    inbox = stores.inbox if stores else None
    return Status(
        daemon={
            "status": services.ping_status,
            "pid": services.pid,
            "version": __version__,
            "protocol_version": PROTOCOL_VERSION,
            "uptime_s": round(services.uptime_s, 1),
            "rss_bytes": memory,
            "home": str(settings.home),
            "socket": str(settings.socket),
            "log": str(settings.log_file),
        },
        stores={
            "chat_db": str(settings.chat_db),
            "problem": services.store_problem,
            "jarvis_db": str(settings.jarvis_db),
            "notice": stores.notice if stores else None,
            "epoch": services.epoch,
            "seq": inbox.seq if inbox else None,
            "conversations": len(inbox.directory.chats)
            if inbox and inbox.directory
            else None,
            "waiting_rows": inbox.waiting_rows if inbox else None,
            "uncounted_rows": inbox.uncounted_rows if inbox else None,
        },
        contacts={
            "location": str(settings.contacts_db),
            "names": len(inbox.names.cards) if inbox else None,
            "shared_addresses": len(inbox.names.shared) if inbox else None,
            "sources": [str(each) for each in inbox.names.sources] if inbox else [],
            "problems": list(inbox.names.problems) if inbox else [],
        },
        model={
            "engine": services.supervisor.choice.engine or "mlx",
            **msgspec.structs.asdict(worker),
            "notice": services.models.notice,
        },
        watcher=msgspec.structs.asdict(stores.watcher.state()) if stores else {},
        sending={
            "can_send": services.carrier is not None,
            "sender": services.carrier.name if services.carrier else None,
            "reason": services.cannot_send,
        },
        sessions={
            "open": len(services.broadcast.sessions),
            # of which something is asked just now; this question is one
            "busy": sum(session.is_busy for session in services.broadcast.sessions),
        },
    )


def _rss_bytes(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)
