"""The contract's files say what the catalogue says, and keep what was promised."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from contract.compare import broken_promises
from contract.files import RELEASED, ROOT, drawn
from jarvis.daemon.handlers import HANDLERS
from jarvis.protocol.events import EVENTS
from jarvis.protocol.methods import METHODS, PROTOCOL_VERSION
from jarvis.protocol.openrpc import document

Document = dict[str, Any]


@pytest.mark.parametrize("path", drawn())
def test_a_file_is_as_the_catalogue_draws_it(path: str) -> None:
    """`./dev contract` draws them anew."""
    assert (ROOT / path).read_text(encoding="utf-8") == drawn()[path]


def test_everything_of_the_catalogue_is_in_the_document() -> None:
    """Every method, every event, and no reference that leads nowhere."""
    made = document()
    assert [method["name"] for method in made["methods"]] == list(METHODS)
    assert list(made["x-events"]) == list(EVENTS)
    refs = [
        part.partition('"')[0]
        for part in json.dumps(made).split('"$ref": "#/components/')[1:]
    ]
    assert refs
    for ref in refs:
        kind, _, name = ref.partition("/")
        assert name in made["components"][kind]


def test_the_readme_names_every_method_that_is_served() -> None:
    """And no other."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, after = text.partition("This version serves ")
    listed, _, _ = after.partition(": the whole contract")
    assert set(re.findall(r"`([^`]+)`", listed)) == {*HANDLERS, "batch"}


def test_what_was_released_is_kept() -> None:
    """A client of any earlier version works with this one."""
    released = sorted(RELEASED.glob("*.json"), key=lambda path: int(path.stem))
    assert int(released[-1].stem) <= PROTOCOL_VERSION
    for path in released:
        old = json.loads(path.read_text(encoding="utf-8"))
        assert broken_promises(old, document()) == []


def method(made: Document, name: str) -> dict[str, Any]:
    """A method of a document, to be changed."""
    found: dict[str, Any] = next(m for m in made["methods"] if m["name"] == name)
    return found


def schema(made: Document, name: str) -> dict[str, Any]:
    """A component of a document, to be changed."""
    found: dict[str, Any] = made["components"]["schemas"][name]
    return found


def param(made: Document, name: str, index: int) -> dict[str, Any]:
    """A param of a method, to be changed."""
    found: dict[str, Any] = method(made, name)["params"][index]
    return found


def breaking() -> dict[str, Callable[[Document], object]]:
    """Changes that a client would trip over."""
    required = {"name": "more", "required": True, "schema": {"type": "string"}}
    return {
        "a method goes": lambda d: d["methods"].pop(0),
        "an event goes": lambda d: d["x-events"].pop("new_message"),
        "a token's member goes": lambda d: schema(d, "StreamToken")["properties"].pop(
            "index"
        ),
        "a member may be missing": lambda d: schema(d, "Draft")["required"].remove(
            "model"
        ),
        "a member changes its type": lambda d: schema(d, "Ping")["properties"].update(
            pid={"type": "string"}
        ),
        "a member may be null": lambda d: schema(d, "Ping")["properties"].update(
            pid={"anyOf": [{"type": "integer"}, {"type": "null"}]}
        ),
        "a value nobody knows": lambda d: schema(d, "Suggestion")["properties"][
            "source"
        ]["enum"].append("oracle"),
        "items change": lambda d: schema(d, "ListMessages")["properties"].update(
            messages={"type": "array", "items": {"type": "string"}}
        ),
        "a param goes": lambda d: method(d, "list_messages")["params"].pop(),
        "params change places": lambda d: method(d, "subscribe")["params"].reverse(),
        "a param must be given": lambda d: param(d, "subscribe", 0).update(
            required=True
        ),
        "a new param must be given": lambda d: method(d, "ping")["params"].append(
            required
        ),
        "a param takes less": lambda d: param(d, "list_messages", 1)["schema"].update(
            maximum=100
        ),
        "a param takes another type": lambda d: param(d, "list_messages", 0).update(
            schema={"type": "integer"}
        ),
        "a choice goes": lambda d: param(d, "index_control", 0)["schema"]["enum"].pop(),
        "a stream ends": lambda d: method(d, "summarize").update({"x-streams": False}),
        "an error has another code": lambda d: d["components"]["errors"]["Busy"].update(
            code=-32099
        ),
        "cancelling is called otherwise": lambda d: d.update({"x-cancel": "cancel"}),
    }


@pytest.mark.parametrize("change", breaking())
def test_a_broken_promise_is_seen(change: str) -> None:
    """Each of them, by itself."""
    newer = copy.deepcopy(document())
    breaking()[change](newer)
    assert len(broken_promises(document(), newer)) >= 1


def adding() -> dict[str, Callable[[Document], object]]:
    """Changes that an old client does not notice."""
    optional = {"name": "more", "required": False, "schema": {"type": "string"}}
    return {
        "a method": lambda d: d["methods"].append(
            {**copy.deepcopy(d["methods"][0]), "name": "new"}
        ),
        "a param": lambda d: method(d, "ping")["params"].append(optional),
        "a wider param": lambda d: param(d, "list_messages", 1)["schema"].update(
            maximum=1000
        ),
        "a choice": lambda d: param(d, "index_control", 0)["schema"]["enum"].append(
            "stop"
        ),
        "a member": lambda d: schema(d, "Ping")["properties"].update(
            more={"type": "string"}
        ),
        "an event": lambda d: d["x-events"].update(new={"type": "object"}),
        "an error": lambda d: d["components"]["errors"].update(
            New={"code": -32050, "data": {}}
        ),
        "a member that is never null any more": lambda d: schema(d, "Draft")[
            "properties"
        ].update(model={"type": "string"}),
        "a sentence": lambda d: method(d, "ping").update(summary="Said better."),
    }


@pytest.mark.parametrize("change", adding())
def test_an_addition_breaks_nothing(change: str) -> None:
    """So the protocol can grow."""
    newer = copy.deepcopy(document())
    adding()[change](newer)
    assert broken_promises(document(), newer) == []
