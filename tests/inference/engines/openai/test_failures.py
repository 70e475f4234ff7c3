"""Servers that misbehave, and servers and models that are not there."""

from __future__ import annotations

import re
import socket

import msgspec
import pytest

from jarvis.errors import ModelUnavailable
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from jarvis.inference.engines.openai.server import see_model
from jarvis.inference.engines.openai.wire import MANNERS
from tests.inference.model_server import (
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
from tests.inference.sample import nobody_minds

MISBEHAVIOUR = {
    "garbage": (says(head(), b"data: \xff\xfe\n\n"), "not UTF-8: restart"),
    "no JSON": (says(head(), b"data: secret\n\n"), "no part of a text"),
    "other JSON": (says(head(), b'data: {"choices": 3}\n\n'), "no part of a text"),
    "endless line": (says(head(), b"x" * 2**21), "an event that does not end"),
    "endless comments": (says(head(), *([b": secret\n" * 2**17] * 8)), "without end"),
    "cut": (says(head(), chunk("Yes")), "broke off"),
    "cut by length": (
        says(head(more="Transfer-Encoding: chunked\r\n"), b"999\r\n", chunk("Yes")),
        "broke off",
    ),
    "error inside": (
        says(head(), b'data: {"error": {"message": "secret"}}\n\n'),
        "failed in the middle",
    ),
    "not streamed": (says(head(kind="application/json"), b"{}"), "one that streams"),
    "404": (says(head("404 Not Found"), b"secret"), r"404 \(Not Found\).* /v1"),
    "500": (says(head("500 Internal Server Error"), b"secret"), "500 .*its log"),
    "401": (says(head("401 Unauthorized"), b"secret"), "401 .*key"),
    "no status": (says(head("799 Secret"), b"secret"), "answered 799"),
    "no HTTP": (says(b"secret\r\n\r\n"), "does not speak HTTP"),
    "nothing": (says(), "cannot be reached"),
}


@pytest.mark.parametrize("how", MISBEHAVIOUR)
def test_a_server_that_misbehaves_fails_in_a_sentence(how: str) -> None:
    """With what to do, and without a word of the prompt or of what it sent."""
    speech, sentence = MISBEHAVIOUR[how]
    with pytest.raises(ModelUnavailable, match=sentence) as raised:
        write(speech)
    told = str(raised.value)
    assert "secret" not in told.lower()
    assert told.endswith(".")
    assert "\n" not in told


def test_a_server_that_refuses_all_of_it_is_believed() -> None:
    """The last refusal is neither about extras nor about who says the rules."""
    refuses = says(head("400 Bad Request"), b"secret")
    with pytest.raises(ModelUnavailable, match=r"400 .*too long"):
        write(*[refuses] * len(MANNERS))


def test_a_redirect_is_not_followed() -> None:
    """The prompt goes to no other place."""
    with serving() as other:
        where = f"Location: {other.address}\r\n"
        with pytest.raises(ModelUnavailable, match="points elsewhere"):
            write(says(head("307 Temporary Redirect", more=where)))
        assert other.heads == []


def test_a_server_that_stays_silent_is_given_up() -> None:
    """After a while that is bounded, though somebody waits."""
    with pytest.raises(ModelUnavailable, match="says nothing any more"):
        write(hold, silence_s=0.2)


# Which server and model


def test_no_server_is_told_with_what_to_start() -> None:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}/v1"
    with pytest.raises(ModelUnavailable, match=r"No model server answers.*start it"):
        OpenAiGenerator(model_at(address))


def test_a_model_the_server_has_not_is_told_with_those_it_has() -> None:
    """So that one of them can be chosen."""
    with serving(models("qwen3:4b", "gemma3:1b"), models()) as server:
        for has in ("it has qwen3:4b, gemma3:1b", "it has none at all"):
            with pytest.raises(ModelUnavailable, match=f"no model small .{has}"):
                OpenAiGenerator(model_at(server.address))


def test_the_one_model_of_a_server_is_offered() -> None:
    """Servers with one model call it by its file; the command is there to be copied."""
    with serving(models("/models/a b.gguf")) as server:
        command = f"models use 'openai:/models/a b.gguf@{server.address}'"
        with pytest.raises(ModelUnavailable, match=re.escape(command)):
            OpenAiGenerator(model_at(server.address))


def test_of_many_models_some_are_shown() -> None:
    """And how many others there are."""
    with (
        serving(models(*(f"m{number}" for number in range(11)))) as server,
        pytest.raises(ModelUnavailable, match="m7 and 3 others"),
    ):
        OpenAiGenerator(model_at(server.address))


def test_a_server_without_any_model_may_say_null() -> None:
    """As Ollama did, before anything was pulled."""
    nothing = says(head(kind="application/json"), b'{"object": "list", "data": null}')
    with (
        serving(nothing) as server,
        pytest.raises(ModelUnavailable, match="it has none at all"),
    ):
        OpenAiGenerator(model_at(server.address))


def test_choosing_looks_at_a_server_that_runs() -> None:
    """One that does not may be started later."""
    with (
        serving(models("other")) as server,
        pytest.raises(ModelUnavailable, match=r"no model small .it has other"),
    ):
        see_model(model_at(server.address))
    see_model(model_at(server.address))


def test_a_model_without_a_tag_is_the_latest() -> None:
    """As Ollama names them."""
    with serving(models("small:latest")) as server:
        OpenAiGenerator(model_at(server.address))


def test_a_server_that_does_not_say_what_it_has_is_believed() -> None:
    """mlx_lm.server answers with nothing where the hub has no cache on the machine."""
    with serving(says(head(kind="application/json")), YES) as server:
        engine = OpenAiGenerator(model_at(server.address))
        assert text_of(list(engine.generate(PROMPT, nobody_minds))) == "Yes!"


def test_what_is_no_model_server_is_told() -> None:
    """A web page answers at many ports."""
    page = says(head(kind="text/html"), b"<html>hello</html>")
    with (
        serving(page) as server,
        pytest.raises(ModelUnavailable, match=r"no list of models.*/v1"),
    ):
        OpenAiGenerator(model_at(server.address))


def test_another_machine_is_asked_only_where_that_was_allowed() -> None:
    """The engine looks again: no prompt leaves by a record made elsewhere."""
    far = model_at("http://192.0.2.7:11434/v1")
    with pytest.raises(ModelUnavailable, match="allow_remote_server"):
        OpenAiGenerator(far)
    with pytest.raises(ModelUnavailable, match="no server's address"):
        OpenAiGenerator(msgspec.structs.replace(far, address=None))
