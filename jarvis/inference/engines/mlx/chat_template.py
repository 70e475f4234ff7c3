"""From the turns of a prompt to token ids, through a model's own chat template."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final, NoReturn

import msgspec
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Opening, Prompt, Turn, rules_in_first_ask
from jarvis.inference.engines.mlx.library import first_line
from jarvis.inference.engines.mlx.prompt_cache import common_prefix
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
from jarvis.inference.output.control_tokens import Neutraliser
from jarvis.inference.output.marks import leaves_thought_open

_HELLO: Final = Turn(role="user", content="hello")


class ChatTemplate:
    """The template of a model; message text gives no control tokens.

    Raises:
        ModelUnavailable: it has none, or one that does not work.
    """

    def __init__(self, tokenizer: Tokenizer, model_name: str) -> None:
        if tokenizer.template is None:
            raise ModelUnavailable(
                f"The model {model_name} has no chat template, so it cannot follow "
                'a conversation: choose an "instruct" or "chat" model.'
            )
        self._tokenizer = tokenizer
        self._neutralise = Neutraliser(tokenizer.added)
        try:
            self._template = _ENVIRONMENT.from_string(tokenizer.template)
            begun = self.render((_HELLO,))
        except Exception as error:
            raise ModelUnavailable(
                f"The chat template of {model_name} does not work "
                f"({first_line(error)}): fetch the model again or choose another."
            ) from error
        self._takes_system_turn = self._has_room_for_rules()
        self.opening: Opening = "thought" if leaves_thought_open(begun) else "reply"

    def _has_room_for_rules(self) -> bool:
        try:
            rules = Turn(role="system", content="rules")
            return "rules" in self.render((rules, _HELLO))
        # Templates say in their own way that they know no system turns.
        except Exception:
            return False

    def ids(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt, up to where the model is to go on."""
        turns = prompt.turns
        if not self._takes_system_turn:
            turns = rules_in_first_ask(turns)
        return self._tokenizer.encode(self.render(turns))

    def stable_tokens(self, prompt: Prompt, ids: list[int]) -> int:
        """How many of a prompt's ids come before the last line of its last turn.

        What differs between two texts about one conversation stands there.
        """
        *turns, last = prompt.turns
        begin, _, _ = last.content.rpartition("\n")
        without = Turn(role=last.role, content=begin)
        return common_prefix(
            ids, self.ids(msgspec.structs.replace(prompt, turns=(*turns, without)))
        )

    def render(self, turns: tuple[Turn, ...]) -> str:
        """The text of a prompt; what the turns spell of control tokens is broken in it."""
        return self._template.render(
            messages=[
                {"role": turn.role, "content": self._neutralise(turn.content)}
                for turn in turns
            ],
            tools=None,
            documents=None,
            add_generation_prompt=True,
            # Templates call it one or the other.
            enable_thinking=False,
            thinking=False,
            **self._tokenizer.marks,
        )


class _Generation(Extension):
    """Reads over `generation` tags, which only training asks for."""

    tags = {"generation"}  # noqa: RUF012  # as jinja2 declares it

    def parse(self, parser: Parser) -> list[Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _raise_exception(message: str) -> NoReturn:
    raise TemplateError(message)


def _tojson(value: Any, **options: Any) -> str:
    # jinja's own would escape what HTML must not hold.
    return json.dumps(value, **{"ensure_ascii": False, **options})


def _strftime_now(pattern: str) -> str:
    return datetime.now().strftime(pattern)


def _environment() -> ImmutableSandboxedEnvironment:
    """What templates are written for: transformers' documentation names these."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = _strftime_now
    return environment


_ENVIRONMENT: Final = _environment()
