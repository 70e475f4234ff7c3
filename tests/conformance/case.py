"""What a case is: bytes in, answers out, in any order; and how answers are compared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Answer = tuple[str, ...]
"""A response by what matters: its id with its type, and a result or a code and field."""


@dataclass(frozen=True, slots=True)
class Case:
    """`name` is the clause as a sentence; `answers` come in any order, each once.

    `is_last`: the input ends with these bytes. `needs_daemon`: it asks for methods that
    take time, which only a daemon serves.
    """

    name: str
    sent: bytes
    answers: tuple[Answer, ...] = ()
    is_last: bool = False
    needs_daemon: bool = False


def ok(request_id: object) -> Answer:
    """A result, whatever it is."""
    return ("ok", _identity(request_id))


def fails(request_id: object, code: int, field: str = "") -> Answer:
    """An error with this code, about this member."""
    return ("error", _identity(request_id), str(code), field)


def array(*answers: Answer) -> Answer:
    """A batch's answers, in any order."""
    return ("array", *sorted(map(repr, answers)))


def call(method: object = "ping", **members: object) -> bytes:
    """A line with these members, the version and a method."""
    return line({"jsonrpc": "2.0", "method": method, **members})


def line(value: object) -> bytes:
    """A JSON value and its LF."""
    return json.dumps(value).encode() + b"\n"


def _identity(request_id: object) -> str:
    """An id and its type: 1, "1" and 1.0 are three."""
    return f"{type(request_id).__name__} {request_id!r}"


def answer_of(text: bytes) -> Answer:
    """A line of the daemon as it is compared.

    Raises:
        AssertionError: it is no response of JSON-RPC 2.0, or says what it must not.
    """
    assert b"Traceback" not in text
    assert b'File "' not in text
    value = json.loads(text, parse_constant=_refuse)
    if isinstance(value, list):
        assert value, "a batch's answer is never empty"
        return array(*map(_one, value))
    return _one(value)


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def _one(value: dict[str, Any]) -> Answer:
    assert value["jsonrpc"] == "2.0"
    assert ("result" in value) != ("error" in value)
    if "result" in value:
        assert value.keys() == {"jsonrpc", "id", "result"}
        return ok(value["id"])
    error = value["error"]
    assert isinstance(error["message"], str)
    assert error["message"]
    data = error["data"]
    assert isinstance(data["kind"], str)
    assert isinstance(data["retryable"], bool)
    return fails(value["id"], error["code"], data.get("field", ""))


def in_any_order(answers: Iterable[Answer]) -> list[Answer]:
    """The answers as two sides are compared."""
    return sorted(answers)
