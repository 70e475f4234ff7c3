"""What a scene is: something people write to each other about, and how it can end."""

from collections.abc import Mapping
from dataclasses import dataclass

STANCES = ("yes", "no", "maybe", "other")
"""How an answer leans: agrees, declines, leaves it open, proposes something else."""


@dataclass(frozen=True)
class Scene:
    """One kind of exchange, as templates for template.expand.

    Slots A and B are who asks and who is asked ("you" or a name), Awas and Bwas their
    "were" or "was". They stand in the summary and the outcomes only, which are in the
    past tense so that they fit both.
    """

    name: str
    asks: tuple[str, ...]
    """Openings. " // " parts messages; one that starts with "@B " is the other's."""
    replies: Mapping[str, tuple[str, ...]]
    """Answers by stance, in the words of B; they hold no slot the asks lack."""
    summary: str
    outcomes: Mapping[str, str]
    """By stance, what B did, to follow on "and B"."""
    topic: str = ""
    """A noun phrase that fits after "about", in scenes that are requests."""
    settled: str = ""
    """What stands after a yes, if anything does."""
    is_request: bool = True
    """Whether an answer settles something, so that people come back to it."""
    is_for_all: bool = False
    """Whether others in a group would answer too."""
