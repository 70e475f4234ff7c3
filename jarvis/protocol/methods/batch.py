"""Several calls in one."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from jarvis.protocol.codes import WireError
from jarvis.protocol.methods.base import Params, described
from jarvis.records import Record


class BatchCall(msgspec.Struct, frozen=True):
    """One call of a batch; members other than these are ignored."""

    method: str
    params: dict[str, Any] | list[Any] | None = None
    id: str | int | float | None = None


class BatchParams(Params, frozen=True):
    requests: Annotated[list[BatchCall], described("The calls.", max_length=50)]


class BatchResult(Record, frozen=True, kw_only=True):
    """What became of one call: it has `result` or `error`, never both."""

    id: str | int | float | None
    result: Any = msgspec.UNSET
    error: WireError | msgspec.UnsetType = msgspec.UNSET


class BatchResults(Record, frozen=True, kw_only=True):
    """In the order of the requests."""

    results: tuple[BatchResult, ...]
