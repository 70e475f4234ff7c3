"""Chat templates as models have them: jinja, in its sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NoReturn

from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jarvis.inference.engine import Turn


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


class Template:
    """A chat template; `marks` are the tokens that it names, by name.

    Raises:
        jinja2.TemplateError: it is none.
    """

    def __init__(self, source: str, marks: Mapping[str, str]) -> None:
        self._template = _ENVIRONMENT.from_string(source)
        self._marks = marks

    def render(self, turns: Sequence[Turn]) -> str:
        """The text of a prompt, up to where the model is to go on; it is not to think.

        Raises:
            Exception: the template's own; it does not take these turns.
        """
        return self._template.render(
            messages=[{"role": turn.role, "content": turn.content} for turn in turns],
            tools=None,
            documents=None,
            add_generation_prompt=True,
            # Templates call it one or the other.
            enable_thinking=False,
            thinking=False,
            **self._marks,
        )
