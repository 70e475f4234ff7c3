"""Errors on the wire: one table between the error tree and JSON-RPC codes, both ways."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from jarvis import errors
from jarvis.errors import JarvisError

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


class WireError(msgspec.Struct, frozen=True, kw_only=True):
    """The `error` member of a response."""

    code: int
    message: str
    data: dict[str, Any] = {}


def as_seen(error: JarvisError) -> JarvisError | None:
    """The error as clients know it: of the nearest kind in the table; None: of no kind."""
    for kind in type(error).__mro__:
        if kind in CODE_BY_ERROR:
            return error if kind is type(error) else kind(str(error))
    return None


def to_wire(error: JarvisError) -> WireError:
    """The error as clients see it; `data` holds kind, retryable and what else is known.

    Raises:
        KeyError: the error is not one that clients may see.
    """
    data: dict[str, Any] = {
        "kind": type(error).__name__,
        "retryable": error.retryable,
    }
    if error.field is not None:
        data["field"] = error.field
    if isinstance(error, errors.Cancelled):
        data["tokens"] = error.tokens
        data["partial"] = error.partial
    return WireError(code=CODE_BY_ERROR[type(error)], message=str(error), data=data)


def from_wire(member: object) -> JarvisError:
    """The error a peer sent, as an exception of the tree; never raises.

    An unknown code or kind (a newer daemon) becomes a plain JarvisError with its text.
    """
    if not isinstance(member, dict):
        return JarvisError("The daemon answered with an error it did not explain.")
    data = member.get("data")
    known = data if isinstance(data, dict) else {}
    message = str(member.get("message") or "The daemon answered with an error.")
    kind, code = known.get("kind"), member.get("code")
    error_type = _ERROR_BY_KIND.get(kind) if isinstance(kind, str) else None
    if error_type is None and isinstance(code, int):
        error_type = _ERROR_BY_CODE.get(code)
    if error_type is errors.Cancelled:
        tokens, partial = known.get("tokens"), known.get("partial")
        return errors.Cancelled(
            message,
            tokens=tokens if isinstance(tokens, int) else 0,
            partial=partial if isinstance(partial, str) else "",
        )
    if error_type is errors.InvalidParams:
        field = known.get("field")
        return errors.InvalidParams(message, field if isinstance(field, str) else None)
    return (error_type or JarvisError)(message)
