"""The scenes: what people write to each other about, and how it can end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from jarvis.demo.talk.data import read_data

STANCES = ("yes", "no", "maybe", "other")
"""How an answer leans: agrees, declines, leaves it open, proposes something else."""
_ROOMS = ("outings", "errands", "home", "news", "work")


class Scene(msgspec.Struct, frozen=True):
    """One kind of exchange, as templates for template.expand.

    Slots A and B are who asks and who is asked ("you" or a name), Awas and Bwas their
    "were" or "was". They stand in the summary and the outcomes only, which are in the
    past tense so that they fit both.
    """

    name: str
    asks: tuple[str, ...]
    """Openings. " // " parts messages; one that starts with "@B " is the other's."""
    replies: dict[str, tuple[str, ...]]
    """Answers by stance, in the words of B; they hold no slot the asks lack."""
    summary: str
    outcomes: dict[str, str]
    """By stance, what B did, to follow on "and B"."""
    topic: str = ""
    """A noun phrase that fits after "about", in scenes that are requests."""
    settled: str = ""
    """What stands after a yes, if anything does."""
    is_request: bool = True
    """Whether an answer settles something, so that people come back to it."""
    is_for_all: bool = False
    """Whether others in a group would answer too."""


def _read_scenes() -> Mapping[str, Scene]:
    return {
        name: msgspec.convert({"name": name, **scene}, Scene)
        for room in _ROOMS
        for name, scene in read_data(
            f"scenes/{room}.toml", dict[str, dict[str, Any]]
        ).items()
    }


SCENES: Final = _read_scenes()
"""All scenes, by name."""
