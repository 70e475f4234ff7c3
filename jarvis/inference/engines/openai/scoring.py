"""How likely a server's model finds a text, where the server echoes log-probabilities.

Source: OpenAI's reference of POST /completions (`echo`, `logprobs`), which vLLM and
llama-cpp-python's server honour. A rendered prompt is asked for, so the model's chat
template must be known: llama-server tells it at /props, else the person names a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import ScoreAsk, Scored, Turn, rules_in_first_ask
from jarvis.inference.engines.openai.failures import Refused, Unknown
from jarvis.inference.engines.openai.http_stream import Waiting
from jarvis.inference.engines.openai.server import ModelServer
from jarvis.inference.engines.openai.wire import neutralise

_SILENT: Final = (
    "This model's server does not say how likely it finds a text: that takes one which "
    "echoes log-probabilities of a prompt (vLLM, or llama_cpp.server with --logits_all "
    "true), or a model of this disk."
)


_SHIFTED: Final = (
    "This model's server echoes to each token the log-probability of another: "
    "llama_cpp.server does so for models without a mark at the beginning of a text. Take "
    "one that has such a mark, another server, or a model of this disk."
)
_HALF_A_LETTER: Final = "\ufffd"


class _LogProbs(msgspec.Struct):
    tokens: list[str]
    token_logprobs: list[float | None]


class _Choice(msgspec.Struct):
    logprobs: _LogProbs | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int = 1


class _Echo(msgspec.Struct):
    choices: list[_Choice]
    usage: _Usage = msgspec.field(default_factory=_Usage)


class _Props(msgspec.Struct):
    chat_template: str


def score_at(
    server: ModelServer, ask: ScoreAsk, template: str | None, waiting: Waiting
) -> Scored:
    """How likely the server's model finds a text; `template` null: ask the server for it.

    `waiting` is called while the server reads; what it raises ends the request.

    Raises:
        ModelUnavailable: the server does not tell, or not its model's template.
        InvalidParams: prompt and text are too long for the model (field "prompt").
    """
    prompt, text = _rendered(ask, template or _told_template(server, waiting))
    body = _echo_request(server.model, prompt + text)
    try:
        echo = server.answer("POST", "/completions", body, waiting=waiting)
    except (Refused, Unknown):
        raise ModelUnavailable(_SILENT) from None
    return _scored(echo, text)


def _told_template(server: ModelServer, waiting: Waiting) -> str:
    try:
        body = server.answer("GET", "/props", waiting=waiting, at_root=True)
        return msgspec.json.decode(body, type=_Props).chat_template
    except (Refused, Unknown, msgspec.MsgspecError, UnicodeDecodeError):
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
            "min_tokens": 1,
            "echo": True,
            "logprobs": 1,
            "temperature": 0.0,
        }
    )


def _scored(body: bytes, text: str) -> Scored:
    """How likely the text at the end of the echoed prompt is, of a server's answer.

    A token was made behind it, but where the model had nothing to add. The text is found
    from its end; its first token may begin before it.

    Raises:
        ModelUnavailable: the server does not tell.
    """
    try:
        echo = msgspec.json.decode(body, type=_Echo)
        told = echo.choices[0].logprobs
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError):
        told = None
    if told is None:
        raise ModelUnavailable(_SILENT)
    whole, made = len(told.tokens), echo.usage.completion_tokens
    begin = _begin_of(text, told.tokens[: whole - made])
    is_shifted = whole == echo.usage.prompt_tokens
    if is_shifted and (not made or (begin is None and _begin_of(text, told.tokens))):
        raise ModelUnavailable(_SHIFTED)
    likely = [
        each for each in told.token_logprobs[begin : whole - made] if each is not None
    ]
    if begin is None or len(likely) < whole - made - begin:
        raise ModelUnavailable(_SILENT)
    return Scored(nats=-sum(likely), tokens=len(likely), prompt_tokens=begin)


def _begin_of(text: str, tokens: Sequence[str]) -> int | None:
    """Which token begins the text that the last of them join to; null: they do not.

    A token is bytes: letters that stand in several tokens, as most emoji do, are echoed as
    nothing, as control tokens are.
    """
    left = len(text)
    for begin in range(len(tokens) - 1, -1, -1):
        is_part = False
        for letter in reversed(tokens[begin].replace(_HALF_A_LETTER, "")):
            while left and letter != text[left - 1] and not text[left - 1].isascii():
                left -= 1
            if not left:
                break
            if letter != text[left - 1]:
                return None
            left -= 1
            is_part = True
        if not left:
            first = begin if is_part else begin + 1
            return first if first < len(tokens) else None
    return None
