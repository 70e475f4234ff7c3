"""Servers that are strict, slow, lax or thoughtful: the engine gets on with them all."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jarvis.errors import Cancelled, InvalidParams, ModelUnavailable
from jarvis.inference.engine import Generated
from jarvis.inference.engines.openai import http_stream
from jarvis.inference.engines.openai import server as openai_server
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from jarvis.records import StreamPhase
from tests.inference.child import running_worker
from tests.inference.model_server import (
    DONE,
    PROMPT,
    YES,
    ModelServer,
    Speech,
    chunk,
    head,
    hold,
    model_at,
    models,
    says,
    serving,
    text_of,
    write,
)
from tests.inference.sample import nobody_minds

Told = list[tuple[StreamPhase, int, int | None]]

RULES, ASKED = (turn.content for turn in PROMPT.turns)


def refusing(
    is_wrong: Callable[[dict[str, Any]], object],
    status: str = "400 Bad Request",
    said: bytes = b'{"error": "secret"}',
    kind: str = "application/json",
) -> Callable[[ModelServer], Speech]:
    """A server that refuses some requests, by their body, and writes for the others."""

    def of(server: ModelServer) -> Speech:
        def speak(connection: socket.socket) -> None:
            if is_wrong(server.bodies[-1]):
                says(head(status, kind), said)(connection)
            else:
                YES(connection)

        return speak

    return of


def written_twice(
    answers: Callable[[ModelServer], Speech],
) -> tuple[list[str], list[dict[str, Any]]]:
    """Two texts by one engine from such a server, and what it was asked for them."""
    asked: list[ModelServer] = []
    speech: Speech = lambda connection: answers(asked[0])(connection)  # noqa: E731
    with serving(*[speech] * 20, listed=models("small")) as server:
        asked.append(server)
        engine = OpenAiGenerator(model_at(server.address))
        with closing(engine.generate(PROMPT, nobody_minds)) as steps:
            # It is left at its first token, as a text that is cut.
            texts = [next(steps).text]
        texts.append(text_of([*engine.generate(PROMPT, nobody_minds)]))
        return texts, [body for body in server.bodies if body]


def roles(body: dict[str, Any]) -> list[str]:
    """Who speaks in a prompt."""
    return [message["role"] for message in body["messages"]]


# Strict ones

STRICT: dict[str, Callable[[dict[str, Any]], object]] = {
    "no field of others": lambda body: "logprobs" in body or "reasoning_effort" in body,
    "no effort none": lambda body: body.get("reasoning_effort") == "none",
    "no system turn": lambda body: roles(body)[0] == "system",
    "nothing of all that": lambda body: (
        len(body["messages"]) > 1 or "logprobs" in body or "reasoning_effort" in body
    ),
}


@pytest.mark.parametrize("status", ["400 Bad Request", "422 Unprocessable Entity"])
@pytest.mark.parametrize("how", STRICT)
def test_a_strict_server_is_asked_again_in_its_manner(how: str, status: str) -> None:
    """From then on at once, and no more is given up than it refuses."""
    texts, bodies = written_twice(refusing(STRICT[how], status))
    assert texts == ["Yes", "Yes!"]
    *_, accepted, again = bodies
    assert accepted == again
    assert not STRICT[how](again)
    assert ("logprobs" in again) == (how in ("no effort none", "no system turn"))
    assert ("reasoning_effort" in again) == (how == "no system turn")
    if how in ("no system turn", "nothing of all that"):
        (message,) = again["messages"]
        assert message == {"role": "user", "content": f"{RULES}\n\n{ASKED}"}
    else:
        assert roles(again) == ["system", "user"]


def test_a_template_that_fails_on_the_rules_is_a_refusal() -> None:
    """llama-server answers 500 there; any other 500 is believed at once."""
    said = b'{"error": {"message": "Jinja Exception: System role not supported"}}'
    status = "500 Internal Server Error"
    texts, bodies = written_twice(refusing(STRICT["no system turn"], status, said))
    assert texts == ["Yes", "Yes!"]
    assert roles(bodies[-1]) == ["user"]
    with pytest.raises(ModelUnavailable, match="500 "):
        write(says(head(status), b"out of memory"))


class LikeLlamaCpp:
    """A server that has begun a stream when it sees that it will not write, and ends it.

    Without a stream it answers with an error. So does llama_cpp.server.
    """

    def __init__(
        self, status: str, message: str, is_wrong: Callable[[dict[str, Any]], object]
    ) -> None:
        self._whole = says(
            head(status, "application/json"),
            json.dumps({"error": {"message": message}}).encode(),
        )
        self._is_wrong = is_wrong

    def __call__(self, server: ModelServer) -> Speech:
        """Its answer to what it was asked last."""
        asked = server.bodies[-1]
        if not self._is_wrong(asked):
            return YES
        chunked = head(more="Transfer-Encoding: chunked\r\n")
        return says(chunked, b"0\r\n\r\n") if asked["stream"] else self._whole


def test_a_stream_that_ends_before_it_begins_is_asked_why() -> None:
    """Without a stream the server says that it has no log-probabilities to give."""
    message = "logprobs is not supported for models created with logits_all=False"
    server = LikeLlamaCpp(
        "500 Internal Server Error", message, lambda body: "logprobs" in body
    )
    texts, bodies = written_twice(server)
    assert texts == ["Yes", "Yes!"]
    assert bodies[-1] == bodies[-2]
    assert roles(bodies[-1]) == ["system", "user"]


def test_a_prompt_too_long_for_such_a_server_is_no_empty_text() -> None:
    """Whoever asks then has less of the conversation read."""
    message = "This model's maximum context length is 2048 tokens."
    server = LikeLlamaCpp("400 Bad Request", message, lambda body: True)
    with pytest.raises(InvalidParams) as raised:
        written_twice(server)
    assert raised.value.field == "prompt"


def test_a_stream_that_ends_before_it_begins_without_a_reason_is_a_failure() -> None:
    """Where the server would write without a stream there is nothing to try."""
    server = LikeLlamaCpp("200 OK", "", lambda body: body["stream"])
    with pytest.raises(ModelUnavailable, match="before it began: look into its log"):
        written_twice(server)


def test_a_refusal_in_the_stream_is_one() -> None:
    """LM Studio answers 200 and says it there; after some text it is a failure."""
    said = b'data: {"error": {"message": "Error rendering prompt with jinja template"}}'
    stream = said + b"\n\n"
    texts, bodies = written_twice(
        refusing(STRICT["no system turn"], "200 OK", stream, "text/event-stream")
    )
    assert texts == ["Yes", "Yes!"]
    assert roles(bodies[-1]) == ["user"]
    with pytest.raises(ModelUnavailable, match="failed in the middle") as raised:
        write(says(head(), chunk("Yes"), stream))
    assert type(raised.value) is ModelUnavailable


@pytest.mark.parametrize(
    "said",
    [
        b"the request exceeds the available context size, try increasing it",
        b"This model's maximum context length is 4096 tokens.",
        b'{"error": {"code": "context_length_exceeded"}}',
    ],
)
@pytest.mark.parametrize("status", ["400 Bad Request", "200 OK"])
def test_a_prompt_that_is_too_long_is_said_to_be(status: str, said: bytes) -> None:
    """At once, and in a way that the assistant can act on: it asks with less."""
    event = b'data: {"error": %s}\n\n' % json.dumps(said.decode()).encode()
    kind = "text/event-stream" if status == "200 OK" else "application/json"
    with pytest.raises(InvalidParams) as raised:
        write(says(head(status, kind), event))
    assert raised.value.field == "prompt"


# Slow ones


def not_ready(status: str = "503 Service Unavailable", more: str = "") -> Speech:
    """Says that it is not ready."""
    said = {"error": {"message": "Loading model", "type": "unavailable_error"}}
    return says(head(status, "application/json", more), json.dumps(said).encode())


def told_while_writing(*speeches: Speech) -> Told:
    """What was told of a text that was written in the end."""
    told: Told = []

    def progress(phase: StreamPhase, done: int, total: int | None) -> None:
        if (phase, done, total) not in told:
            told.append((phase, done, total))

    assert text_of(write(*speeches, progress=progress)) == "Yes!"
    return told


AT_ONCE = "Retry-After: 0\r\n"


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("503 Service Unavailable", "loading"),
        ("502 Bad Gateway", "loading"),
        ("504 Gateway Timeout", "loading"),
        ("429 Too Many Requests", "queued"),
    ],
)
def test_a_server_that_is_not_ready_is_waited_for(
    status: str, phase: StreamPhase
) -> None:
    """A model server while it loads, a router while that starts, one with other work."""
    told = told_while_writing(*[not_ready(status, AT_ONCE)] * 2, YES)
    assert told[:2] == [(phase, 0, None), ("reading", 0, None)]


@pytest.mark.parametrize(
    "when",
    ["", "soon", "Fri, 31 Dec 1999 23:59:59 GMT", format_datetime(datetime.now(UTC))],
    ids=["unsaid", "in a word", "long ago", "now"],
)
def test_it_is_asked_again_when_it_says(
    when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a number of seconds or at a date; in a while where it says no such thing."""
    monkeypatch.setattr(http_stream, "_PAUSE_S", 0.01)
    assert told_while_writing(not_ready(more=f"Retry-After: {when}\r\n"), YES)


def test_one_that_is_never_ready_is_given_up() -> None:
    """When its patience is over, with where to look."""
    with pytest.raises(ModelUnavailable, match=r"503 .*not ready in time.*its log"):
        write(*[not_ready(more=AT_ONCE)] * 50, silence_s=0.12)


def test_a_server_that_loads_is_let_go_of_when_nobody_wants_the_text() -> None:
    """While it is waited for, too."""

    def progress(phase: StreamPhase, done: int, total: int | None) -> None:
        if phase == "loading":
            raise Cancelled("Nobody wants it.")

    with pytest.raises(Cancelled):
        write(not_ready(more="Retry-After: 3\r\n"), progress=progress)


def test_a_server_that_does_not_say_yet_what_it_has_is_believed() -> None:
    """While it loads it answers nothing else."""
    with serving(not_ready(), not_ready(more=AT_ONCE), YES) as server:
        engine = OpenAiGenerator(model_at(server.address))
        assert text_of(list(engine.generate(PROMPT, nobody_minds))) == "Yes!"


COUNTED = {"total": 1900, "cache": 0, "processed": 640, "time_ms": 3}


@pytest.mark.parametrize(
    "said",
    [
        b": ping\n\n: keepalive 640/1900\n\n",
        b'data: {"choices": [], "prompt_progress": %s}\n\n'
        b'data: {"choices": [], "prompt_progress": {"total": null}}\n\n'
        % json.dumps(COUNTED).encode(),
    ],
    ids=["mlx-lm", "llama.cpp"],
)
def test_how_much_of_the_prompt_is_read_is_passed_on(said: bytes) -> None:
    """In comments or in chunks; other servers say nothing of it."""
    text = [chunk("Yes!"), chunk(finish="stop"), DONE]
    told = told_while_writing(says(head(), said, *text))
    assert told == [("reading", 0, None), ("reading", 640, 1900)]


# Lax ones

ODD = {
    "no delta": b'{"choices": [{"index": 0, "delta": null, "finish_reason": null}]}',
    "no choices": b'{"choices": null}',
    "choices that are none": b'{"choices": [null]}',
    "an empty list": b'{"choices": []}',
    "counts alone": b'{"choices": [], "usage": {"prompt_tokens": 9}}',
    "counts of nothing": b'{"choices": [], "usage": {"prompt_tokens": null}}',
    "odd counts": b'{"usage": [1], "choices": [{"delta": {"content": ""}}]}',
    "no text": b'{"choices": [{"delta": {"role": "assistant", "content": null}}]}',
    "odd log-probs": b'{"choices": [{"delta": {}, "logprobs": [{"logprob": "x"}]}]}',
    "another form": b'{"choices": {"0": 1}}',
    "no object": b"[1, 2]",
    "no error": b'{"choices": [], "error": null}',
    "no JSON": b"ping",
}


@pytest.mark.parametrize("where", ["before", "between", "after"])
@pytest.mark.parametrize("how", ODD)
def test_an_odd_chunk_costs_no_text(how: str, where: str) -> None:
    """It is read over, wherever it stands."""
    odd = b"data: " + ODD[how] + b"\n\n"
    said = [chunk("Yes"), chunk("!"), chunk(finish="stop")]
    said.insert(
        ("before", "between", "after").index(where) * 2 - (where == "after"), odd
    )
    assert text_of(write(says(head(), b": ping\n\n", *said, DONE))) == "Yes!"


def test_odd_company_costs_no_text() -> None:
    """Counts and log-probabilities of another form beside a text."""
    steps = write(
        says(
            head(),
            chunk("Yes", choice={"logprobs": [1]}),
            chunk("!", usage={"prompt_tokens": "9"}, error=""),
            chunk(finish="stop", usage=[]),
            DONE,
        )
    )
    assert text_of(steps) == "Yes!"
    assert [step.logprob for step in steps] == [None, None, None]


def test_a_text_in_parts_is_put_together() -> None:
    """As servers send it that keep thoughts and text in one list."""
    parts = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Yes"}]
    said = chunk(choice={"delta": {"content": parts}})
    assert (
        text_of(write(says(head(), said, chunk("!"), chunk(finish="stop")))) == "Yes!"
    )


AFTER_THE_END = {
    "no end of the stream": [],
    "garbage": [b"data: \xff\xfe\n\n"],
    "a failure": [b'data: {"error": {"message": "secret"}}\n\n'],
    "an endless line": [b"x" * 2**21],
}


@pytest.mark.parametrize("how", AFTER_THE_END)
def test_what_comes_after_the_end_costs_no_text(how: str) -> None:
    """It was finished, whatever becomes of the connection."""
    said = [chunk("Yes"), chunk("!"), chunk(finish="stop"), *AFTER_THE_END[how]]
    assert text_of(write(says(head(), *said))) == "Yes!"


def test_a_finished_text_does_not_wait_for_a_server_that_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It neither says that it is done nor hangs up."""
    monkeypatch.setattr(openai_server, "_AFTER_END_S", 0.01)

    def speak(connection: socket.socket) -> None:
        connection.sendall(head() + chunk("Yes!") + chunk(finish="stop"))
        hold(connection)

    assert text_of(write(speak)) == "Yes!"


def test_an_end_without_a_word_of_it_is_an_end() -> None:
    """In chunks, the last of which says so; and without the last blank line."""
    sent = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part) for part in (chunk("Yes!"), b"")
    )
    assert text_of(write(says(head(more="Transfer-Encoding: chunked\r\n"), sent))) == (
        "Yes!"
    )
    assert text_of(write(says(head(), chunk("Yes!"), b"data: [DONE]"))) == "Yes!"


# Thoughtful ones


def thinks(name: str, times: int = 4) -> list[bytes]:
    """Thoughts under one of the names that servers give them."""
    return [chunk(choice={"delta": {name: "secret"}})] * times


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "thinking"])
def test_thoughts_have_room_of_their_own(name: str) -> None:
    """It is asked not to think; where that does not help, its text comes after."""
    after = says(head(), *thinks(name, 30), chunk("Yes!"), chunk(finish="stop"), DONE)
    with serving(models("small"), after) as server:
        engine = OpenAiGenerator(model_at(server.address))
        assert text_of([*engine.generate(PROMPT, nobody_minds)]) == "Yes!"
    asked = server.bodies[1]
    assert asked["reasoning_effort"] == "none"
    assert asked["max_tokens"] > 1000


def test_a_model_that_only_thinks_is_said_to() -> None:
    """With what to do about it, and not a word of what it thought."""
    only_thoughts = says(head(), *thinks("reasoning"), chunk(finish="length"), DONE)
    with pytest.raises(
        ModelUnavailable, match=r"only thought.*does not think"
    ) as raised:
        write(only_thoughts)
    assert "secret" not in str(raised.value)


def test_thoughts_are_signs_of_life() -> None:
    """Each is a token that was made."""
    told = told_while_writing(
        says(head(), *thinks("reasoning", 3), chunk("Yes!"), chunk(finish="stop"))
    )
    assert told[-3:] == [
        ("writing", 1, None),
        ("writing", 2, None),
        ("writing", 3, None),
    ]


def test_a_text_stays_within_its_tokens_beside_thoughts(tmp_path: Path) -> None:
    """The room for thoughts is not for the text."""
    goes_on = says(head(), *thinks("reasoning"), *[chunk("again ")] * 100, DONE)
    with (
        serving(models("small"), YES, goes_on) as server,
        running_worker(tmp_path / "log") as worker,
    ):
        worker.answer(worker.ask("load", model_at(server.address)))
        worker.answer(worker.ask("generate", PROMPT))
        asked = worker.ask("generate", PROMPT)
        answer = worker.answer(asked)
        text = "".join(worker.tokens(asked))
    generated = msgspec.convert(answer, Generated)
    assert (text, generated.finish_reason) == ("again " * 4, "length")
