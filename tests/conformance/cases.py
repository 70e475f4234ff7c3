"""Every clause of the envelope, of framing and of batches."""

from __future__ import annotations

import json
from typing import Final

from tests.conformance.case import Answer, Case, array, call, fails, line, ok

PARSE, REQUEST, METHOD, PARAMS, UNKNOWN_CHAT = -32700, -32600, -32601, -32602, -32001
CANCELLED = -32800
MAX_LINE_BYTES: Final = 4 * 2**20

NOT_READ: Final = (fails(None, PARSE),)
NO_REQUEST: Final = (fails(None, REQUEST),)


NOTHING: Final[tuple[object, ...]] = (None, [], {})


def ping(request_id: object = 1) -> dict[str, object]:
    """A ping as a value."""
    return {"jsonrpc": "2.0", "method": "ping", "id": request_id}


def with_id(raw: str) -> bytes:
    """A ping whose id is spelled like this."""
    return b'{"jsonrpc":"2.0","method":"ping","id":' + raw.encode() + b"}\n"


def padded(size_bytes: int) -> bytes:
    """A good request of exactly so many bytes, without its LF."""
    text = json.dumps(ping()).encode()
    return text[:-1] + b" " * (size_bytes - len(text)) + b"}"


def refused(about: str, given: object, field: str = "limit") -> Case:
    """Params of list_messages that are not as they must be."""
    sent = call("list_messages", params=given, id=1)
    return Case(f"params: {about}", sent, (fails(1, PARAMS, field),))


def poll(request_id: object) -> bytes:
    """A call that goes on until it is cancelled."""
    return call("events.poll", params=[0, None, None, 60_000], id=request_id)


def cancel(request_id: object) -> bytes:
    """The notification that stops it."""
    return call("$/cancelRequest", params={"id": request_id})


VERSIONS: Final = [
    Case(
        f"jsonrpc: {given!r} is not the version",
        line({**ping(), "jsonrpc": given}),
        (fails(1, REQUEST),),
    )
    for given in ("2", "1.0", 2.0, 2, None, True, ["2.0"], "2.0 ")
] + [
    Case(
        "jsonrpc: must be there",
        line({"method": "ping", "id": 1}),
        (fails(1, REQUEST),),
    ),
]

METHODS: Final = [
    *(
        Case(f"method: {given!r} is no name", call(given, id=1), (fails(1, REQUEST),))
        for given in (1, None, True, ["ping"], {"name": "ping"})
    ),
    Case(
        "method: must be there", line({"jsonrpc": "2.0", "id": 1}), (fails(1, REQUEST),)
    ),
    Case("method: an unknown one", call("pong", id=1), (fails(1, METHOD),)),
    Case("method: an empty name", call("", id=1), (fails(1, METHOD),)),
    Case("method: names are exact", call("Ping", id=1), (fails(1, METHOD),)),
    Case("method: rpc.* is reserved", call("rpc.nothing", id=1), (fails(1, METHOD),)),
    Case(
        "method: nearly a known one",
        call("prefetch_state", id=1),
        (fails(1, METHOD),),
    ),
    Case("method: a long unknown one", call("x" * 100_000, id=1), (fails(1, METHOD),)),
]

CALLS_WITH_PARAMS: Final = [
    *(
        Case(
            f"params: {given!r} are no params",
            call(params=given, id=1),
            (fails(1, REQUEST),),
        )
        for given in ("x", 1, 1.5, True, False)
    ),
    *(
        Case(f"params: {given!r} are none", call(params=given, id=1), (ok(1),))
        for given in NOTHING
    ),
    Case("params: absent are none", call(id=1), (ok(1),)),
    Case(
        "params: none are taken, one is given",
        call(params=[1], id=1),
        (fails(1, PARAMS, "params"),),
    ),
    Case(
        "params: none are taken, a named one is given",
        call(params={"verbose": True}, id=1),
        (fails(1, PARAMS, "verbose"),),
    ),
    Case(
        "params: an array is read in the order of the table",
        call("list_messages", params=["nobody", 3], id=1),
        (fails(1, UNKNOWN_CHAT),),
    ),
    Case(
        "params: names say the same",
        call("list_messages", params={"limit": 3, "chat_id": "nobody"}, id=1),
        (fails(1, UNKNOWN_CHAT),),
    ),
    refused("the second of an array", ["nobody", "three"]),
    refused("too many", ["nobody", 1, None, None, None, 6], "params"),
    refused("a required one is missing", {"limit": 3}, "chat_id"),
    refused("none at all", {}, "chat_id"),
    refused("null where a text must be", {"chat_id": None}, "chat_id"),
    refused("an unknown one", {"chat_id": "a", "limt": 3}, "limt"),
    refused("a text for a number", {"chat_id": "a", "limit": "3"}),
    refused("a bool for a number", {"chat_id": "a", "limit": True}),
    refused("a fraction for a number", {"chat_id": "a", "limit": 1.5}),
    refused("below the bound", {"chat_id": "a", "limit": 0}),
    refused("above the bound", {"chat_id": "a", "limit": 501}),
    refused("a number beyond 64 bits", {"chat_id": "a", "limit": 2**70}),
    refused("an empty text", {"chat_id": ""}, "chat_id"),
    refused("a list for a text", {"chat_id": ["a"]}, "chat_id"),
    refused("a text beyond its bound", {"chat_id": "x" * 1025}, "chat_id"),
]

IDS: Final = [
    *(
        Case(
            f"id: {raw[:24]} comes back as it came",
            with_id(raw),
            (ok(json.loads(raw)),),
        )
        for raw in (
            "1",
            "0",
            "-1",
            "1.0",
            "1.5",
            "-0.0",
            "1e308",
            "5e-324",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775809",
            "1" + "0" * 400,
            '"1"',
            '""',
            '"\\u0000"',
            '"ключ 🔑"',
            "null",
            json.dumps("x" * 10_000),
        )
    ),
    *(
        Case(f"id: {given!r} is no id", call(id=given), NO_REQUEST)
        for given in (True, False, [], [1], {}, {"a": 1})
    ),
    Case("id: a number that no double holds", with_id("1e400"), NOT_READ),
    Case("id: digits without end", with_id("1" * 5000), NOT_READ),
    Case(
        "id: three that are equal in Python are three",
        call(id=1) + call(id=1.0) + call(id="1"),
        (ok(1), ok(1.0), ok("1")),
    ),
    Case(
        "id: one in use is refused, the first goes on",
        poll(1) + call(id=1) + call(id=1.0) + call(id="1") + cancel(1),
        (fails(1, REQUEST), ok(1.0), ok("1"), fails(1, CANCELLED)),
        needs_daemon=True,
    ),
    Case(
        "id: null is an id, and can be in use",
        poll(None) + call(id=None) + cancel(None),
        (fails(None, REQUEST), fails(None, CANCELLED)),
        needs_daemon=True,
    ),
]

RESPONSES: Final[dict[str, dict[str, object]]] = {
    "a result": {"id": 1, "result": 1},
    "an error": {"id": 1, "error": {"code": 1, "message": "x"}},
    "an error that is none": {"id": 1, "error": 5},
    "of an id nobody knows": {"id": {"a": 1}, "result": None},
}

UNANSWERED: Final = [
    *(
        Case(f"notification: never answered, {about}", sent)
        for about, sent in {
            "a good one": call(),
            "an unknown method": call("pong"),
            "wrong params": call("list_messages", params={"limit": "x"}),
            "surplus params": call(params=[1, 2]),
            "a method of rpc": call("rpc.nothing"),
            "a stream": call("generate_draft", params={"chat_id": "a"}),
            "cancelling nothing": call("$/cancelRequest", params={"id": 99}),
            "cancelling without an id": call("$/cancelRequest"),
        }.items()
    ),
    *(
        Case(f"response: never answered, {about}", line({"jsonrpc": "2.0", **members}))
        for about, members in RESPONSES.items()
    ),
    Case("members that nobody knows are passed over", call(id=1, trace="x"), (ok(1),)),
]

VALUES: Final = [
    *(
        Case(f"value: {text} is no request", text.encode() + b"\n", NO_REQUEST)
        for text in ("1", '"ping"', "null", "true", "{}", "1.5")
    ),
    *(
        Case(f"not read: {about}", sent + b"\n", NOT_READ)
        for about, sent in {
            "no JSON": b"ping",
            "cut off": b'{"jsonrpc": "2.0", "method": "pi',
            "something after it": b'{"jsonrpc":"2.0","method":"ping","id":1} x',
            "two values": b'{"jsonrpc":"2.0","method":"ping","id":1}{}',
            "single quotes": b"{'jsonrpc': '2.0'}",
            "a comma too many": b'{"jsonrpc":"2.0","method":"ping","id":1,}',
            "a comment": b'{"jsonrpc":"2.0","method":"ping","id":1} // x',
            "NaN": b'{"jsonrpc":"2.0","method":"ping","id":NaN}',
            "Infinity": b'{"jsonrpc":"2.0","method":"ping","id":-Infinity}',
            "a control character in a text": b'{"jsonrpc":"2.0","method":"pi\x01ng"}',
            "a NUL": b"\0",
            "a leading zero": b'{"jsonrpc":"2.0","method":"ping","id":01}',
            "half a surrogate pair": b'{"jsonrpc":"2.0","method":"\\ud800","id":1}',
            "not UTF-8": b'{"jsonrpc":"2.0","method":"p\xff\xfe","id":1}',
            "an overlong encoding": b'{"jsonrpc":"2.0","method":"p\xc0\xaf","id":1}',
            "a surrogate in UTF-8": b'{"jsonrpc":"2.0","method":"\xed\xa0\x80","id":1}',
            "cut within a character": b'{"jsonrpc":"2.0","method":"\xf0\x9f\x98',
            "a byte-order mark": b"\xef\xbb\xbf" + json.dumps(ping()).encode(),
            "UTF-16": json.dumps(ping()).encode("utf-16-le"),
            "arrays too deep": b"[" * 100_000,
            "objects too deep": b'{"a":' * 100_000,
        }.items()
    ),
]

FRAMING: Final = [
    Case("line: CRLF ends it too", call(id=1)[:-1] + b"\r\n", (ok(1),)),
    Case("line: blank ones are passed over", b"\n\r\n  \n\t\n" + call(id=1), (ok(1),)),
    Case("line: blanks around it", b"  \t" + call(id=1)[:-1] + b" \t\n", (ok(1),)),
    Case(
        "line: many in one write",
        b"".join(call(id=number) for number in range(200)),
        tuple(ok(number) for number in range(200)),
    ),
    Case(
        "line: a bad one does not spoil the next",
        b"oops\n" + call(id=1) + b"\xff\n" + call(id=2),
        (*NOT_READ, ok(1), *NOT_READ, ok(2)),
    ),
    Case("line: one of the limit is read", padded(MAX_LINE_BYTES) + b"\n", (ok(1),)),
    Case(
        "line: one of the limit may end with CRLF",
        padded(MAX_LINE_BYTES) + b"\r\n",
        (ok(1),),
    ),
    Case(
        "line: one byte more is refused once",
        padded(MAX_LINE_BYTES + 1) + b"\n" + call(id=2),
        (*NOT_READ, ok(2)),
    ),
    Case(
        "line: far too long is refused once",
        b"x" * (3 * MAX_LINE_BYTES) + b"\n" + call(id=2),
        (*NOT_READ, ok(2)),
    ),
    Case("end: the last line needs no LF", call(id=1)[:-1], (ok(1),), is_last=True),
    Case("end: within a line", b'{"jsonrpc"', NOT_READ, is_last=True),
    Case("end: at once", b"", (), is_last=True),
    Case(
        "end: every answer still comes",
        call("list_messages", params=["nobody"], id=1)
        + call("get_status", id=2)
        + call(id=3),
        (fails(1, UNKNOWN_CHAT), ok(2), ok(3)),
        is_last=True,
        needs_daemon=True,
    ),
]


def batch(about: str, members: list[object], *answers: Answer) -> Case:
    """An array and the answers in its one answer; none: nothing comes."""
    expected = (array(*answers),) if answers else ()
    return Case(f"batch: {about}", line(members), expected)


BATCHES: Final = [
    Case("batch: an empty one is no request", b"[]\n", NO_REQUEST),
    Case(
        "batch: more than 64 are refused as one",
        line([ping(number) for number in range(65)]),
        NO_REQUEST,
    ),
    batch("of 64", [ping(n) for n in range(64)], *(ok(n) for n in range(64))),
    batch("of one", [ping()], ok(1)),
    batch("of what are no requests", [1, "a", None], *(NO_REQUEST * 3)),
    batch("within a batch", [[ping()], ping(2)], *NO_REQUEST, ok(2)),
    batch("of notifications only", [{"jsonrpc": "2.0", "method": "ping"}] * 3),
    batch("of a response only", [{"jsonrpc": "2.0", "id": 1, "result": 1}]),
    batch(
        "of everything",
        [
            ping(1),
            {"jsonrpc": "2.0", "method": "ping"},
            {"jsonrpc": "2.0", "method": "pong", "id": "2"},
            {"jsonrpc": "1.0", "method": "ping", "id": 3},
            {"jsonrpc": "2.0", "method": "list_messages", "params": {}, "id": 4},
            {"foo": "bar"},
        ],
        ok(1),
        fails("2", METHOD),
        fails(3, REQUEST),
        fails(4, PARAMS, "chat_id"),
        *NO_REQUEST,
    ),
    Case("batch: cut off", b'[{"jsonrpc":"2.0","method":"ping","id":1},\n', NOT_READ),
]

CASES: Final = [
    *VERSIONS,
    *METHODS,
    *CALLS_WITH_PARAMS,
    *IDS,
    *UNANSWERED,
    *VALUES,
    *FRAMING,
    *BATCHES,
]
