"""The daemon itself: who answers, how its parts are and fare, what it forgets, its end."""

from __future__ import annotations

import asyncio
import time

from jarvis import __version__
from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.daemon.status import read_status
from jarvis.protocol.methods import PROTOCOL_VERSION
from jarvis.protocol.methods.base import NoParams, Success
from jarvis.protocol.methods.routing import GetRoutingMetricsParams, RoutingMetrics
from jarvis.protocol.methods.search import IndexControlParams, IndexState
from jarvis.protocol.methods.status import (
    ForgetParams,
    Forgotten,
    HelloParams,
    Ping,
    Status,
)
from jarvis.stores.forgetting import database_bytes, remove_damaged


def ping(services: Services, _: NoParams, _caller: Caller) -> Ping:
    """Who answers, and whether it can work."""
    return Ping(
        status=services.ping_status,
        timestamp=time.time(),
        version=__version__,
        protocol_version=PROTOCOL_VERSION,
        pid=services.pid,
        epoch=services.epoch,
        uptime_s=services.uptime_s,
        models_ready=services.supervisor.state.state == "ready",
        can_send=services.send_backend is not None,
    )


def hello(services: Services, params: HelloParams, caller: Caller) -> Success:
    """A client says what it is going to do."""
    if params.drafts:
        services.warm_up.expect_drafts(caller.client)
    return Success(success=True)


async def forget(services: Services, params: ForgetParams, _: Caller) -> Forgotten:
    """Delete what Jarvis holds; chat.db is Apple's and stays as it is."""
    inbox, path = services.inbox, services.settings.jarvis_db
    before = await asyncio.to_thread(database_bytes, path)
    damaged = 0
    if params.what == "index":
        await (await services.indexer()).forget()
        await inbox.compact()
    else:
        await inbox.forget(params.what)
    if params.what == "everything":
        await services.forget()
        damaged = await asyncio.to_thread(remove_damaged, path)
    after = await asyncio.to_thread(database_bytes, path)
    return Forgotten(success=True, freed_bytes=max(before - after, 0) + damaged)


async def get_status(services: Services, _: NoParams, _caller: Caller) -> Status:
    """The state of every part."""
    return await read_status(services)


async def index_control(
    services: Services, params: IndexControlParams, _: Caller
) -> IndexState:
    """Go on with the search index, stop, or begin anew."""
    return await (await services.indexer()).control(params.action)


def get_routing_metrics(
    services: Services, params: GetRoutingMetricsParams, _: Caller
) -> RoutingMetrics:
    """Which path answered, and how long it took."""
    return services.metrics.read(params.limit)


def shutdown(services: Services, _: NoParams, _caller: Caller) -> Success:
    """Begin to drain; the answer goes out first."""
    services.stop()
    return Success(success=True)
