"""The contract as TypeScript types: what a client in strict TypeScript can hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

_HEAD: Final = """\
// The protocol of Jarvis, drawn from its catalogue: do not edit.
// A call: Methods[name]["params"] in, Methods[name]["result"] out. A push: Events[name].

export type RequestId = string | number | null;
"""
_PLAIN: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def declarations(document: dict[str, Any]) -> str:
    """The text of jarvis.d.ts."""
    parts = [_HEAD]
    for name, schema in document["components"]["schemas"].items():
        parts.append("\n".join(_interface(name, schema)))
    parts.append("\n".join(_methods(document)))
    parts.append("\n".join(_map("Events", "Every push.", document["x-events"])))
    stream = document["x-stream"]
    parts.append("\n".join(_map("StreamNotifications", "While one runs.", stream)))
    parts.append("\n".join(_errors(document["components"]["errors"])))
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _interface(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from _comment(schema.get("description"))
    yield f"export interface {name} {{"
    required = schema.get("required", ())
    for member, each in schema["properties"].items():
        yield from _comment(each.get("description"), indent="  ")
        mark = "" if member in required else "?"
        yield f"  {member}{mark}: {type_of(each)};"
    yield "}"


def _methods(document: dict[str, Any]) -> Iterator[str]:
    yield "export interface Methods {"
    for method in document["methods"]:
        yield from _comment(method["summary"], indent="  ")
        params = _params(method["params"])
        result = type_of(method["result"]["schema"])
        streams = json.dumps(method["x-streams"])
        yield f"  {json.dumps(method['name'])}: {{"
        yield f"    params: {params};"
        yield f"    result: {result};"
        yield f"    streams: {streams};"
        yield "  };"
    yield "}"
    yield ""
    yield "export type MethodName = keyof Methods;"


def _params(params: list[dict[str, Any]]) -> str:
    if not params:
        return "Record<string, never>"
    members = (
        f"{each['name']}{'' if each['required'] else '?'}: {type_of(each['schema'])}"
        for each in params
    )
    return "{ " + "; ".join(members) + " }"


def _map(name: str, comment: str, schemas: dict[str, Any]) -> Iterator[str]:
    yield from _comment(comment)
    yield f"export interface {name} {{"
    for key, schema in schemas.items():
        yield f"  {json.dumps(key)}: {type_of(schema)};"
    yield "}"


def _errors(errors: dict[str, Any]) -> Iterator[str]:
    yield from _comment("`data.kind` of an error, and its code.")
    yield "export interface ErrorCodes {"
    for kind, error in errors.items():
        yield from _comment(error["message"], indent="  ")
        yield f"  {kind}: {error['code']};"
    yield "}"
    yield ""
    yield "export type ErrorKind = keyof ErrorCodes;"


def _comment(text: str | None, indent: str = "") -> Iterator[str]:
    if not text:
        return
    first, *more = text.splitlines()
    if not more:
        yield f"{indent}/** {first} */"
        return
    yield f"{indent}/** {first}"
    for line in more:
        yield f"{indent} * {line}".rstrip()
    yield f"{indent} */"


def type_of(schema: dict[str, Any]) -> str:
    """The schema as a TypeScript type."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    if "anyOf" in schema:
        kinds = dict.fromkeys(type_of(each) for each in schema["anyOf"])
        return " | ".join(kinds)
    kind = schema.get("type")
    if kind == "array":
        return _array(schema)
    if kind == "object":
        values = schema.get("additionalProperties")
        of = type_of(values) if isinstance(values, dict) else "unknown"
        return f"Record<string, {of}>"
    return _PLAIN[kind] if kind else "unknown"


def _array(schema: dict[str, Any]) -> str:
    if "prefixItems" in schema:
        return "[" + ", ".join(type_of(each) for each in schema["prefixItems"]) + "]"
    items = schema.get("items")
    of = type_of(items) if isinstance(items, dict) else "unknown"
    return f"({of})[]" if " " in of else f"{of}[]"
