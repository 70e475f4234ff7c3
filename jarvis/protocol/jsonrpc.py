"""JSON-RPC 2.0: one line into frames, frames into one line.

Rules that live here: what is a request, a notification, a response; which ids are ids;
what a batch may hold. What is in flight is the business of peer.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Final

import msgspec

from jarvis.errors import InvalidRequest, JarvisError, ParseError
from jarvis.protocol.codes import WireError, from_wire, to_wire

MAX_BATCH_MEMBERS: Final = 64
CANCEL_REQUEST: Final = "$/cancelRequest"
"""The notification, or request, that takes back the request of the `id` in its params."""
# A union written where it is asked is built anew each time: a third of a line's decoding.
_ID_TYPES: Final = (str, int, float, NoneType)
_PARAMS_TYPES: Final = (dict, list, NoneType)

RequestId = str | int | float | None
"""As it came: "1" is not 1, and 0, "" and null are ids too."""


@dataclass(eq=False, slots=True)
class Batch:
    """The answers of one batch array, collected until none is missing."""

    missing: int = 0
    responses: list[bytes] = field(default_factory=list)


class Request(msgspec.Struct, frozen=True, eq=False):
    """A call that wants exactly one response."""

    id: RequestId
    method: str
    params: dict[str, Any] | list[Any] | None
    batch: Batch | None = None

    @property
    def key(self) -> tuple[type, RequestId]:
        """What tells ids apart: in Python 1, True and 1.0 are one key, on the wire not."""
        return type(self.id), self.id


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
    given_id = value.get("id")
    request_id = given_id if _is_id(given_id) else None
    problem = _problem(value)
    if problem is not None:
        return Rejected(InvalidRequest(problem), request_id, batch)
    method, params = value["method"], value.get("params")
    if "id" not in value:
        return Notification(method, params)
    return Request(request_id, method, params, batch)


def _problem(value: dict[str, Any]) -> str | None:
    """What keeps the object from being a request, as a sentence; None when nothing."""
    if value.get("jsonrpc") != "2.0":
        return 'The member "jsonrpc" must be exactly "2.0".'
    if not isinstance(value.get("method"), str):
        return 'The member "method" must be a string.'
    if not isinstance(value.get("params"), _PARAMS_TYPES):
        return 'The member "params" must be an object or an array.'
    if not _is_id(value.get("id")):
        return 'The member "id" must be a string, a number or null.'
    return None


def _is_id(value: object) -> bool:
    return isinstance(value, _ID_TYPES) and not isinstance(value, bool)


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
