"""The engine that asks a server, against one that behaves in every way servers do."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from jarvis.errors import Cancelled
from jarvis.inference.engine import THOUGHT_TOKENS, Generated
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from jarvis.inference.output.control_tokens import COMMON_MARKS
from jarvis.records import StreamPhase
from tests.inference.child import running_worker
from tests.inference.model_server import (
    DONE,
    PROMPT,
    YES,
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
from tests.inference.sample import nobody_minds, reply_prompt

# What it asks for


def test_the_prompt_and_how_to_draw_are_sent() -> None:
    """Seed and bounds, thinking off; room for a thought, and no stop string to end it."""
    prompt = reply_prompt("hello", max_tokens=7, seed=5, stop=("a", "b"))
    with serving(models("small"), YES) as server:
        engine = OpenAiGenerator(model_at(server.address))
        list(engine.generate(prompt, nobody_minds))
    asked = server.bodies[1]
    assert server.heads[1].startswith("POST /v1/chat/completions ")
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert (asked["model"], asked["seed"]) == ("small", 5)
    assert asked["max_tokens"] == 7 + THOUGHT_TOKENS
    assert (asked["temperature"], asked["top_p"]) == (0.3, 0.95)
    assert "stop" not in asked
    assert asked["chat_template_kwargs"] == {
        "enable_thinking": False,
        "thinking": False,
    }
    assert asked["reasoning_effort"] == "none"


def test_marks_of_common_models_are_broken_in_messages() -> None:
    """Whichever model the server runs."""
    attack = " ".join(COMMON_MARKS)
    with serving(models("small"), YES) as server:
        engine = OpenAiGenerator(model_at(server.address))
        list(engine.generate(reply_prompt(attack), nobody_minds))
    sent: str = server.bodies[1]["messages"][1]["content"]
    assert not any(mark in sent for mark in COMMON_MARKS)
    assert sent.replace("\u2060", "") == attack


def test_a_proxy_in_the_environment_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Messages go to the address that was agreed on."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert text_of(write(YES)) == "Yes!"


# What it makes of the answer


def test_chunks_become_steps_and_the_end_an_account() -> None:
    """Log-probabilities where the server gives them, and its counts of the prompt."""
    told = {"logprobs": {"content": [{"logprob": -0.5}, {"logprob": -0.25}]}}
    usage = {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 6}}
    first, second, third, end = write(
        says(
            head(),
            b'data: {"choices": [{"delta": {"role": "assistant"}}]}\n\n',
            chunk("Yes", choice=told),
            chunk("!"),
            chunk(finish="length"),
            b'data: {"choices": [], "usage": %s}\n\n' % msgspec.json.encode(usage),
            DONE,
        )
    )
    assert [(step.text, step.logprob) for step in (first, second, third)] == [
        ("", -0.5),
        ("Yes", -0.25),
        ("!", None),
    ]
    assert (end.is_token, end.finish_reason) == (False, "length")
    assert (end.prompt_tokens, end.reused_tokens) == (9, 6)


def test_letters_split_between_packets_stay_whole() -> None:
    """As TCP splits them: byte by byte."""
    sent = chunk("Zoë 🥳") + chunk(finish="stop") + DONE
    steps = write(says(head(), *(bytes([byte]) for byte in sent)))
    assert text_of(steps) == "Zoë 🥳"


def test_chunked_transfer_is_understood() -> None:
    """HTTP/1.1 servers send so; one packet may hold several chunks."""
    sent = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for part in (chunk("Yes"), chunk("!"), chunk(finish="stop"), DONE, b"")
    )
    assert text_of(write(says(head(more="Transfer-Encoding: chunked\r\n"), sent))) == (
        "Yes!"
    )


def test_thoughts_are_read_over() -> None:
    """Under both names that servers give them."""
    thinks = [
        b'data: {"choices": [{"delta": {"%s": "hm"}}]}\n\n' % name
        for name in (b"reasoning", b"reasoning_content")
    ]
    steps = write(says(head(), *thinks, chunk("Yes"), chunk(finish="stop")))
    assert text_of(steps) == "Yes"
    assert sum(step.is_token for step in steps) == 1


def test_a_text_that_never_ends_is_cut() -> None:
    """After as many tokens as were asked for, those of a thought included."""
    steps = write(says(head(), chunk("again ") * 3000, DONE))
    assert sum(step.is_token for step in steps) == 4 + THOUGHT_TOKENS
    assert steps[-1].finish_reason == "length"


def test_closing_hangs_up(tmp_path: Path) -> None:
    """A server stops when nobody listens any more."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(head() + chunk("Yes"))
        hold(connection)

    with serving(models("small"), speak) as server:
        engine = OpenAiGenerator(model_at(server.address))
        with closing(engine.generate(PROMPT, nobody_minds)) as steps:
            assert next(steps).text == "Yes"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 2", head(), head() + chunk("Yes")])
def test_a_silent_server_is_let_go_of_when_nobody_wants_the_text(said: bytes) -> None:
    """Wherever it falls silent: while it reads, in its head, between two tokens."""
    looks = 0

    def progress(phase: StreamPhase, done: int, total: int | None) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise Cancelled("Nobody wants it.")

    def speak(connection: socket.socket) -> None:
        connection.sendall(said)
        hold(connection)

    with pytest.raises(Cancelled):
        write(speak, progress=progress)
    assert looks == 3


# In a worker


def test_a_worker_streams_from_a_server_and_lets_go_of_a_silent_one(
    tmp_path: Path,
) -> None:
    """Over the real socket, with nothing of it in the log."""
    log = tmp_path / "log"
    eight = says(
        head(), chunk("Dinner at eight it is"), chunk("!"), chunk(finish="stop"), DONE
    )
    with (
        serving(models("small"), YES, eight, hold, YES) as server,
        running_worker(log) as worker,
    ):
        assert worker.answer(worker.ask("load", model_at(server.address))) is None
        asked = worker.ask("generate", PROMPT)
        generated = msgspec.convert(worker.answer(asked), Generated)
        # Not before the first text is over is it known that this model does not think.
        assert worker.tokens(asked) == ["Yes!"]
        assert generated.tokens == 2
        assert generated.mean_logprob is None
        streamed = worker.ask("generate", PROMPT)
        assert worker.answer(streamed)
        assert worker.tokens(streamed) == ["Dinner at eight it is", "!"]
        silent = worker.ask("generate", PROMPT)
        while not worker.notes("progress", silent):
            worker.read()
        worker.take_back(silent)
        with pytest.raises(Cancelled):
            worker.answer(silent)
        assert worker.answer(worker.ask("generate", PROMPT))
    assert log.read_text() == ""
