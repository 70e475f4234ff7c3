"""What may be answered to an example, by the grammar: right texts match it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence

from jarvis.demo.talk.scene import STANCES
from jarvis.demo.talk.template import Choice, Part, Pieces, Slot, parse
from jarvis.demo.talk.thread import Exchange
from training.examples import (
    EARLIER_POINTS,
    SMALL_TALK,
    Example,
    next_slots,
    next_templates,
    roles_of,
    state_template,
)

_BLANKS = re.compile(r"\s+")


def is_right_reply(text: str, example: Example, stance: str | None) -> bool:
    """Whether a reply fits what is asked, with every slot as it was said.

    Without a stance any leaning fits.
    """
    last = example.exchanges[-1]
    slots = next_slots(random.Random(0), last)
    stances = STANCES if stance is None else (stance,)
    return any(
        _matches(text, template, slots)
        for each in stances
        for template in next_templates(last, each)
    )


def is_right_headline(text: str, example: Example, *, with_outcome: bool) -> bool:
    """Whether a summary's first line says who asked whom for what, slots included.

    with_outcome: also how it was answered.
    """
    exchange = example.exchanges[-1]
    return _tells(text.removesuffix("."), exchange, example, with_outcome=with_outcome)


def is_right_point(text: str, example: Example, *, with_outcome: bool) -> bool:
    """Whether a summary's point tells of an earlier exchange, who joined, or the state."""
    *earlier, last = example.exchanges
    roles = roles_of(last, example.people)
    states = _states(last) if not with_outcome else [state_template(last, roles)]
    return (
        any(
            _tells(text, exchange, example, with_outcome=with_outcome)
            for exchange in earlier[-EARLIER_POINTS:]
        )
        or any(_matches(text, state, roles) for state in states)
        or text in {SMALL_TALK.joined[how].format(who) for who, how in last.joined}
    )


def _states(last: Exchange) -> Iterator[str]:
    """Every state that could be told of an exchange."""
    yield from ("[B] {has|have} not answered yet", "Nothing is open")
    yield from (f"Agreed: {last.scene.settled}", f"Still open: {last.scene.topic}")


def _tells(
    text: str, exchange: Exchange, example: Example, *, with_outcome: bool
) -> bool:
    """Whether a sentence tells of an exchange; else than the outcome nothing may differ."""
    roles = roles_of(exchange, example.people)
    asked = exchange.scene.summary
    if not with_outcome:
        outcomes: Sequence[str] = tuple(exchange.scene.outcomes.values())
        templates = [asked, *(f"{asked}, and [B] {each}" for each in outcomes)]
    elif exchange.stance is None:
        templates = [asked]
    else:
        templates = [f"{asked}, and [B] {exchange.scene.outcomes[exchange.stance]}"]
    return any(_matches(text, template, roles) for template in templates)


def _matches(text: str, template: str, slots: Mapping[str, str]) -> bool:
    """Whether the template can give the text; case and a last full stop do not matter."""
    try:
        pattern = _pattern(parse(template, str), slots)
    except KeyError:
        return False
    said = (text.strip(), f"{text.strip()}.")
    return any(re.fullmatch(pattern, each, re.IGNORECASE) for each in said)


def _pattern(pieces: Pieces, slots: Mapping[str, str]) -> str:
    """A pattern for what a template gives, loose about blanks."""
    return "".join(_part(piece, slots) for piece in pieces)


def _part(piece: Part, slots: Mapping[str, str]) -> str:
    if isinstance(piece, str):
        return _literal(piece)
    if isinstance(piece, Slot):
        return _literal(slots[piece.name])
    if isinstance(piece, Choice):
        return f"(?:{'|'.join(_options(piece, slots))})"
    try:
        return f"(?:{_pattern(piece.part, slots)})?"
    except KeyError:
        return ""


def _options(choice: Choice, slots: Mapping[str, str]) -> Iterator[str]:
    """Those of a choice that can be said with what is known."""
    said = False
    for option in choice.options:
        try:
            yield _pattern(option, slots)
            said = True
        except KeyError:
            continue
    if not said:
        raise KeyError("no option can be said")


def _literal(text: str) -> str:
    words = (re.escape(word) for word in _BLANKS.split(text))
    return "\\s*".join(words)
