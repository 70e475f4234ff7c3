"""How likely a server's model finds a text, where the server echoes log-probabilities.

Source: OpenAI's reference of POST /completions (`echo`, `logprobs`), which vLLM and
llama-cpp-python's server honour. A rendered prompt is asked for, so the model's chat
template must be known: llama-server tells it at /props, else the person names a file.
"""

from __future__ import annotations

from typing import Final

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import ScoreAsk, Scored, Turn, rules_in_first_ask
from jarvis.inference.engines.openai.server import ModelServer
from jarvis.inference.engines.openai.wire import neutralise

_SILENT: Final = (
    "This model's server does not say how likely it finds a text: that takes one which "
    "echoes log-probabilities of a prompt (vLLM, or llama_cpp.server with --logits_all "
    "true), or a model of this disk."
)


class _LogProbs(msgspec.Struct):
    tokens: list[str]
    token_logprobs: list[float | None]


class _Choice(msgspec.Struct):
    logprobs: _LogProbs | None = None


class _Echo(msgspec.Struct):
    choices: list[_Choice]


class _Props(msgspec.Struct):
    chat_template: str


def score_at(server: ModelServer, ask: ScoreAsk, template: str | None) -> Scored:
    """How likely the server's model finds a text; `template` null: ask the server for it.

    Raises:
        ModelUnavailable: the server does not tell, or not its model's template.
    """
    prompt, text = _rendered(ask, template or _told_template(server))
    body = _echo_request(server.model, prompt + text)
    return _scored(server.answer("POST", "/completions", body), text)


def _told_template(server: ModelServer) -> str:
    body = server.answer("GET", "/props", at_root=True)
    try:
        return msgspec.json.decode(body, type=_Props).chat_template
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ModelUnavailable(
            "This model's server does not say its chat template: name a file that holds "
            "it, with --chat-template."
        ) from None


def _rendered(ask: ScoreAsk, template: str) -> tuple[str, str]:
    """The prompt as the model reads it, and the text behind it, both harmless.

    Raises:
        ModelUnavailable: the template does not work, or jinja2 is not installed.
    """
    try:
        # Most servers are never asked this, and jinja2 is not installed everywhere.
        from jarvis.inference.engines.jinja import Template

        turns = [
            Turn(role=turn.role, content=neutralise(turn.content))
            for turn in ask.prompt.turns
        ]
        made = Template(template, {})
        try:
            prompt = made.render(turns)
        except Exception:  # it takes no system turns, which it says in its own way
            prompt = made.render(rules_in_first_ask(tuple(turns)))
    except Exception as error:
        raise ModelUnavailable(
            f"The chat template does not work here ({type(error).__name__}): see that it "
            "is the model's own, and that jarvis[mlx] is installed, which reads it."
        ) from None
    return prompt, neutralise(ask.text)


def _echo_request(model: str, prompt: str) -> bytes:
    """The body of the request for the log-probabilities of a prompt's tokens."""
    return msgspec.json.encode(
        {
            "model": model,
            "prompt": prompt,
            "max_tokens": 1,
            "echo": True,
            "logprobs": 1,
            "temperature": 0.0,
        }
    )


def _scored(body: bytes, text: str) -> Scored:
    """How likely the text at the end of the echoed prompt is, of a server's answer.

    One token was made behind it. Control tokens may be echoed as nothing, so the text is
    found from its end; its first token may begin before it.

    Raises:
        ModelUnavailable: the server does not tell.
    """
    try:
        told = msgspec.json.decode(body, type=_Echo).choices[0].logprobs
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError):
        told = None
    if told is None:
        raise ModelUnavailable(_SILENT)
    tokens, logprobs = told.tokens[:-1], told.token_logprobs[:-1]
    end = ""
    for begin in range(len(tokens) - 1, -1, -1):
        end = tokens[begin] + end
        if end.endswith(text):
            likely = [each for each in logprobs[begin:] if each is not None]
            if len(likely) == len(tokens) - begin:
                return Scored(
                    nats=-sum(likely), tokens=len(likely), prompt_tokens=begin
                )
            break
    raise ModelUnavailable(_SILENT)
