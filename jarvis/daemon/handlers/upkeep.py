"""How the parts of the daemon fare and were used, what it forgets, its search index."""

from __future__ import annotations

import asyncio

from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.daemon.status import read_status
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.routing import GetRoutingMetricsParams, RoutingMetrics
from jarvis.protocol.methods.search import IndexControlParams, IndexState
from jarvis.protocol.methods.status import ForgetParams, Forgotten, Status
from jarvis.stores.forgetting import database_bytes, remove_damaged


async def forget(services: Services, params: ForgetParams, _: Caller) -> Forgotten:
    """Delete what Jarvis holds; chat.db is Apple's and stays as it is."""
    inbox, path = services.inbox, services.settings.jarvis_db
    before = await asyncio.to_thread(database_bytes, path)
    damaged = 0
    if params.what == "index":
        await (await services.assistance.indexer()).forget()
        await inbox.compact()
    else:
        await inbox.forget(params.what)
    if params.what == "everything":
        await services.assistance.forget()
        await services.metrics.forget()
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
    return await (await services.assistance.indexer()).control(params.action)


async def get_routing_metrics(
    services: Services, params: GetRoutingMetricsParams, _: Caller
) -> RoutingMetrics:
    """Which path answered, and how long it took."""
    return services.metrics.read(params.limit)
