"""The catalogue as an OpenRPC document: what `rpc.discover` answers.

What OpenRPC has no place for stands in members that begin with `x-`: which methods
stream, the pushes, the notifications of a stream.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import msgspec

from jarvis import errors
from jarvis.errors import JarvisError
from jarvis.protocol.codes import CODE_BY_ERROR
from jarvis.protocol.events import (
    EVENTS,
    STREAM_ERROR,
    STREAM_PROGRESS,
    STREAM_TOKEN,
    StreamError,
    StreamProgress,
    StreamToken,
)
from jarvis.protocol.jsonrpc import CANCEL_REQUEST
from jarvis.protocol.methods import METHODS, PROTOCOL_VERSION, Method

OPENRPC_VERSION: Final = "1.3.2"
_REFS: Final = "#/components/schemas/{name}"
_ALWAYS: Final = (
    errors.InvalidParams,
    errors.InternalError,
    errors.Busy,
    errors.ServerCancelled,
    errors.NotYetServed,
)
_OF_CHATS: Final = (errors.UnknownChat, errors.StoreUnavailable)
_OF_STREAMS: Final = (
    errors.Cancelled,
    errors.NothingToAnswer,
    errors.ModelUnavailable,
)


@cache
def document() -> dict[str, Any]:
    """The whole contract as JSON values; always the same object, not to be changed."""
    schemas, components = _schemas()
    return {
        "openrpc": OPENRPC_VERSION,
        "info": {
            "title": "Jarvis",
            "description": "JSON-RPC 2.0, one JSON value a line, on a Unix socket.",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "license": {"name": "MIT"},
        },
        "methods": [
            _method(method, schemas, components) for method in METHODS.values()
        ],
        "components": {
            "schemas": components,
            "errors": {
                error.__name__: _error(error, code)
                for error, code in CODE_BY_ERROR.items()
            },
        },
        "x-events": {name: schemas[event] for name, event in EVENTS.items()},
        "x-stream": {
            STREAM_TOKEN: schemas[StreamToken],
            STREAM_PROGRESS: schemas[StreamProgress],
            STREAM_ERROR: schemas[StreamError],
        },
        "x-cancel": CANCEL_REQUEST,
    }


def _schemas() -> tuple[dict[Any, Any], dict[str, Any]]:
    """The schema of each type in the catalogue, and the components they refer to."""
    types = [
        *(method.params for method in METHODS.values()),
        *(method.result for method in METHODS.values()),
        *EVENTS.values(),
        *(StreamToken, StreamProgress, StreamError),
    ]
    made, components = msgspec.json.schema_components(types, ref_template=_REFS)
    given = {
        name
        for method in METHODS.values()
        for name in _names_below({"$ref": _ref(method.params)}, components)
    }
    for name, schema in components.items():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
        if name not in given:
            _require_every_member(schema)
    return dict(zip(types, made, strict=True)), dict(sorted(components.items()))


def _ref(struct: type[msgspec.Struct]) -> str:
    return _REFS.format(name=struct.__name__)


def _names_below(schema: Any, components: dict[str, Any]) -> set[str]:
    """All components that a schema refers to; no record of ours contains itself."""
    if isinstance(schema, list):
        return {name for part in schema for name in _names_below(part, components)}
    if not isinstance(schema, dict):
        return set()
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {name} | _names_below(components[name], components)
    return _names_below(list(schema.values()), components)


def _require_every_member(schema: dict[str, Any]) -> None:
    """Require all members in what Jarvis sends: it leaves none out.

    The exception is a member that may be UNSET, which has no `default` in its schema.
    """
    members = schema.get("properties", {})
    required = set(schema.get("required", ()))
    present = [
        name
        for name, member in members.items()
        if name in required or "default" in member
    ]
    for member in members.values():
        member.pop("default", None)
    schema["required"] = present


def _method(
    method: Method, schemas: dict[Any, Any], components: dict[str, Any]
) -> dict[str, Any]:
    params = components[method.params.__name__]
    required = params.get("required", ())
    return {
        "name": method.name,
        "summary": method.summary,
        "paramStructure": "either",
        "params": [
            _content(name, schema, required=name in required)
            for name, schema in params["properties"].items()
        ],
        "result": {"name": "result", "schema": schemas[method.result]},
        "errors": [
            {"$ref": f"#/components/errors/{error.__name__}"}
            for error in _errors_of(method)
        ],
        "x-streams": method.streams,
    }


def _content(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    content = {"name": name, "required": required, "schema": schema}
    description = schema.get("description") or _described_in(schema.get("anyOf", ()))
    return {**content, "description": description} if description else content


def _described_in(choices: Iterable[dict[str, Any]]) -> str | None:
    """The description of the one choice that has one: the other is null."""
    described = (choice["description"] for choice in choices if "description" in choice)
    return next(described, None)


def _errors_of(method: Method) -> list[type[JarvisError]]:
    takes_chat = "chat_id" in method.params.__struct_fields__
    return [
        *_ALWAYS,
        *(_OF_CHATS if takes_chat else ()),
        *(_OF_STREAMS if method.streams else ()),
    ]


def _error(error: type[JarvisError], code: int) -> dict[str, Any]:
    return {
        "code": code,
        "message": inspect.getdoc(error),
        "data": {"kind": error.__name__, "retryable": error.retryable},
    }
