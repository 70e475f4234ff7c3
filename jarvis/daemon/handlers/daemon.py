"""The daemon itself: who answers, what a client says of itself, the end."""

from __future__ import annotations

import time

from jarvis import __version__
from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.protocol.methods import PROTOCOL_VERSION
from jarvis.protocol.methods.base import NoParams, Success
from jarvis.protocol.methods.status import (
    HelloParams,
    Ping,
)


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
        models_ready=services.is_model_ready,
        can_send=services.send_backend is not None,
    )


def hello(services: Services, params: HelloParams, caller: Caller) -> Success:
    """A client says what it is going to do."""
    if params.drafts:
        services.expect_drafts(caller.client)
    return Success(success=True)


def shutdown(services: Services, _: NoParams, _caller: Caller) -> Success:
    """Begin to drain; the answer goes out first."""
    services.stop()
    return Success(success=True)
