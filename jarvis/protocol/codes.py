"""Errors on the wire: one table between the error tree and JSON-RPC codes, both ways."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from jarvis import errors
from jarvis.errors import JarvisError
from jarvis.records import Record

CODE_BY_ERROR: Final[dict[type[JarvisError], int]] = {
    errors.ParseError: -32700,
    errors.InvalidRequest: -32600,
    errors.MethodNotFound: -32601,
    errors.InvalidParams: -32602,
    errors.InternalError: -32603,
    errors.Cancelled: -32800,
    errors.ServerCancelled: -32802,
    errors.UnknownChat: -32001,
    errors.NothingToAnswer: -32002,
    errors.StoreUnavailable: -32003,
    errors.ModelUnavailable: -32004,
    errors.Busy: -32005,
    errors.CannotSend: -32006,
    errors.NotYetServed: -32007,
}
"""Every error a client may see. Errors outside it stay inside: they become -32603."""

_ERROR_BY_KIND: Final = {error.__name__: error for error in CODE_BY_ERROR}
_ERROR_BY_CODE: Final = {code: error for error, code in CODE_BY_ERROR.items()}


class ErrorData(Record, frozen=True, kw_only=True):
    """What an error says beside its sentence; `kind` is the name of its class.

    `retryable`: the same request may succeed later. `field`: the param that is wrong.
    `tokens` and `partial`: how much of a cancelled text was made, and what it said.
    """

    kind: str
    retryable: bool
    field: str | msgspec.UnsetType = msgspec.UNSET
    tokens: int | msgspec.UnsetType = msgspec.UNSET
    partial: str | msgspec.UnsetType = msgspec.UNSET


class WireError(Record, frozen=True, kw_only=True):
    """The `error` member of a response."""

    code: int
    message: str
    data: ErrorData


def as_seen(error: JarvisError) -> JarvisError | None:
    """The error as the nearest kind that clients know; None where they know none."""
    for kind in type(error).__mro__:
        if kind in CODE_BY_ERROR:
            return error if kind is type(error) else kind(str(error))
    return None


def to_wire(error: JarvisError) -> WireError:
    """The error as clients see it.

    Raises:
        KeyError: the error is not one that clients may see.
    """
    data = ErrorData(
        kind=type(error).__name__,
        retryable=error.retryable,
        field=msgspec.UNSET if error.field is None else error.field,
    )
    if isinstance(error, errors.Cancelled):
        data = replace(data, tokens=error.tokens, partial=error.partial)
    return WireError(code=CODE_BY_ERROR[type(error)], message=str(error), data=data)


def from_wire(member: object) -> JarvisError:
    """The error a peer sent, as an exception of the tree; never raises.

    An unknown code or kind (a newer daemon) becomes a plain JarvisError with its text.
    """
    if not isinstance(member, dict):
        return JarvisError("The daemon answered with an error it did not explain.")
    given = member.get("data")
    data = given if isinstance(given, dict) else {}
    message = str(member.get("message") or "The daemon answered with an error.")
    kind, code = data.get("kind"), member.get("code")
    error_type = _ERROR_BY_KIND.get(kind) if isinstance(kind, str) else None
    if error_type is None and isinstance(code, int):
        error_type = _ERROR_BY_CODE.get(code)
    if error_type is errors.Cancelled:
        tokens, partial = data.get("tokens"), data.get("partial")
        return errors.Cancelled(
            message,
            tokens=tokens if isinstance(tokens, int) else 0,
            partial=partial if isinstance(partial, str) else "",
        )
    if error_type is errors.InvalidParams:
        field = data.get("field")
        return errors.InvalidParams(message, field if isinstance(field, str) else None)
    return (error_type or JarvisError)(message)
