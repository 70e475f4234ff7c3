"""What the slots of a template can hold, drawn when first asked for and then kept."""

import random
from collections.abc import Callable, Iterator, Mapping

from jarvis.demo.talk import words
from jarvis.demo.talk.names import GIVEN_NAMES, invented_name


class Slots(Mapping[str, str]):
    """The values of one exchange: slot name to text.

    invented is the share of names and places made of syllables and letters in place
    of listed ones: 0 for an inbox that reads well, about two thirds for training,
    where only copying may be right. names are the listed people to draw from.
    """

    def __init__(
        self,
        rng: random.Random,
        *,
        invented: float = 0.0,
        names: tuple[str, ...] = GIVEN_NAMES,
        roles: Mapping[str, str] | None = None,
    ) -> None:
        self._rng = rng
        self._invented = invented
        self._names = names
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

    def person(self) -> str:
        """Somebody's name, listed or invented."""
        if self._rng.random() < self._invented:
            return invented_name(self._rng)
        return self.pick(self._names)

    def listed_or_invented(
        self, values: tuple[str, ...], shapes: tuple[str, ...]
    ) -> str:
        """A listed value, or one of the shapes around an invented word."""
        if self._rng.random() < self._invented * 0.75:
            word = invented_name(self._rng)
            return self.pick(shapes).format(word, word.lower())
        return self.pick(values)


def _time(slots: Slots) -> str:
    """A clock time as people type it."""
    hour = slots.number(1, 12)
    minute = slots.pick(words.MINUTES_PAST)
    shapes = (f"{hour}", f"{hour}pm", f"{hour} pm", f"{hour}am", "noon")
    if slots.number(1, 100) <= 55:
        return f"{hour}:{minute}"
    if slots.number(1, 100) <= 20:
        return f"{slots.number(7, 22)}:{minute}"
    return slots.pick(shapes)


def _amount(slots: Slots) -> str:
    """A sum of money, small ones more often."""
    whole = slots.number(2, 99) if slots.number(0, 2) else slots.number(100, 980)
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
    "place": lambda s: s.listed_or_invented(words.RESTAURANTS, words.PLACE_SHAPES),
    "spot": lambda s: s.listed_or_invented(words.SPOTS, words.SPOT_SHAPES),
    "shop": lambda s: s.listed_or_invented(words.SHOPS, words.SHOP_SHAPES),
    "city": lambda s: s.listed_or_invented(words.CITIES, ("{0}",)),
    "street": lambda s: s.listed_or_invented(words.STREETS, words.STREET_SHAPES),
    "show": lambda s: s.listed_or_invented(words.SHOWS, words.SHOW_SHAPES),
    "team": lambda s: s.listed_or_invented(words.TEAMS, ("{0}", "{0} City")),
    "day": _listed(words.DAYS),
    "onday": _on_day,
    "time": _time,
    "amount": _amount,
    "minutes": lambda s: str(s.number(2, 59)),
    "count": lambda s: str(s.number(2, 12)),
    "house": lambda s: str(s.number(1, 99)),
    "room": lambda s: str(s.number(1, 499)),
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
