"""What the slots of a template can hold, drawn when first asked for and then kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from jarvis.demo.talk.data import read_data
from jarvis.demo.talk.names import NAMES


class _Words(msgspec.Struct, frozen=True):
    """Values by slot, what may stand around an invented one, and news as two tell it."""

    lists: dict[str, tuple[str, ...]]
    shapes: dict[str, tuple[str, ...]]
    news: dict[str, str]
    sadnews: dict[str, str]


_WORDS: Final = read_data("words.toml", _Words)


def _given_name(rng: random.Random) -> str:
    return rng.choice(NAMES.given)


@dataclass(frozen=True)
class Stock:
    """Where names, places and numbers come from; as it is, an inbox reads well."""

    names: tuple[str, ...] = NAMES.given
    invented_names: float = 0.0
    """The share of people who are called by an invented word."""
    shaped_places: float = 0.0
    """The share of places, shops and shows that are called by one."""
    invent: Callable[[random.Random], str] = _given_name
    has_number: Callable[[int], bool] | None = None
    """Which minutes and amounts may occur; None: those that read well."""


INBOX = Stock()


class Slots(Mapping[str, str]):
    """The values of one exchange, from a stock: slot name to text."""

    def __init__(
        self,
        rng: random.Random,
        stock: Stock = INBOX,
        *,
        roles: Mapping[str, str] | None = None,
    ) -> None:
        self._rng = rng
        self._stock = stock
        self._drawn: dict[str, str] = dict(roles or {})

    def __getitem__(self, name: str) -> str:
        value = self._drawn.get(name)
        if value is None:
            value = self._drawn[name] = self._draw(name)
        return value

    def _draw(self, name: str) -> str:
        if draw := _DRAW.get(name):
            return draw(self)
        if name in _WORDS.shapes:
            return self.listed_or_shaped(name)
        return self.listed(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._drawn)

    def __len__(self) -> int:
        return len(self._drawn)

    def known(self) -> Mapping[str, str]:
        """What has been said so far; looking up anything else is a KeyError."""
        known = dict(self._drawn)
        for name, source in _DERIVED.items():
            if source in known:
                known[name] = self[name]
        return known

    def pick(self, values: tuple[str, ...]) -> str:
        """One of the values."""
        return values[int(self._rng.random() * len(values))]

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return self._rng.randint(low, high)

    def amount(self, low: int, high: int) -> int:
        """A whole number like number's that the stock has."""
        has_number = self._stock.has_number
        while True:
            number = self.number(low, high)
            if has_number is None or has_number(number):
                return number

    def minute(self) -> str:
        """Two digits of a clock: round ones, and with the stock's numbers any."""
        has_number = self._stock.has_number
        if has_number is None:
            return self.pick(_WORDS.lists["minute"])
        round_one = self.pick(_WORDS.lists["minute"])
        if has_number(int(round_one)) and self._rng.random() < 0.4:
            return round_one
        return f"{self.amount(0, 59):02d}"

    @property
    def has_round_times(self) -> bool:
        """Whether a time may be a whole hour."""
        has_number = self._stock.has_number
        return has_number is None or has_number(0)

    def person(self) -> str:
        """Somebody's name, listed or invented."""
        if self._rng.random() < self._stock.invented_names:
            return self._stock.invent(self._rng)
        return self.pick(self._stock.names)

    def listed(self, name: str) -> str:
        """One of the values that are listed under this name."""
        return self.pick(_WORDS.lists[name])

    def listed_or_shaped(self, name: str) -> str:
        """A listed value, or one of the name's shapes around an invented word."""
        if self._rng.random() < self._stock.shaped_places:
            word = self._stock.invent(self._rng)
            return self.pick(_WORDS.shapes[name]).format(word, word.lower())
        return self.listed(name)


def _time(slots: Slots) -> str:
    """A clock time as people type it."""
    hour = slots.number(1, 12)
    minute = slots.minute()
    shapes = (f"{hour}", f"{hour}pm", f"{hour} pm", f"{hour}am", "noon")
    if slots.number(1, 100) <= 55 or not slots.has_round_times:
        return f"{hour}:{minute}"
    if slots.number(1, 100) <= 20:
        return f"{slots.number(7, 22)}:{minute}"
    return slots.pick(shapes)


def _amount(slots: Slots) -> str:
    """A sum of money, small ones more often."""
    whole = slots.amount(2, 99) if slots.number(0, 2) else slots.amount(100, 980)
    cents = f".{slots.number(1, 99):02d}" if slots.number(1, 8) == 1 else ""
    currency = slots.listed("currency")
    return f"{currency}{whole}{cents}"


def _on_day(slots: Slots) -> str:
    """The day with the preposition that it wants."""
    day = slots["day"]
    return f"on {day}" if day.split()[0] in _WORDS.lists["weekday"] else day


def _other_item(slots: Slots) -> str:
    """A second thing from the shop, not the first."""
    first = slots["item"]
    return slots.pick(tuple(item for item in _WORDS.lists["item"] if item != first))


_DRAW: Mapping[str, Callable[[Slots], str]] = {
    "friend": Slots.person,
    "kid": lambda s: s.person() if s.number(0, 2) else s.listed("kid"),
    "onday": _on_day,
    "time": _time,
    "amount": _amount,
    "minutes": lambda s: str(s.amount(2, 59)),
    "count": lambda s: str(s.number(2, 12)),
    "house": lambda s: str(s.amount(1, 99)),
    "room": lambda s: str(s.amount(1, 499)),
    "item2": _other_item,
    "news": lambda s: s.pick(tuple(_WORDS.news)),
    "news_told": lambda s: _WORDS.news[s["news"]],
    "sadnews": lambda s: s.pick(tuple(_WORDS.sadnews)),
    "sadnews_told": lambda s: _WORDS.sadnews[s["sadnews"]],
}
"""How a slot is filled that is more than one of a list."""

_DERIVED: Mapping[str, str] = {
    "onday": "day",
    "news_told": "news",
    "sadnews_told": "sadnews",
}
"""Slots that say again, in other words, what another slot holds."""
