"""How likely a server's model finds a text, where the server tells."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from jarvis.errors import ModelUnavailable
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
        ((echo(["other"], [-1.0]),), TEMPLATE, "does not say how likely"),
        ((echo(["see you"], [None]),), TEMPLATE, "does not say how likely"),
        ((), "{{ raise_exception('no') }}", "template does not work"),
        ((), "{% if %}", "template does not work"),
    ],
    ids=range(8),
)
def test_a_server_that_does_not_tell_is_said_to(
    speeches: tuple[Speech, ...], template: str | None, sentence: str
) -> None:
    """And what to do instead; no number is made up."""
    with pytest.raises(ModelUnavailable, match=sentence):
        score(*speeches, template=template)
