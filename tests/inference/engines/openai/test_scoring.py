"""How likely a server's model finds a text, where the server tells."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from jarvis.errors import InvalidParams, ModelUnavailable
from jarvis.inference.engine import ScoreAsk, Scored
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from tests.inference.model_server import (
    ModelServer,
    Speech,
    head,
    model_at,
    models,
    says,
    serving,
)
from tests.inference.sample import nobody_minds, reply_prompt
from tests.needs import needs_mlx

pytestmark = needs_mlx  # which brings jinja2 along

TEMPLATE = (
    "{% for each in messages %}<{{ each.role }}>{{ each.content }}\n{% endfor %}<me>"
)


NO_LOGPROBS = "logprobs is not supported for models created with logits_all=False"


def as_json(status: str = "200 OK", **members: Any) -> Speech:
    """An answer that is whole."""
    body = json.dumps(members).encode()
    return says(head(status, kind="application/json"), body)


def echo(tokens: list[str], logprobs: list[float | None]) -> Speech:
    """A prompt given back, with one token that was made behind it."""
    told = {"tokens": [*tokens, "x"], "token_logprobs": [*logprobs, -9.0]}
    return as_json(choices=[{"text": "", "logprobs": told}])


def score(
    *speeches: Speech, text: str = "see you", template: str | None = TEMPLATE
) -> tuple[Scored, ModelServer]:
    """What the server's model makes of a text, and what the server was asked."""
    with serving(models("small"), *speeches) as server:
        record = replace(model_at(server.address), chat_template=template)
        ask = ScoreAsk(prompt=reply_prompt("dinner?"), text=text)
        return OpenAiGenerator(record).score(ask, nobody_minds), server


def test_the_text_is_found_at_the_end_of_the_echo() -> None:
    """Of all tokens only its own count; control tokens may be echoed as nothing."""
    scored, server = score(
        echo(["", "dinner?", "", "see", " you"], [None, -5.0, -7.0, -0.5, -0.25])
    )
    assert scored == Scored(nats=0.75, tokens=2, prompt_tokens=3)
    asked = server.bodies[-1]
    assert asked["prompt"].endswith("<user>dinner?\n<me>see you")
    assert (asked["echo"], asked["max_tokens"]) == (True, 1)
    assert server.heads[-1].startswith("POST /v1/completions ")


def test_its_first_token_may_begin_before_it() -> None:
    """What cannot be taken apart counts whole."""
    scored, _ = score(echo(["me", ">see", " you"], [-1.0, -2.0, -3.0]))
    assert scored == Scored(nats=5.0, tokens=2, prompt_tokens=1)


@pytest.mark.parametrize(
    ("text", "tokens", "begin"),
    [
        ("see 😀 you", ["<me>", "see", " ", "", "", " you"], 1),
        ("😀 see", ["<me>", "", "", " see"], 1),
        ("see you 😀", ["<me>", "see", " you", " ", "\ufffd", ""], 1),
        ("“né”", ["me", ">“", "n", "é", "”"], 1),
        ("да 😀", ["", "<me>", "да", " ", "", ""], 2),
    ],
)
def test_letters_of_several_tokens_may_be_echoed_as_nothing(
    text: str, tokens: list[str], begin: int
) -> None:
    """As llama_cpp.server does with emoji: their tokens count all the same."""
    scored, _ = score(echo(tokens, [-1.0] * len(tokens)), text=text)
    count = len(tokens) - begin
    assert scored == Scored(nats=count, tokens=count, prompt_tokens=begin)


def test_a_model_that_adds_nothing_is_told_from_one_that_does() -> None:
    """It ended its turn behind the text, so no token is behind the echo."""
    told = {"tokens": ["", "see", " you"], "token_logprobs": [None, -0.5, -0.25]}
    usage = {"prompt_tokens": 4, "completion_tokens": 0}
    ended = as_json(choices=[{"text": "", "logprobs": told}], usage=usage)
    scored, _ = score(ended)
    assert scored == Scored(nats=0.75, tokens=2, prompt_tokens=1)


@pytest.mark.parametrize("made", [0, 1])
def test_log_probabilities_of_other_tokens_are_no_figure(made: int) -> None:
    """llama_cpp.server gives those of the next token where no mark begins the prompt."""
    told = {"tokens": ["dinner?", "see", " you"], "token_logprobs": [None, -0.5, -9.0]}
    usage = {"prompt_tokens": 3, "completion_tokens": made}
    shifted = as_json(choices=[{"text": "", "logprobs": told}], usage=usage)
    with pytest.raises(ModelUnavailable, match=r"of another.*another server"):
        score(shifted)


def test_a_prompt_that_is_too_long_is_no_server_that_does_not_tell() -> None:
    """Whoever asks then has less of the conversation read."""
    error = {"message": "This model's maximum context length is 2048 tokens."}
    with pytest.raises(InvalidParams) as raised:
        score(as_json("400 Bad Request", error=error))
    assert raised.value.field == "prompt"


def test_a_server_that_breaks_is_no_server_that_does_not_tell() -> None:
    """Its own sentence says what to do."""
    with pytest.raises(ModelUnavailable, match=r"500 .*look into its log"):
        score(as_json("500 Internal Server Error"))


def test_llama_server_tells_the_template_itself() -> None:
    """Nothing need be named then."""
    props = as_json(chat_template=TEMPLATE)
    scored, server = score(props, echo(["see", " you"], [-1.0, -1.0]), template=None)
    assert scored.nats == 2.0
    assert server.heads[1].startswith("GET /props ")


@pytest.mark.parametrize(
    ("speeches", "template", "sentence"),
    [
        ((as_json("404 Not Found"),), None, "--chat-template"),
        (
            (as_json(choices=[{"text": "see you"}]),),
            TEMPLATE,
            "does not say how likely",
        ),
        ((as_json(choices=[]),), TEMPLATE, "does not say how likely"),
        ((as_json("400 Bad Request"),), TEMPLATE, "does not say how likely"),
        ((as_json("404 Not Found"),), TEMPLATE, "does not say how likely"),
        (
            (as_json("500 Internal Server Error", error=NO_LOGPROBS),),
            TEMPLATE,
            "does not say how likely",
        ),
        ((echo(["other"], [-1.0]),), TEMPLATE, "does not say how likely"),
        ((echo(["see you"], [None]),), TEMPLATE, "does not say how likely"),
        ((), "{{ raise_exception('no') }}", "template does not work"),
        ((), "{% if %}", "template does not work"),
    ],
    ids=range(10),
)
def test_a_server_that_does_not_tell_is_said_to(
    speeches: tuple[Speech, ...], template: str | None, sentence: str
) -> None:
    """And what to do instead; no number is made up."""
    with pytest.raises(ModelUnavailable, match=sentence):
        score(*speeches, template=template)
