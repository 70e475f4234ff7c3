"""One function a method of the catalogue: from checked params to the result.

A handler that never waits is a plain function and is answered where it is read. What is
not in HANDLERS is answered NotYetServed. What writes stands on floors that take longer to
load than all else does to start: it is loaded in a thread, at its first call at the
latest.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.handlers import daemon, mail, pushes
from jarvis.daemon.late import Room
from jarvis.daemon.services import Services
from jarvis.errors import ModelUnavailable
from jarvis.protocol.methods.base import NoParams

if TYPE_CHECKING:
    from jarvis.daemon.drafts import Drafts


class _Handlers(Room[ModuleType]):
    """A file of handlers that is loaded at its first call at the latest.

    They are called once what works with a model is built.
    """

    def __init__(self, name: str, *served_by: str) -> None:
        """`served_by` are modules that its handlers use, loaded with it."""
        super().__init__(
            lambda: [import_module(each) for each in (*served_by, name)][-1]
        )

    def handler(self, name: str) -> Handler[Services]:
        """The handler of this name."""

        async def handle(services: Services, params: Any, caller: Caller) -> object:
            try:
                act = getattr(await self.load(), name)
                await services.assisted()
            except ModelUnavailable:
                services.look_at_program()
                raise
            result: object = await act(services, params, caller)
            return result

        return handle


WRITING: Final = _Handlers(
    "jarvis.daemon.handlers.writing",
    "jarvis.daemon.drafts",
    "jarvis.assistant.history.building",
    "jarvis.assistant.history.similarity",
)
SEARCHING: Final = _Handlers(
    "jarvis.daemon.handlers.searching", "jarvis.daemon.search", "regex"
)
MODELS: Final = _Handlers("jarvis.daemon.handlers.models")
PREFETCH: Final = _Handlers("jarvis.daemon.handlers.prefetch")
UPKEEP: Final = _Handlers(
    "jarvis.daemon.handlers.upkeep", "jarvis.assistant.generation.timing"
)


async def load_drafts(services: Services) -> Drafts:
    """Who drafts, with all code that a draft needs.

    Raises:
        ModelUnavailable: the program was updated or removed since the daemon began.
        StoreUnavailable: jarvis.db cannot be used.
    """
    await WRITING.load()
    return (await services.assisted()).drafts


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
    "get_routing_metrics": UPKEEP.handler("get_routing_metrics"),
    "record_feedback": WRITING.handler("record_feedback"),
    "get_voice": WRITING.handler("get_voice"),
    "get_trend": WRITING.handler("get_trend"),
    "prefetch_focus": PREFETCH.handler("prefetch_focus"),
    "prefetch_hover": PREFETCH.handler("prefetch_hover"),
    "prefetch_invalidate": PREFETCH.handler("prefetch_invalidate"),
    "prefetch_stats": PREFETCH.handler("prefetch_stats"),
    "send_message": mail.send_message,
    "subscribe": pushes.subscribe,
    "unsubscribe": pushes.unsubscribe,
    "events.poll": pushes.poll_events,
    "list_models": MODELS.handler("list_models"),
    "use_model": MODELS.handler("use_model"),
    "pull_model": MODELS.handler("pull_model"),
    "remove_model": MODELS.handler("remove_model"),
    "index_control": UPKEEP.handler("index_control"),
    "forget": UPKEEP.handler("forget"),
    "get_status": UPKEEP.handler("get_status"),
    "rpc.discover": discover,
    "shutdown": daemon.shutdown,
}
