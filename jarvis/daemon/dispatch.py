"""From a method's name and params to its result: the one boundary where errors end.

Every transport (socket, HTTP) joins here. Handlers raise; what clients may see passes, the
rest is logged with an incident id and becomes InternalError.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, Literal, Protocol, TypeVar

import msgspec

from jarvis.daemon.logs import traced
from jarvis.daemon.stream import TokenStream
from jarvis.daemon.subscriptions import Filter, Missed
from jarvis.errors import (
    InternalError,
    InvalidParams,
    JarvisError,
    MethodNotFound,
    NotYetServed,
)
from jarvis.letters import head
from jarvis.protocol.codes import as_seen, to_wire
from jarvis.protocol.jsonrpc import Request
from jarvis.protocol.methods import METHODS, Method
from jarvis.protocol.methods.base import Params
from jarvis.protocol.methods.batch import (
    BatchCall,
    BatchParams,
    BatchResult,
    BatchResults,
)
from jarvis.protocol.params import read_params

S = TypeVar("S")

log = logging.getLogger("jarvis.dispatch")


class Listener(Protocol):
    """The pushes of the connection that asks."""

    def subscribe(self, wanted: Filter, missed: Missed, request: Request | None) -> str:
        """Listen to more: once the request is answered, what was missed, then live."""

    def unsubscribe(self, subscription: str, seq: int) -> bool:
        """End a subscription after event `seq`; whether there was one."""


class Caller(msgspec.Struct, frozen=True):
    """Who asks, and where tokens and pushes go.

    `client` tells connections apart, so that the model serves them in turn; `stream` is
    None when the caller wants the whole answer at once, `listener` when it cannot be
    pushed to; `request` None when nobody waits for an answer.
    """

    client: object
    stream: TokenStream | None = None
    listener: Listener | None = None
    request: Request | None = None


Ending = Literal["answered", "failed", "cancelled"]
"""How a call ended."""

Handler = Callable[[S, Any, Caller], Any]
"""Gives the result, or a coroutine that does; it is then no plain function."""


class Call(msgspec.Struct, frozen=True):
    """A method found and its params checked: ready to run.

    A `plain` call never waits: it is answered where it is read, so that a ping overtakes
    whatever else the connection asked for.
    """

    method: Method
    params: Params
    handler: Handler[Any]
    plain: bool

    @property
    def streams(self) -> bool:
        """Whether its tokens are wanted as they are made."""
        return self.method.streams and bool(getattr(self.params, "stream", True))


class Dispatcher(Generic[S]):
    """Finds and runs handlers; `services` is handed to each of them.

    `observe` is told of each call that has ended: the method, how, and after how many
    milliseconds.
    """

    def __init__(
        self,
        services: S,
        handlers: Mapping[str, Handler[S]],
        observe: Callable[[str, Ending, float], None] = lambda method, how, ms: None,
    ) -> None:
        strangers = set(handlers) - set(METHODS)
        if strangers:
            raise ValueError(f"not in the catalogue: {sorted(strangers)}")
        self.services = services
        self._observe = observe
        self._handlers: Final = {**handlers, "batch": self._run_batch}
        self._plain: Final = frozenset(
            name
            for name, handler in self._handlers.items()
            if not inspect.iscoroutinefunction(handler)
        )

    def prepare(self, name: str, params: Mapping[str, Any] | list[Any] | None) -> Call:
        """Find the method and check its params.

        Raises:
            MethodNotFound, NotYetServed, InvalidParams: with a sentence for the caller.
        """
        method, handler = METHODS.get(name), self._handlers.get(name)
        if method is None:
            raise MethodNotFound(f'There is no method "{head(name, 100)}".')
        if handler is None:
            reason = (
                f"{name} is part of the contract, but this version does not serve it."
            )
            raise NotYetServed(reason)
        checked = read_params(method.params, params)
        return Call(method, checked, handler, name in self._plain)

    def run_plain(self, call: Call, caller: Caller) -> object:
        """The result of a plain call.

        Raises:
            JarvisError: always one that clients may see.
        """
        began_s = time.perf_counter()
        ending: Ending = "failed"
        try:
            result = call.handler(self.services, call.params, caller)
            ending = "answered"
        except Exception as error:
            raise explained(error, call.method.name) from error
        finally:
            took_ms = (time.perf_counter() - began_s) * 1000
            self._observe(call.method.name, ending, took_ms)
        return result

    async def run(self, call: Call, caller: Caller) -> object:
        """The result of any call; cancelling this coroutine stops the work.

        Raises:
            JarvisError: always one that clients may see.
        """
        if call.plain:
            return self.run_plain(call, caller)
        began_s = time.perf_counter()
        ending: Ending = "failed"
        try:
            result: object = await call.handler(self.services, call.params, caller)
            ending = "answered"
        except asyncio.CancelledError:
            ending = "cancelled"
            raise
        except Exception as error:
            raise explained(error, call.method.name) from error
        finally:
            took_ms = (time.perf_counter() - began_s) * 1000
            self._observe(call.method.name, ending, took_ms)
        return result

    async def _run_batch(
        self, _: S, params: BatchParams, caller: Caller
    ) -> BatchResults:
        """Run the calls side by side, unstreamed; each has a result or an error."""
        alone = msgspec.structs.replace(caller, stream=None)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._run_member(member, alone))
                for member in params.requests
            ]
        return BatchResults(results=tuple(task.result() for task in tasks))

    async def _run_member(self, member: BatchCall, caller: Caller) -> BatchResult:
        try:
            if member.method == "batch":
                reason = "A batch cannot hold a batch; send its calls side by side."
                raise InvalidParams(reason, "requests")
            call = self.prepare(member.method, member.params)
            return BatchResult(id=member.id, result=await self.run(call, caller))
        except JarvisError as error:
            return BatchResult(id=member.id, error=to_wire(error))


def explained(error: Exception, doing: str) -> JarvisError:
    """The error as clients may see it; an unexpected one is logged with an incident id."""
    if isinstance(error, JarvisError) and (seen := as_seen(error)):
        return seen
    incident = os.urandom(4).hex()
    log.error("incident %s in %s: %s", incident, doing, traced(error))
    reason = f"Jarvis made a mistake; its log tells more under incident {incident}."
    return InternalError(reason)
