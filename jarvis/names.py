"""Names as people say and type them: folded to be compared, short to be told apart."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_ALIKE: Final = str.maketrans(
    {
        # Letters with a stroke, a bow or no dot: Unicode takes none of them apart.
        **dict(zip("øłđıħŧðɨŋ", "oldihtdin", strict=True)),
        **{"æ": "ae", "œ": "oe", "þ": "th"},
        # Marks that a keyboard or a telephone sets by itself.
        **dict.fromkeys("‘’ʼ`ʹ", "'"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‐‒–—―−", "-"),
    }
)
_POINTS: Final = range(10, 36)
"""Combining classes of the vowel points of Hebrew and Arabic, which few people type."""
_BESIDE: Final = 200
"""From this class on marks stand around a letter: accents, cedillas, dots. Below are those
that make another letter of it: vowels of Thai, the nukta, the voicing of kana."""


class Name(NamedTuple):
    """A person's whole name, and by what they are called among friends."""

    whole: str
    first: str


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """The text as names are compared: without case, accents and ways of encoding.

    "José", "JOSE" and "ｊｏｓé" are equal, whichever Unicode form they are in; so are
    "Zoë" and "zoe", "Groß" and "gross", "İ" and "ı" and "i", "Sørensen" and "sorensen".
    """
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    """The text's letters as `folded` has them; what stands between words stays."""
    if text.isascii():
        return text.casefold().translate(_ALIKE)
    apart = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", apart)
    return unicodedata.normalize("NFC", apart.translate(_PLAIN))


def first_of(whole: str) -> Name:
    """A name of which no more is known: its first word; a number stays whole."""
    words = whole.split()
    if not words or whole[0] in "+(" or whole[0].isdecimal():
        return Name(whole, whole)
    return Name(whole, words[0].strip(",:;") or whole)


def told_apart(people: Sequence[Name]) -> list[str]:
    """What each of these people is called among the others, in their order.

    By first name, where one of them has it; who shares it is called with the first letter
    of the other name ("Alex K."), and where that is the same too, by the whole name.
    """
    names = list(people)
    shared = Counter(folded(each.first) for each in names)
    found = [each.first for each in names]
    for first, count in shared.items():
        if count == 1:
            continue
        at = [i for i, each in enumerate(names) if folded(each.first) == first]
        call = _shortest([names[i] for i in at])
        for i in at:
            found[i] = call(names[i])
    return found


def _shortest(namesakes: Sequence[Name]) -> Callable[[Name], str]:
    """The shortest way to call them that is another for each."""
    short = [_with_letter(each) for each in namesakes]
    are_told_apart = len({folded(each) for each in short}) == len(short)
    return _with_letter if are_told_apart else lambda each: each.whole


def _with_letter(name: Name) -> str:
    """First name and a letter; the whole name where it does not begin with the first."""
    rest = name.whole.removeprefix(name.first)
    letter = rest.strip()[:1]
    is_cased = letter.upper() != letter.lower()
    return f"{name.first} {letter}." if is_cased and rest[0] == " " else name.whole


def _is_lost(character: str) -> bool:
    """Whether nobody misses it in a name: an accent, a point, what cannot be seen."""
    combining = unicodedata.combining(character)
    if combining:
        return combining >= _BESIDE or combining in _POINTS or combining == 1
    if "\ufe00" <= character <= "\ufe0f":
        return True
    return unicodedata.category(character) == "Cf"


class _PlainLetters(dict[int, str]):
    """What becomes of each letter, looked up in Unicode when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = "" if _is_lost(letter) else letter.translate(_ALIKE)
        return self[code]


_PLAIN: Final = _PlainLetters()
