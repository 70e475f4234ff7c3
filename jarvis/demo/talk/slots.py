"""What the slots of a template can hold, drawn when first asked for and then kept."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jarvis.demo.talk import words
from jarvis.demo.talk.names import (
    GIVEN_NAMES,
    HELD_OUT_NAMES,
    HELD_OUT_WORDS,
    invented_name,
)


@dataclass(frozen=True)
class Stock:
    """Where names, places and numbers come from."""

    names: tuple[str, ...] = GIVEN_NAMES
    invented_names: float = 0.0
    """The share of people whose names are made of syllables and letters."""
    shaped_places: float = 0.0
    """The share of places, shops and shows that are no listed ones."""
    word: Callable[[random.Random], str] = invented_name
    """What those are called."""
    has_number: Callable[[int], bool] | None = None
    """Which minutes and amounts may occur; None: those that read well."""


def is_kept_apart(number: int) -> bool:
    """Whether a minute or an amount is left to the judge."""
    return number > 0 and number % 13 == 0


INBOX = Stock()
"""For an inbox that reads well."""
LESSONS = Stock(
    invented_names=2 / 3,
    shaped_places=0.5,
    has_number=lambda number: not is_kept_apart(number),
)
"""For training: most values occur once, so that only copying can be right."""
UNSEEN = Stock(
    names=HELD_OUT_NAMES,
    shaped_places=1.0,
    word=lambda rng: rng.choice(HELD_OUT_WORDS),
    has_number=is_kept_apart,
)
"""For the judge: no name, place, minute or amount of it is ever trained on."""


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
            value = self._drawn[name] = _DRAW[name](self)
        return value

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
            return self.pick(words.MINUTES_PAST)
        round_one = self.pick(words.MINUTES_PAST)
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
            return invented_name(self._rng)
        return self.pick(self._stock.names)

    def listed_or_shaped(self, values: tuple[str, ...], shapes: tuple[str, ...]) -> str:
        """A listed value, or one of the shapes around one of the stock's words."""
        if self._rng.random() < self._stock.shaped_places:
            word = self._stock.word(self._rng)
            return self.pick(shapes).format(word, word.lower())
        return self.pick(values)


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
    return f"{slots.pick(words.CURRENCIES)}{whole}{cents}"


def _on_day(slots: Slots) -> str:
    """The day with the preposition that it wants."""
    day = slots["day"]
    return f"on {day}" if day.split()[0] in words.WEEKDAYS else day


def _listed(values: tuple[str, ...]) -> Callable[[Slots], str]:
    return lambda slots: slots.pick(values)


def _other_item(slots: Slots) -> str:
    """A second thing from the shop, not the first."""
    first = slots["item"]
    return slots.pick(tuple(item for item in words.ITEMS if item != first))


_DRAW: Mapping[str, Callable[[Slots], str]] = {
    "friend": Slots.person,
    "kid": lambda s: s.person() if s.number(0, 2) else s.pick(words.KIDS),
    "relative": _listed(words.RELATIVES),
    "place": lambda s: s.listed_or_shaped(words.RESTAURANTS, words.PLACE_SHAPES),
    "spot": lambda s: s.listed_or_shaped(words.SPOTS, words.SPOT_SHAPES),
    "shop": lambda s: s.listed_or_shaped(words.SHOPS, words.SHOP_SHAPES),
    "city": lambda s: s.listed_or_shaped(words.CITIES, ("{0}",)),
    "street": lambda s: s.listed_or_shaped(words.STREETS, words.STREET_SHAPES),
    "show": lambda s: s.listed_or_shaped(words.SHOWS, words.SHOW_SHAPES),
    "team": lambda s: s.listed_or_shaped(words.TEAMS, ("{0}", "{0} City")),
    "day": _listed(words.DAYS),
    "onday": _on_day,
    "time": _time,
    "amount": _amount,
    "minutes": lambda s: str(s.amount(2, 59)),
    "count": lambda s: str(s.number(2, 12)),
    "house": lambda s: str(s.amount(1, 99)),
    "room": lambda s: str(s.amount(1, 499)),
    "meal": _listed(words.MEALS),
    "item": _listed(words.ITEMS),
    "item2": _other_item,
    "thing": _listed(words.THINGS),
    "document": _listed(words.DOCUMENTS),
    "event": _listed(words.EVENTS),
    "sport": _listed(words.SPORTS),
    "pet": _listed(words.PETS),
    "dish": _listed(words.DISHES),
    "food": _listed(words.FOODS),
    "present": _listed(words.PRESENTS),
    "illness": _listed(words.ILLNESSES),
    "doctor": _listed(words.DOCTORS),
    "favour": _listed(words.FAVOURS),
    "weather": _listed(words.WEATHER),
    "broken": _listed(words.BROKEN),
    "subject": _listed(words.SUBJECTS),
    "news": _listed(tuple(words.GOOD_NEWS)),
    "news_told": lambda s: words.GOOD_NEWS[s["news"]],
    "sadnews": _listed(tuple(words.SAD_NEWS)),
    "sadnews_told": lambda s: words.SAD_NEWS[s["sadnews"]],
}

_DERIVED: Mapping[str, str] = {
    "onday": "day",
    "news_told": "news",
    "sadnews_told": "sadnews",
}
"""Slots that say again, in other words, what another slot holds."""

SLOT_NAMES: frozenset[str] = frozenset(_DRAW)
ROLE_NAMES: frozenset[str] = frozenset({"A", "B", "Awas", "Bwas"})
"""Who asks and who is asked, each with "was" or "were": told by the thread."""
