"""Peer: what comes in becomes events, every request is answered exactly once."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.errors import Busy, Cancelled, InvalidParams, UnknownChat
from jarvis.protocol.jsonrpc import Notification, Request, Response
from jarvis.protocol.peer import Event, Peer, Pending


def line(**members: object) -> bytes:
    """A line with these members and the version."""
    return json.dumps({"jsonrpc": "2.0", **members}).encode() + b"\n"


def answers(peer: Peer) -> list[Any]:
    """What the peer has to say, parsed."""
    return [json.loads(each) for each in peer.data_to_send().splitlines()]


def only_request(peer: Peer, data: bytes) -> Request:
    """The one request that the bytes hold."""
    (event,) = peer.receive_data(data)
    assert isinstance(event, Request)
    return event


def code_for(data: bytes) -> int:
    """The error code that answers bytes which are no request."""
    peer = Peer()
    assert peer.receive_data(data) == []
    (answer,) = answers(peer)
    assert answer["id"] is None
    code: int = answer["error"]["code"]
    return code


def test_a_request_is_answered_with_its_result() -> None:
    """The plain case: one line in, one line out."""
    peer = Peer()
    request = only_request(peer, line(id=1, method="ping", params={"a": 1}))
    assert (request.method, request.params) == ("ping", {"a": 1})
    peer.result(request, {"status": "ok"})
    assert answers(peer) == [{"jsonrpc": "2.0", "id": 1, "result": {"status": "ok"}}]


def test_an_id_in_flight_cannot_be_used_again_until_it_is_answered() -> None:
    """The second gets -32600, the first goes on."""
    peer = Peer()
    first = only_request(peer, line(id=7, method="slow"))
    assert peer.receive_data(line(id=7, method="other")) == []
    assert answers(peer)[0]["error"]["code"] == -32600
    peer.result(first, "done")
    assert answers(peer)[0]["result"] == "done"
    assert only_request(peer, line(id=7, method="again")).method == "again"


def test_a_notification_is_never_answered() -> None:
    """No id, no answer."""
    peer = Peer()
    assert peer.receive_data(line(method="hello")) == [Notification("hello", None)]
    assert peer.data_to_send() == b""


def test_id_null_is_a_request() -> None:
    """An id that is there but null still wants its answer."""
    assert only_request(Peer(), line(id=None, method="ping")).id is None


def test_a_response_is_never_answered() -> None:
    """Not even one that belongs to nothing."""
    peer = Peer()
    events = peer.receive_data(line(id=9, result=3))
    assert events == [Response(9, 3, None)]
    assert peer.data_to_send() == b""


def test_a_line_over_the_limit_is_refused_and_the_next_is_read() -> None:
    """The connection goes on."""
    peer = Peer(max_line_bytes=64)
    events = peer.receive_data(b"x" * 1000 + b"\n" + line(id=1, method="ping"))
    assert [type(event) for event in events] == [Request]
    assert answers(peer)[0]["error"]["code"] == -32700


def test_a_batch_is_answered_in_one_array_when_its_last_call_is() -> None:
    """Bad members have their errors in it; notifications leave no trace."""
    peer = Peer()
    batch = [
        {"jsonrpc": "2.0", "id": "a", "method": "one"},
        {"jsonrpc": "2.0", "method": "note"},
        5,
        {"jsonrpc": "2.0", "id": "b", "method": "two"},
    ]
    one, _, two = peer.receive_data(json.dumps(batch).encode() + b"\n")
    assert isinstance(one, Request)
    assert isinstance(two, Request)
    peer.result(two, 2)
    assert peer.data_to_send() == b""
    peer.error(one, UnknownChat("No such chat."))
    (array,) = answers(peer)
    by_id = {answer["id"]: answer for answer in array}
    assert by_id["b"]["result"] == 2
    assert by_id["a"]["error"]["data"] == {"kind": "UnknownChat", "retryable": False}
    assert by_id[None]["error"]["code"] == -32600


def test_answering_twice_is_a_defect() -> None:
    """The second answer raises instead of reaching the wire."""
    peer = Peer()
    request = only_request(peer, line(id=1, method="a"))
    peer.result(request, 1)
    with pytest.raises(KeyError):
        peer.result(request, 2)


def test_a_result_that_cannot_be_written_leaves_the_request_open() -> None:
    """So that it can still be answered with an error."""
    peer = Peer()
    request = only_request(peer, line(id=1, method="a"))
    with pytest.raises(UnicodeEncodeError):
        peer.result(request, "\ud800")
    peer.error(request, Busy("later"))
    assert answers(peer)[0]["error"]["data"]["retryable"] is True


def test_errors_survive_the_wire() -> None:
    """The other end gets the same error back, with what it knew."""
    server, client = Peer(), Peer()
    for error in (
        InvalidParams("wrong", "limit"),
        Cancelled("stopped", tokens=3, partial="Sure, I"),
    ):
        client.request("a", {})
        server.error(only_request(server, client.data_to_send()), error)
        (response,) = client.receive_data(server.data_to_send())
        assert isinstance(response, Response)
        assert type(response.error) is type(error)
        assert vars(response.error) == vars(error)


class Waiting:
    """Who waits for an answer, and what they heard."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.notes: list[str] = []
        self.pending = Pending(self.answers.append, self._hear)

    def _hear(self, note: Notification) -> None:
        self.notes.append(note.method)


def test_an_answer_goes_to_whoever_waits_for_it() -> None:
    """Once, in whatever order answers come; others see nothing of it."""
    server, client = Peer(), Peer()
    first, second = Waiting(), Waiting()
    client.request("a", {}, first.pending)
    client.request("b", {}, second.pending)
    asked = server.receive_data(client.data_to_send())
    for request in reversed(asked):
        assert isinstance(request, Request)
        server.result(request, request.method)
    told = client.receive_data(server.data_to_send())
    assert [client.resolve(event) for event in told] == [True, True]
    assert (first.answers, second.answers) == (["a"], ["b"])
    assert not client.pending
    (again,) = client.receive_data(line(id=1, result="a"))
    assert not client.resolve(again)
    assert first.answers == ["a"]


@pytest.mark.parametrize("params", [{"request_id": 2}, {"id": 1}, {}, [1], None])
def test_a_note_about_something_else_is_nobodys(params: object) -> None:
    """Only the one that names a pending request goes to whoever waits for it."""
    client, waiting = Peer(), Waiting()
    request_id = client.request("a", {}, waiting.pending)
    about = line(method="stream.token", params={"request_id": request_id})
    other = line(method="stream.token", params=params)
    told = client.receive_data(other + about)
    assert [client.resolve(event) for event in told] == [False, True]
    assert waiting.notes == ["stream.token"]


def test_what_was_cancelled_is_still_answered_unless_it_is_forgotten() -> None:
    """A worker is free when it answers; a screen has gone on long before."""
    client, waiting, gone = Peer(), Waiting(), Waiting()
    kept = client.request("a", {}, waiting.pending)
    left = client.request("a", {}, gone.pending)
    client.data_to_send()
    for request_id in (kept, left):
        assert client.cancel(request_id)
    client.forget(left)
    assert not client.cancel(left)
    told = answers(client)
    assert [each["params"] for each in told] == [{"id": kept}, {"id": left}]
    for event in client.receive_data(line(id=kept, result=1) + line(id=left, result=1)):
        client.resolve(event)
    assert (waiting.answers, gone.answers) == ([1], [])


def test_the_end_of_the_connection_answers_all_that_is_pending() -> None:
    """Nobody waits for ever, and one who asks anew meanwhile is not failed with them."""
    client, waiting = Peer(), Waiting()
    client.request("a", {}, waiting.pending)
    client.request("b", {}, Pending(lambda _: again.append(ask())))
    again: list[int] = []

    def ask() -> int:
        return client.request("c", {}, waiting.pending)

    error = Busy("gone")
    client.fail_pending(error)
    assert waiting.answers == [error]
    assert list(client.pending) == again == [3]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["jsonrpc", "id", "method", "params", "result", "error", "x"]
            )
            | st.text(max_size=3),
            inner | st.just("2.0"),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), st.lists(st.integers(0, 500), max_size=6))
def test_any_split_of_the_bytes_gives_the_same_events(
    values: list[object], places: list[int]
) -> None:
    """Events and answers depend on the bytes alone, not on how they were cut."""
    data = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    whole, pieces = Peer(), Peer()
    expected = said(whole.receive_data(data))
    found = [
        event
        for a, b in itertools.pairwise(edges)
        for event in pieces.receive_data(data[a:b])
    ]
    assert said(found) == expected
    assert pieces.data_to_send() == whole.data_to_send()


def said(events: list[Event]) -> list[str]:
    """Events as text, so that requests of two peers can be compared."""
    return [repr(event) for event in events]
