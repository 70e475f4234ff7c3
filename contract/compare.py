"""Whether a client of an older contract still understands the newer one.

One rule, used both ways: every value of one schema fits another. What a client sent
before must fit what is taken now; what it is sent now must fit what it was told before.
So params and members may be added, and nothing may be missing, narrower or of new kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

Document = dict[str, Any]
Schema = dict[str, Any]

_AT_LEAST: Final = ("minimum", "minLength", "minItems")
_AT_MOST: Final = ("maximum", "maxLength", "maxItems")


def broken_promises(old: Document, new: Document) -> list[str]:
    """What a client written for `old` would trip over, a line each."""
    return [*_methods(old, new), *_notifications(old, new), *_errors(old, new)]


class Part(NamedTuple):
    """A schema and the document whose components it refers to."""

    schema: Schema
    document: Document

    def of(self, schema: Schema) -> Part:
        """Another schema of the same document."""
        return Part(schema, self.document)

    def choices(self) -> list[Part]:
        """The schemas of which a value fits one, without references."""
        if "$ref" in self.schema:
            name = self.schema["$ref"].rpartition("/")[2]
            return self.of(self.document["components"]["schemas"][name]).choices()
        if "anyOf" in self.schema:
            parts = map(self.of, self.schema["anyOf"])
            return [choice for part in parts for choice in part.choices()]
        return [self]


def fits(inner: Part, outer: Part) -> bool:
    """Whether every value of `inner` is also one of `outer`."""
    outers = outer.choices()
    return all(
        any(_fits_one(choice, each) for each in outers) for choice in inner.choices()
    )


def _fits_one(inner: Part, outer: Part) -> bool:
    a, b = inner.schema, outer.schema
    if not b.keys() - {"description", "default", "title"}:
        return True  # anything at all
    if "enum" in b:
        return set(a.get("enum", [object()])) <= set(b["enum"])
    kind = "string" if "enum" in a else a.get("type")
    if kind != b["type"] and (kind, b["type"]) != ("integer", "number"):
        return False
    return _is_within_bounds(a, b) and _holds_what_fits(inner, outer)


def _is_within_bounds(a: Schema, b: Schema) -> bool:
    return all(key in a and a[key] >= b[key] for key in _AT_LEAST if key in b) and all(
        key in a and a[key] <= b[key] for key in _AT_MOST if key in b
    )


def _holds_what_fits(inner: Part, outer: Part) -> bool:
    a, b = inner.schema, outer.schema
    if "prefixItems" in b:
        pairs = zip(a.get("prefixItems", ()), b["prefixItems"], strict=False)
        return len(a.get("prefixItems", ())) == len(b["prefixItems"]) and all(
            fits(inner.of(mine), outer.of(other)) for mine, other in pairs
        )
    if "properties" in b:
        return _has_the_members(inner, outer)
    for key in ("items", "additionalProperties"):
        if isinstance(b.get(key), dict):
            mine = a.get(key)
            if not isinstance(mine, dict) or not fits(inner.of(mine), outer.of(b[key])):
                return False
    return True


def _has_the_members(inner: Part, outer: Part) -> bool:
    mine, others = inner.schema.get("properties", {}), outer.schema["properties"]
    always = mine.keys() & set(inner.schema.get("required", ()))
    if set(outer.schema.get("required", ())) - always:
        return False
    if outer.schema.get("additionalProperties") is False and mine.keys() - others:
        return False
    return all(
        fits(inner.of(mine[name]), outer.of(others[name]))
        for name in mine & others.keys()
    )


def _methods(old: Document, new: Document) -> Iterator[str]:
    now = {method["name"]: method for method in new["methods"]}
    for method in old["methods"]:
        name = method["name"]
        if name not in now:
            yield f"{name} is gone"
            continue
        later = now[name]
        if method["x-streams"] != later["x-streams"]:
            yield f"{name}: streams no longer, or newly"
        yield from _params(name, method["params"], later["params"], old, new)
        was, sent = method["result"]["schema"], later["result"]["schema"]
        if not fits(Part(sent, new), Part(was, old)):
            yield f"{name}: its result is not what it was"


def _params(
    name: str, before: list[Schema], later: list[Schema], old: Document, new: Document
) -> Iterator[str]:
    names = [param["name"] for param in before]
    if [param["name"] for param in later[: len(names)]] != names:
        yield f"{name}: params are gone or stand in another order"
        return
    for param, now in zip(before, later, strict=False):
        if now["required"] and not param["required"]:
            yield f"{name}: {param['name']} must be given now"
        if not fits(Part(param["schema"], old), Part(now["schema"], new)):
            yield f"{name}: {param['name']} takes less than it did"
    for param in later[len(names) :]:
        if param["required"]:
            yield f"{name}: {param['name']} is new and must be given"


def _notifications(old: Document, new: Document) -> Iterator[str]:
    for part in ("x-events", "x-stream"):
        for name, was in old[part].items():
            sent = new[part].get(name)
            if sent is None:
                yield f"{name} is gone"
            elif not fits(Part(sent, new), Part(was, old)):
                yield f"{name}: its params are not what they were"
    if old["x-cancel"] != new["x-cancel"]:
        yield "requests are cancelled in another way"


def _errors(old: Document, new: Document) -> Iterator[str]:
    now = new["components"]["errors"]
    for kind, error in old["components"]["errors"].items():
        later = now.get(kind, {})
        if (later.get("code"), later.get("data")) != (error["code"], error["data"]):
            yield f"{kind}: gone, or with another code or meaning"
