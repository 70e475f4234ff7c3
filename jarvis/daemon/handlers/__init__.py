"""One function a method of the catalogue: from checked params to the result.

A handler that never waits is a plain function and is answered where it is read. What is
not in HANDLERS is answered NotYetServed. What writes stands on floors that take longer to
load than all else does to start: it is loaded in a thread, at its first call at the
latest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.handlers import daemon, mail, models, prefetch, pushes
from jarvis.daemon.services import Services
from jarvis.errors import ModelUnavailable
from jarvis.inference.process import check_program
from jarvis.protocol.methods.base import NoParams


class _Room:
    """A file of handlers that is loaded in a thread, at its first call at the latest."""

    def __init__(self, name: str, *served_by: str) -> None:
        """`served_by` are modules that its handlers use, loaded with it."""
        self._name, self._served_by = name, served_by
        self._module: ModuleType | None = None

    async def load(self) -> ModuleType:
        """The module; a call that comes while it is being loaded waits for it.

        Raises:
            ModelUnavailable: the program was updated or removed since the daemon began.
        """
        if self._module is None:
            self._module = await asyncio.to_thread(self._load)
        return self._module

    def _load(self) -> ModuleType:
        check_program()  # what lies there now may be of another version, or gone
        try:
            for name in self._served_by:
                import_module(name)
            return import_module(self._name)
        except (ImportError, OSError):
            check_program()  # it went meanwhile
            raise

    def handler(self, name: str) -> Handler[Services]:
        """The handler of this name."""

        async def handle(services: Services, params: Any, caller: Caller) -> object:
            try:
                act = getattr(await self.load(), name)
            except ModelUnavailable:
                services.look_at_program()
                raise
            result: object = await act(services, params, caller)
            return result

        return handle


WRITING: Final = _Room(
    "jarvis.daemon.handlers.writing",
    "jarvis.daemon.drafts",
    "jarvis.assistant.history.building",
    "jarvis.assistant.history.similarity",
)


SEARCHING: Final = _Room(
    "jarvis.daemon.handlers.searching", "jarvis.daemon.search", "regex"
)


def discover(_services: Services, _: NoParams, _caller: Caller) -> dict[str, Any]:
    """The contract, and in `x-served` what this version answers of it."""
    from jarvis.protocol.openrpc import document

    return {**document(), "x-served": sorted({*HANDLERS, "batch"})}


HANDLERS: Final[Mapping[str, Handler[Services]]] = {
    "ping": daemon.ping,
    "hello": daemon.hello,
    "list_conversations": mail.list_conversations,
    "list_messages": mail.list_messages,
    "resolve_contacts": mail.resolve_contacts,
    "resolve_conversation": mail.resolve_conversation,
    "generate_draft": WRITING.handler("generate_draft"),
    "summarize": WRITING.handler("summarize"),
    "get_smart_replies": WRITING.handler("get_smart_replies"),
    "semantic_search": SEARCHING.handler("semantic_search"),
    "get_routing_metrics": daemon.get_routing_metrics,
    "record_feedback": WRITING.handler("record_feedback"),
    "get_voice": WRITING.handler("get_voice"),
    "get_trend": WRITING.handler("get_trend"),
    "prefetch_focus": prefetch.prefetch_focus,
    "prefetch_hover": prefetch.prefetch_hover,
    "prefetch_invalidate": prefetch.prefetch_invalidate,
    "prefetch_stats": prefetch.prefetch_stats,
    "send_message": mail.send_message,
    "subscribe": pushes.subscribe,
    "unsubscribe": pushes.unsubscribe,
    "events.poll": pushes.poll_events,
    "list_models": models.list_models,
    "use_model": models.use_model,
    "pull_model": models.pull_model,
    "remove_model": models.remove_model,
    "index_control": daemon.index_control,
    "forget": daemon.forget,
    "get_status": daemon.get_status,
    "rpc.discover": discover,
    "shutdown": daemon.shutdown,
}
