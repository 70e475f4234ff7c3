"""Links, numbers, times and names of a text that stand in no text it is held against; pure.

A number is the same however it is spelt: 7:30 and 7.30, 7 pm, 7pm and 19:00, 1,000 and
1000, digits of other scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from jarvis.assistant.language.dates import days_in
from jarvis.assistant.language.facts import words

LONGEST_HELD: Final = 20_000
"""Characters of one text that are held against others."""

_TOP_DOMAINS: Final = (
    "com|org|net|io|co|uk|de|fr|es|nl|se|eu|edu|gov|app|dev|info|ai|ch|ca|au|gl|ly|tv|biz|"
    "shop|xyz|online|site|link|store|me/|it/|is/|in/|at/|be/|us/|to/|so/"
)
"""Those that are words of a language count only where a path follows."""

# An item is found by the first branch that matches where it begins. Each branch takes what
# a later one would cut to pieces: "19:00" is one time and not two numbers, and the digits
# of a link are the link's. They look around, as nothing begins or ends within a number.
_ITEM: Final = re.compile(
    rf"""
    # An address of mail, as people write them; far from all of RFC 5322.
    (?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    # A link: with a scheme or www. up to a blank. Else a host of a known top domain, and a
    # path that does not end in the sentence's own marks.
    | (?P<link>https?://[^\s<>"]+ | www\.[^\s<>"]+
        | (?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_TOP_DOMAINS})
          (?:(?<=/)|(?![\w-]))(?:/?[^\s<>"]*(?<=[\w/=#&]))?)
    # A date of ISO 8601, before its hyphens make a telephone number of it.
    | (?P<date>(?<!\d)\d{{4}}-\d{{1,2}}-\d{{1,2}}(?!\d))
    # 1,000 and 1.000 and 1 000: groups of three all the way, so that it is no decimal.
    | (?P<thousands>(?<![\d.,])\d{{1,3}}(?:[.,'’\u00a0\u202f ]\d{{3}})+(?![ .,-]?\d))
    # Seven digits or more (E.164 ends at fifteen), with what stands between their groups.
    | (?P<phone>(?<!\d)\+?\(?\d(?:[ ().\-/]{{0,2}}\d){{6,14}}(?!\d))
    # 7 pm, 7:30pm, 7.30 p.m.
    | (?P<time>(?<![\d.,:])(?P<hour>\d{{1,2}})
        (?:[:.h](?P<minute>\d{{2}}))?\s?(?P<half>[ap])\.?m\b\.?)
    # 19:00, 19.00, 19h00; two digits behind the mark, and no third part as in 1.2.2024.
    | (?P<clock>(?<![\d.,:])\d{{1,2}}\s?[:.,h]\s?\d{{2}}(?![.,:]?\d))
    # Any other number, with its parts: 12/5, 3.14, 1.2.2024.
    | (?P<number>\d+(?:[.,:/]\d+)*)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SAME_LENGTH: Final = str.maketrans("：．，／－＋＠％（）٫٬", ":.,/-+@%().,")
_PHONE_DIGITS: Final = 7
_SENTENCE_ENDS: Final = '.!?…:\n。！？؟"“”„«»(*•-–—'
_CAPITALISED: Final = re.compile(r"[^\W\d_][\w'’-]*")
_ALWAYS_CAPITAL: Final = words(lambda facts: facts.always_capital)
_NOUN_SHARE: Final = 0.25
"""Where so many words within sentences have a capital, it is no sign of a name."""
_NOUN_WORDS: Final = 12


def ungrounded_items(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Links, addresses, numbers, times, amounts and dates that no known text has.

    As they stand in the text, in its order, each once.
    """
    allowed = {key for each in known for _, keys in _items(each) for key in keys}
    return tuple(
        dict.fromkeys(item for item, (key, *_) in _items(text) if key not in allowed)
    )


def ungrounded_names(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Names, days and months of a text that no known text has, in its order, each once.

    A name is a word with a capital within a sentence; not so where nouns have one too, as
    in German, which the known texts tell. Weekdays, months and words
    like "tomorrow" count wherever they stand.
    """
    known = [each[:LONGEST_HELD] for each in known]
    said = {word for each in known for word in _folded_words(each)}
    days = {day for each in known for _, _, day in days_in(each)}
    text = text[:LONGEST_HELD]
    found = [(at, word) for at, word, day in days_in(text) if day not in days]
    if not _capitals_are_common(known):
        found += [
            (at, word) for at, word in _named(text) if word.casefold() not in said
        ]
    return tuple(dict.fromkeys(word for _, word in sorted(found)))


def _capitals_are_common(texts: Iterable[str]) -> bool:
    """Whether so many words within sentences have a capital that it tells no name."""
    within = [
        word for each in texts for _, word, inside in _cased_words(each) if inside
    ]
    if len(within) < _NOUN_WORDS:
        return False
    return sum(word[0].isupper() for word in within) > _NOUN_SHARE * len(within)


def _items(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each item as it stands, with its key and those that it makes known as well."""
    text = text[:LONGEST_HELD]
    plain = _plain(text)
    for found in _ITEM.finditer(plain):
        yield text[found.start() : found.end()], tuple(_keys(found))


def _plain(text: str) -> str:
    """Write digits and marks of other scripts as ASCII, letter for letter."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in text.translate(_SAME_LENGTH)
    )


def _keys(found: re.Match[str]) -> Iterator[str]:
    """Yield the key of an item, by which it is sought, and what else it makes known.

    =========  =============  ====================================================
    branch     item           key; what is known as well
    =========  =============  ====================================================
    email      Jo@b.org       jo@b.org
    link       www.b.org/x    b.org/x; b.org
    phone      0171 2345678   tel:2345678 (the last seven digits); 01712345678
    thousands  1,000          1000; tel:1000
    time       7 pm           7:00p; 7:00, 7, 19:00, 19
    clock      19:00          19:00; 7:00p, 7:00, 19, 7
    number     12/5           12/5; 12, 5
    number     7              7; 7:00 in both halves of a day
    =========  =============  ====================================================
    """
    whole = found[0].casefold()
    if found["email"]:
        yield whole
    elif found["link"]:
        address = re.sub(r"^(?:https?://)?(?:www\.)?", "", whole).rstrip("/.,;:!?)")
        yield address
        yield address.partition("/")[0]
    elif found["phone"]:
        digits = re.sub(r"\D", "", whole)
        yield f"tel:{digits[-_PHONE_DIGITS:]}"
        yield digits
    elif found["thousands"]:
        digits = re.sub(r"\D", "", whole)
        yield digits
        yield f"tel:{digits[-_PHONE_DIGITS:]}"
    elif found["time"]:
        hour = _bare(found["hour"])
        yield from _hour_keys(hour, found["minute"] or "00", found["half"].casefold())
    elif found["clock"]:
        yield from _clock_keys(*re.split(r"\D+", whole))
    else:
        yield from _number_keys(whole)


def _hour_keys(hour: str, minute: str, half: str) -> Iterator[str]:
    """Of 7 pm: itself, 7:00, 19:00, 7 and 19."""
    yield f"{hour}:{minute}{half}"
    hours = [hour, str(int(hour) % 12 + 12)] if half == "p" else [hour]
    for each in hours:
        yield f"{each}:{minute}"
        if minute == "00":
            yield each


def _clock_keys(hour: str, minute: str) -> Iterator[str]:
    """Of 19:00: itself, 19, 7 pm, 7:00 and 7; of 7:30: itself, both halves of a day."""
    hour = _bare(hour)
    yield f"{hour}:{minute}"
    number = int(hour)
    halves = "ap" if number <= 12 else "p"
    small = str((number - 1) % 12 + 1)
    yield from (f"{small}:{minute}{half}" for half in halves)
    yield f"{small}:{minute}"
    if minute == "00":
        yield hour
        yield small


def _number_keys(whole: str) -> Iterator[str]:
    """Of 12/5: itself, 12 and 5; of 7: itself, and 7 o'clock in both halves of a day."""
    parts = [_bare(part) for part in re.split(r"\D+", whole)]
    yield "/".join(parts)
    yield from parts
    if len(parts) == 1 and len(parts[0]) <= 2 and int(parts[0]) <= 24:
        yield from _clock_keys(parts[0], "00")


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _folded_words(text: str) -> Iterator[str]:
    for found in _CAPITALISED.finditer(text):
        word = found[0].casefold().replace("’", "'")
        yield word
        yield word.removesuffix("'s")


def _named(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and word of those that have a capital within a sentence."""
    for at, word, is_within in _cased_words(text):
        folded = word.casefold().replace("’", "'")
        if is_within and word[0].isupper() and folded not in _ALWAYS_CAPITAL:
            yield at, word.replace("’", "'").removesuffix("'s")


def _cased_words(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield place and word where a script has cases, and whether within a sentence."""
    for found in _CAPITALISED.finditer(text):
        word = found[0]
        if word[0].lower() == word[0].upper():
            continue
        before = text[max(found.start() - 8, 0) : found.start()].rstrip(" \t")
        yield found.start(), word, bool(before) and before[-1] not in _SENTENCE_ENDS
