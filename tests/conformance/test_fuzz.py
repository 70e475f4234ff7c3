"""What nobody thought of: any bytes and any structure, in memory and on the socket."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.carriers import InMemory, OverSocket
from tests.conformance.case import answer_of, call
from tests.conformance.cases import CASES
from tests.journeys.daemon_process import DaemonProcess

ANY_JSON: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error", "x"])
LIKELY: Any = st.sampled_from(
    ["2.0", "ping", "list_messages", "rpc.x", 1, None, [], {}]
)
MESSAGES: Any = st.dictionaries(NAMES, LIKELY | ANY_JSON, max_size=7)
LINES: Any = MESSAGES | st.lists(MESSAGES, max_size=5) | ANY_JSON


def count_ids(value: Any) -> int:
    """How many answers a value must get."""
    if isinstance(value, list):
        return int(any(map(count_ids, value)) or not value)
    if not isinstance(value, dict):
        return 1
    if "method" not in value and ("result" in value or "error" in value):
        return 0
    is_call = value.get("jsonrpc") == "2.0" and isinstance(value.get("method"), str)
    has_params = isinstance(value.get("params"), dict | list | None)
    return int(not (is_call and has_params and "id" not in value))


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_any_bytes_get_answers_and_the_next_call_its_own(parts: list[bytes]) -> None:
    """Never an exception, never a line that is no response."""
    lines = InMemory().exchange([*parts, b"\n", call(id="after")], answers=0)
    assert [answer_of(line) for line in lines][-1][:2] == ("ok", "str 'after'")


@given(st.lists(LINES, max_size=6))
def test_every_structure_gets_as_many_answers_as_it_must(values: list[Any]) -> None:
    """One for each request and each thing that is none; an array's in one."""
    sent = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    lines = InMemory().exchange([sent], answers=0)
    assert len(lines) == sum(map(count_ids, values))
    for line in lines:
        answer_of(line)


def mutated(chance: random.Random, sent: bytes) -> bytes:
    """A good case with a few bytes changed, lost or doubled."""
    changed = bytearray(sent[:2000])
    for _ in range(chance.randint(1, 6)):
        if not changed:
            break
        place = chance.randrange(len(changed))
        act = chance.randrange(3)
        if act == 0:
            changed[place] = chance.randrange(256)
        elif act == 1:
            del changed[place]
        else:
            changed[place:place] = changed[max(0, place - 9) : place]
    return bytes(changed)


def test_a_daemon_survives_what_is_nearly_right(daemon: DaemonProcess) -> None:
    """Each line that comes back is a response, and the connection goes on."""
    chance = random.Random(4)
    carrier = OverSocket(daemon.socket)
    cases = [case.sent for case in CASES if len(case.sent) < 5000]
    for _ in range(150):
        parts = [mutated(chance, chance.choice(cases)) for _ in range(4)]
        lines = carrier.exchange([*parts, b"\n", call(id="after")], answers=1)
        answers = [answer_of(line) for line in lines if b'"method"' not in line]
        assert ("ok", "str 'after'") in answers
    assert daemon.process.poll() is None
