"""What fills the slots of a training example: names from lists, held-out and invented."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from jarvis.demo.talk import NAMES, Stock


class _Words(msgspec.Struct, frozen=True):
    """Names and words that are kept from training, and syllables to invent others of."""

    held_out_names: tuple[str, ...]
    held_out_words: tuple[str, ...]
    openings: tuple[str, ...]
    middles: tuple[str, ...]
    endings: tuple[str, ...]


_WORDS: Final = msgspec.toml.decode(
    Path(__file__).with_name("names.toml").read_bytes(), type=_Words
)
HELD_OUT_NAMES: Final = _WORDS.held_out_names
"""Names that no training text holds; the judge writes its threads with them."""
HELD_OUT_WORDS: Final = _WORDS.held_out_words
"""What places and shows are called in the judge's threads, and in no training text."""
_VOWELS = "aeiou"
_CONSONANTS = "bcdfghjklmnpqrstvwxyz"


def syllable_name(rng: random.Random) -> str:
    """An invented name that sounds like one."""
    lists = _WORDS.openings, _WORDS.middles, _WORDS.endings
    return "".join(rng.choice(parts) for parts in lists).capitalize()


def letter_name(rng: random.Random) -> str:
    """An invented name of three to eight letters, so that only copying gets it right."""
    turn = rng.randrange(2)
    letters = [
        rng.choice(_VOWELS if (index + turn) % 2 else _CONSONANTS)
        for index in range(rng.randint(3, 8))
    ]
    if rng.random() < 0.5:
        letters.insert(rng.randrange(len(letters)), rng.choice(_CONSONANTS))
    return "".join(letters).capitalize()


def chained_name(rng: random.Random) -> str:
    """An invented name whose letters follow each other as they do in given names."""
    while True:
        name = rng.choice(NAMES.given)[: rng.choice((1, 2))].lower()
        while len(name) < 10 and (letter := rng.choice(_FOLLOWERS[name[-1]])) != "$":
            name += letter
        if len(name) > 3:
            return name.capitalize()


def _followers() -> dict[str, str]:
    """For each letter, those that come after it in the given names, "$" for the end."""
    found: dict[str, str] = {}
    for name in NAMES.given:
        letters = f"{name.lower()}$"
        for letter, following in pairwise(letters):
            found[letter] = found.get(letter, "") + following
    return found


_FOLLOWERS = _followers()
_MAKERS = (syllable_name, letter_name, chained_name)


def invented_name(rng: random.Random) -> str:
    """A name from no list that is none of the held-out ones either."""
    while True:
        name = rng.choice(_MAKERS)(rng)
        if name not in HELD_OUT_NAMES and name not in HELD_OUT_WORDS:
            return name


def phone_number(rng: random.Random) -> str:
    """What stands for the name of somebody whom no contact card names."""
    return f"+{rng.randrange(10**10, 10 ** rng.choice((11, 12)))}"


def is_kept_apart(number: int) -> bool:
    """Whether a minute or an amount is left to the judge."""
    return number > 0 and number % 13 == 0


TRAINED: Final = Stock(
    invented_names=2 / 3,
    shaped_places=0.5,
    invent=invented_name,
    has_number=lambda number: not is_kept_apart(number),
)
"""For training: most values occur once, so that only copying can be right."""
UNSEEN: Final = Stock(
    names=HELD_OUT_NAMES,
    shaped_places=1.0,
    invent=lambda rng: rng.choice(HELD_OUT_WORDS),
    has_number=is_kept_apart,
)
"""For the judge: no name, place, minute or amount of it is ever trained on."""
