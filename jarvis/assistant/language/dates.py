"""Days that texts speak of by name: weekdays, months, "tomorrow", in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jarvis.assistant.language.facts import Days, languages

_ABOUT_NOW: Final = (
    "yesterday",
    "today",
    "tomorrow",
    "after_tomorrow",
    "noon",
    "midnight",
    "weekend",
)


def _day_of_name(days: Days) -> Iterator[tuple[str, str]]:
    """Yield each name with a key for its day, the same in all languages."""
    for kind in ("weekdays", "months"):
        for number, names in enumerate(getattr(days, kind)):
            yield from ((name, f"{kind}/{number}") for name in names.split())
    for day in _ABOUT_NOW:
        yield from ((name, day) for name in getattr(days, day).split())


_DAYS: Final = [each.facts.days for each in languages()]
_KEY_OF: Final = {name: key for days in _DAYS for name, key in _day_of_name(days)}
_NONE_AFTER: Final = {word for days in _DAYS for word in days.names_none_after.split()}
_WORD: Final = re.compile(r"\w[\w'’]*")
_LONGEST_NAME: Final = max(name.count("-") for name in _KEY_OF) + 1
_WITHOUT_BLANKS: Final = re.compile(
    "|".join(name for name in _KEY_OF if ord(name[0]) > 0x3000) or "(?!)"
)


def days_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the place, the words and the key of each day that a text names.

    The key of a day is the same in all languages.
    """
    # Where no blanks divide words, a name may stand within any other letters.
    for found in _WITHOUT_BLANKS.finditer(text):
        yield found.start(), found[0], _KEY_OF[found[0]]
    # Else it is some words in a row, as many as the longest name has: "fin de semana".
    words = list(_WORD.finditer(text))
    for at, first in enumerate(words):
        for last in words[at : at + _LONGEST_NAME]:
            said = text[first.start() : last.end()]
            key = _key(said)
            if key is None:
                continue
            if at == 0 or words[at - 1][0].casefold() not in _NONE_AFTER:
                yield first.start(), said, key


def _key(said: str) -> str | None:
    name = "-".join(said.casefold().replace("’", "'").split())
    # "Mondays", "monday's" and "montags" are that day, too.
    return _KEY_OF.get(name) or _KEY_OF.get(name.removesuffix("s"))
