"""JSON-RPC 2.0: one line into frames, frames into one line.

Rules that live here: what is a request, a notification, a response; which ids are ids;
what a batch may hold. What is in flight is the business of peer.py.

By hand: libraries for it serve HTTP, or one call at a time, and know no request that
streams or is taken back (docs/adr/0002-our-own-json-rpc.md).
"""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

import msgspec

from jarvis.errors import InvalidRequest, JarvisError, ParseError
from jarvis.protocol.codes import WireError, from_wire, to_wire

MAX_BATCH_MEMBERS: Final = 64
CANCEL_REQUEST: Final = "$/cancelRequest"
"""The notification, or request, that takes back the request of the `id` in its params."""
# What JSON is decoded to is of exactly these types: looking one up takes a tenth of
# isinstance with a union, and a bool is not taken for a number.
_ID_TYPES: Final = frozenset({str, int, float, NoneType})
_PARAMS_TYPES: Final = frozenset({dict, list, NoneType})

RequestId = str | int | float | None
"""As it came: "1" is not 1, and 0, "" and null are ids too."""


class Batch(msgspec.Struct, eq=False):
    """The answers of one batch array, collected until none is missing."""

    missing: int = 0
    responses: list[bytes] = msgspec.field(default_factory=list)


class Request(msgspec.Struct, frozen=True, eq=False):
    """A call that wants exactly one response."""

    id: RequestId
    method: str
    params: dict[str, Any] | list[Any] | None
    key: tuple[type, RequestId]
    """What tells ids apart: in Python 1, True and 1.0 are one key, on the wire not."""
    batch: Batch | None = None


class Notification(msgspec.Struct, frozen=True):
    """A call that is never answered."""

    method: str
    params: dict[str, Any] | list[Any] | None


class Response(msgspec.Struct, frozen=True):
    """The end of a request of ours: a result, or the error that took its place."""

    id: RequestId
    result: Any
    error: JarvisError | None


class Rejected(msgspec.Struct, frozen=True):
    """Something that is no frame, and the error that answers it."""

    error: JarvisError
    id: RequestId = None
    batch: Batch | None = None


Frame = Request | Notification | Response | Rejected


def decode_line(line: bytes) -> list[Frame]:
    """What one line says: one frame, or several when it is a batch array.

    Never raises: what cannot be read is a Rejected with the error that answers it.
    """
    try:
        value = msgspec.json.decode(line)
    except RecursionError:
        return [Rejected(ParseError("The line is nested too deeply to be read."))]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = f"The line is not JSON in UTF-8: {_reason(error)}."
        return [Rejected(ParseError(reason))]
    if isinstance(value, list):
        return _decode_batch(value)
    return [_decode_member(value)]


def _reason(error: Exception) -> str:
    """Why, without quoting what was sent: it may be somebody's message."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    return str(error).removeprefix("JSON is malformed: ")


def _decode_batch(members: list[Any]) -> list[Frame]:
    if not members:
        return [Rejected(InvalidRequest("A batch must hold at least one call."))]
    if len(members) > MAX_BATCH_MEMBERS:
        reason = f"A batch holds at most {MAX_BATCH_MEMBERS} calls; send several."
        return [Rejected(InvalidRequest(reason))]
    batch = Batch()
    frames = [_decode_member(member, batch) for member in members]
    batch.missing = sum(isinstance(frame, Request | Rejected) for frame in frames)
    return frames


def _decode_member(value: object, batch: Batch | None = None) -> Frame:
    if not isinstance(value, dict):
        error = InvalidRequest("A request must be a JSON object.")
        return Rejected(error, batch=batch)
    if "method" not in value and ("result" in value or "error" in value):
        return _decode_response(value)
    request_id, method, params = (
        value.get("id"),
        value.get("method"),
        value.get("params"),
    )
    has_id = type(request_id) in _ID_TYPES
    if value.get("jsonrpc") != "2.0":
        problem = 'The member "jsonrpc" must be exactly "2.0".'
    elif type(method) is not str:
        problem = 'The member "method" must be a string.'
    elif type(params) not in _PARAMS_TYPES:
        problem = 'The member "params" must be an object or an array.'
    elif not has_id:
        problem = 'The member "id" must be a string, a number or null.'
    elif request_id is None and "id" not in value:
        return Notification(method, params)
    else:
        key = (type(request_id), request_id)
        return Request(request_id, method, params, key, batch)
    return Rejected(InvalidRequest(problem), request_id if has_id else None, batch)


def _decode_response(value: dict[str, Any]) -> Response:
    error = from_wire(value["error"]) if "error" in value else None
    return Response(value.get("id"), value.get("result"), error)


class _Call(msgspec.Struct, tag_field="jsonrpc", tag="2.0", omit_defaults=True):
    method: str
    params: Any = None


class _CallWithId(msgspec.Struct, tag_field="jsonrpc", tag="2.0", omit_defaults=True):
    id: RequestId
    method: str
    params: Any = None


class _Result(msgspec.Struct, tag_field="jsonrpc", tag="2.0"):
    id: RequestId
    result: Any


class _Failure(msgspec.Struct, tag_field="jsonrpc", tag="2.0"):
    id: RequestId
    error: WireError


_encoder: Final = msgspec.json.Encoder()


def encode_request(request_id: RequestId, method: str, params: object) -> bytes:
    """A request, one line with its LF."""
    return _encoder.encode(_CallWithId(request_id, method, params)) + b"\n"


def encode_notification(method: str, params: object) -> bytes:
    """A notification, one line with its LF."""
    return _encoder.encode(_Call(method, params)) + b"\n"


def encode_result(request_id: RequestId, result: object) -> bytes:
    """A successful response, one line with its LF."""
    return _encoder.encode(_Result(request_id, result)) + b"\n"


def encode_error(request_id: RequestId, error: JarvisError) -> bytes:
    """A failed response, one line with its LF."""
    return _encoder.encode(_Failure(request_id, to_wire(error))) + b"\n"


def encode_batch(batch: Batch) -> bytes:
    """The responses of a batch in one array, one line with its LF."""
    return b"[" + b",".join(line.rstrip(b"\n") for line in batch.responses) + b"]\n"
