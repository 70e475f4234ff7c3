"""One function a method of the catalogue: from checked params to the result.

A handler that never waits is a plain function and is answered where it is read. What is
not in HANDLERS is answered NotYetServed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.handlers import daemon, mail, models, pushes, writing
from jarvis.daemon.services import Services
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.openrpc import document


def discover(_services: Services, _: NoParams, _caller: Caller) -> dict[str, Any]:
    """The contract, and in `x-served` what this version answers of it."""
    return {**document(), "x-served": sorted({*HANDLERS, "batch"})}


HANDLERS: Final[Mapping[str, Handler[Services]]] = {
    "ping": daemon.ping,
    "hello": daemon.hello,
    "list_conversations": mail.list_conversations,
    "list_messages": mail.list_messages,
    "resolve_contacts": mail.resolve_contacts,
    "resolve_conversation": mail.resolve_conversation,
    "generate_draft": writing.generate_draft,
    "summarize": writing.summarize,
    "get_smart_replies": writing.get_smart_replies,
    "get_routing_metrics": writing.get_routing_metrics,
    "record_feedback": writing.record_feedback,
    "send_message": mail.send_message,
    "subscribe": pushes.subscribe,
    "unsubscribe": pushes.unsubscribe,
    "events.poll": pushes.poll_events,
    "list_models": models.list_models,
    "use_model": models.use_model,
    "pull_model": models.pull_model,
    "remove_model": models.remove_model,
    "forget": daemon.forget,
    "get_status": daemon.get_status,
    "rpc.discover": discover,
    "shutdown": daemon.shutdown,
}
