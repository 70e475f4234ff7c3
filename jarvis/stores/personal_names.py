"""How a name is put together: in the order of its language, or as its card says."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

Ordering = Literal["family_first", "given_first"]
_FAMILY_FIRST: Final = (
    *("CJK ", "IDEOGRAPHIC ", "HANGUL ", "HIRAGANA ", "KATAKANA", "HALFWIDTH KATAKANA"),
    "BOPOMOFO ",
)
"""How the names of the letters begin that Chinese, Japanese and Korean names are in."""


def whole_name(given: str, family: str, order: Ordering | None) -> str:
    """Both names as one; order None: the card leaves it to the language.

    Chinese, Japanese and Korean names begin with the family's and have no space.
    """
    if not (given and family):
        return given or family
    is_asian = _is_asian(given) and _is_asian(family)
    if order == "family_first" or (order is None and is_asian):
        return f"{family}{'' if is_asian else ' '}{given}"
    return f"{given} {family}"


def _is_asian(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(
        unicodedata.name(letter, "").startswith(_FAMILY_FIRST) for letter in letters
    )
