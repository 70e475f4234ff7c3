"""The words of the grammar itself, and its emoji: what answers say of their own."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import Final
from unicodedata import category

from training.examples import Example, make_example

WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_EXAMPLES: Final = 30_000
_FEWEST: Final = 3
"""A word has to occur in so many examples: one that is rarer came out of a slot."""


def own_words() -> list[str]:
    """Words and emoji of the answers that no slot holds; in small letters, if so met."""
    rng = random.Random(11)
    counts = Counter[str]()
    for _ in range(_EXAMPLES):
        counts.update(_words_of(make_example(rng)))
    met = {word for word, count in counts.items() if count >= _FEWEST}
    return sorted(
        word for word in met if word == word.lower() or word.lower() not in met
    )


def _words_of(example: Example) -> set[str]:
    said = [
        example.people,
        *(exchange.slots.values() for exchange in example.exchanges),
    ]
    copied = {word for values in said for each in values for word in WORD.findall(each)}
    texts = [target.text for target in example.targets]
    words = {word for text in texts for word in WORD.findall(text)}
    emoji = {sign for text in texts for sign in text if category(sign) == "So"}
    return emoji | words - copied - {word.capitalize() for word in copied}
