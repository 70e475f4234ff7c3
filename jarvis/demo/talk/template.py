"""The little language of the scenes: {one|other}, [slot], (left out if unknown)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

Style = Callable[[str], str]
"""Rewrites the words of a template, never what its slots hold."""


@dataclass(frozen=True)
class Slot:
    """A place for a value."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One of several texts."""

    options: tuple[Pieces, ...]


@dataclass(frozen=True)
class Optional:
    """What is left out when one of its slots is not known."""

    part: Pieces


Part = str | Slot | Choice | Optional
Pieces = tuple[Part, ...]

_TOKEN = re.compile(r"[{}|()]|\[(\w+)\]|[^{}|()\[\]]+")
_LOOSE_SPACE = re.compile(r"\s+([,.?!;])")


def expand(
    template: str, rng: random.Random, slots: Mapping[str, str], style: Style = str
) -> str:
    """One text of the template: choices drawn with rng, slots looked up by name.

    A part in round brackets is left out when slots lacks one that it names.

    Raises:
        KeyError: slots lacks one that stands outside of round brackets.
        ValueError: the template's brackets do not match.
    """
    pieces: list[str] = []
    _write(parse(template, style), rng, slots, pieces)
    text = " ".join("".join(pieces).split())
    return _LOOSE_SPACE.sub(r"\1", text)


def _write(
    sequence: Pieces,
    rng: random.Random,
    slots: Mapping[str, str],
    pieces: list[str],
) -> None:
    for part in sequence:
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, Slot):
            pieces.append(slots[part.name])
        elif isinstance(part, Choice):
            option = part.options[int(rng.random() * len(part.options))]
            _write(option, rng, slots, pieces)
        else:
            written = len(pieces)
            try:
                _write(part.part, rng, slots, pieces)
            except KeyError:
                del pieces[written:]


@cache
def parse(template: str, style: Style) -> Pieces:
    """The template as a tree, its words already in the style.

    Raises:
        ValueError: its brackets do not match.
    """
    tokens = list(_TOKEN.finditer(template))
    if sum(len(token[0]) for token in tokens) != len(template):
        raise ValueError(f"a stray bracket in the template {template!r}")
    tokens.reverse()
    sequence, end = _parse_sequence(tokens, style)
    if end:
        raise ValueError(f"{end!r} without its opening in the template {template!r}")
    return sequence


def _parse_sequence(tokens: list[re.Match[str]], style: Style) -> tuple[Pieces, str]:
    """The parts up to a bracket or bar that closes them, and that mark or ""."""
    parts: list[Part] = []
    while tokens:
        token = tokens.pop()
        if token[1]:
            parts.append(Slot(token[1]))
        elif token[0] == "{":
            parts.append(Choice(_parse_options(tokens, style)))
        elif token[0] == "(":
            part, end = _parse_sequence(tokens, style)
            if end != ")":
                raise ValueError(f"'(' is closed by {end!r} in {token.string!r}")
            parts.append(Optional(part))
        elif token[0] in "|})":
            return tuple(parts), token[0]
        else:
            parts.append(style(token[0]))
    return tuple(parts), ""


def _parse_options(tokens: list[re.Match[str]], style: Style) -> tuple[Pieces, ...]:
    options: list[Pieces] = []
    end = "|"
    while end == "|":
        option, end = _parse_sequence(tokens, style)
        options.append(option)
    if end != "}":
        raise ValueError(f"'{{' is closed by {end!r} in a template")
    return tuple(options)
