"""docs/protocol.md: the prose of handbook.md with the tables of the catalogue in it."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from contract.typescript import type_of
from jarvis.config import Limits
from jarvis.protocol.methods import PROTOCOL_VERSION

_PROSE: Final = Path(__file__).with_name("handbook.md")


def handbook(document: dict[str, Any]) -> str:
    """The text of docs/protocol.md."""
    tables = {
        "version": str(PROTOCOL_VERSION),
        "methods": _methods(document),
        "events": _named(document["x-events"], document),
        "stream": _named(document["x-stream"], document),
        "errors": _errors(document),
        "records": _records(document),
        "limits": _limits(),
    }
    text = _PROSE.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = text.replace(f"{{{{{name}}}}}", table)
    return text


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _code(text: str) -> str:
    """In a cell: a bar would end it."""
    return "`" + text.replace("|", "\\|") + "`"


def _methods(document: dict[str, Any]) -> str:
    rows = (
        [
            _code(method["name"]) + (" ⇢" if method["x-streams"] else ""),
            ", ".join(_param(param) for param in method["params"]) or "none",
            _code(type_of(method["result"]["schema"])),
            method["summary"],
        ]
        for method in document["methods"]
    )
    return _table(("method", "params, in order", "result", ""), rows)


def _param(param: dict[str, Any]) -> str:
    schema = param["schema"]
    mark = "" if param["required"] else "?"
    default = "" if param["required"] else f" = {json.dumps(schema.get('default'))}"
    return _code(f"{param['name']}{mark}: {type_of(schema)}{default}")


def _members(schema: dict[str, Any], document: dict[str, Any]) -> str:
    struct = document["components"]["schemas"][type_of(schema)]
    required = struct.get("required", ())
    return ", ".join(
        _code(f"{name}{'' if name in required else '?'}: {type_of(each)}")
        for name, each in struct["properties"].items()
    )


def _first_sentence(schema: dict[str, Any], document: dict[str, Any]) -> str:
    said = document["components"]["schemas"][type_of(schema)].get("description", "")
    return " ".join(said.partition("\n\n")[0].split())


def _named(schemas: dict[str, Any], document: dict[str, Any]) -> str:
    rows = (
        [_code(name), _members(schema, document), _first_sentence(schema, document)]
        for name, schema in schemas.items()
    )
    return _table(("notification", "params", ""), rows)


def _records(document: dict[str, Any]) -> str:
    shown = dict.fromkeys(
        type_of(method["result"]["schema"]) for method in document["methods"]
    )
    known = document["components"]["schemas"]
    inner = (name for name in known if not name.endswith("Params"))
    names = [name for name in dict.fromkeys([*shown, *inner]) if name in known]
    events = {type_of(each) for each in document["x-events"].values()}
    rows = (
        [_code(name), _members({"$ref": name}, document)]
        for name in names
        if name not in events
    )
    return _table(("record", "members"), rows)


def _errors(document: dict[str, Any]) -> str:
    rows = (
        [
            str(error["code"]),
            _code(kind),
            "yes" if error["data"]["retryable"] else "no",
            " ".join(error["message"].split()),
        ]
        for kind, error in document["components"]["errors"].items()
    )
    return _table(("code", "kind", "retryable", "when"), rows)


def _limits() -> str:
    """Each limit with the sentence that stands under it in the settings."""
    (definition,) = ast.parse(inspect.getsource(Limits)).body
    assert isinstance(definition, ast.ClassDef)
    said = {
        field.target.id: " ".join(sentence.value.value.split())
        for field, sentence in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(sentence, ast.Expr)
        and isinstance(sentence.value, ast.Constant)
        and isinstance(sentence.value.value, str)
    }
    rows = (
        [_code(name), f"{default:,}", said[name]]
        for name, default in Limits._field_defaults.items()
    )
    return _table(("limit", "default", ""), rows)
