"""Telephone numbers: as they are typed, and what the numbering plans of the world say.

The first question to the plans loads them, which takes long: off the event loop.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jarvis.stores.handles import SHORT_CODE_DIGITS

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

# Numbering plans that changed while people kept their old cards: each form of a number,
# that of today first. Mexico dropped the 1 of mobiles in 2019, Argentina's 9 stands for
# the same line, Brazil's mobiles got a ninth digit until 2016, Benin's a 01 in 2024.
# Patterns are compiled when the first number needs them: most starts need few of them.
_CHANGED_PLANS: Final = {
    "+52": (r"\+52(?:0?1|04[45])?(\d{10})", (r"+52\1", r"+521\1")),
    "+54": (r"\+549?(\d{10})", (r"+54\1", r"+549\1")),
    "+55": (r"\+55(\d\d)9?([6-9]\d{7})", (r"+55\g<1>9\2", r"+55\1\2")),
    "+229": (r"\+229(?:01)?(\d{8})", (r"+22901\1", r"+229\1")),
}
# Before 2019 a Mexican mobile was called with 044 or 045, other cities with 01.
_OLD_MEXICAN: Final = r"(?:04[45]|01|1)(\d{10})"
# A zero after the country's code is one that is not dialled: then the plan must tell.
_PLAIN_E164: Final = re.compile(r"\+[1-9]{4}\d{3,11}")
_SCHEME: Final = re.compile(r"(?:tel|mailto):", re.I)
_EXTENSION: Final = re.compile(r"\s*(?:ext|x|[,;#]).*", re.I | re.S)
_TRUNK_ZERO: Final = r"\(\s*0\s*\)"
_TYPED_NUMBER: Final = r"[+\d\s()./\u2010-\u2015-]*"
_INTERNATIONAL: Final = ("+", "\uff0b")

Answer = Any
"""Of the plans: what becomes JSON and comes out of it as it was."""


def digits_of(text: str) -> str:
    """The digits in a text, those of other scripts as ours."""
    return "".join(
        str(unicodedata.decimal(character))
        for character in text
        if character.isdecimal()
    )


def bare(address: str) -> str:
    """The address without what nobody sees or says of it.

    Numbers that were copied out of Contacts lie between marks of the writing direction.
    """
    if not address.isascii():
        address = "".join(c for c in address if unicodedata.category(c) != "Cf")
    return _SCHEME.sub("", address.strip(), count=1)


def typed_digits(typed: str) -> str | None:
    """The digits to look for of a typed number or a part of one; None: it is no number.

    What stands for a plus ("00") and a zero that is not dialled ("+44 (0)7400") are left
    out, so that they are a part of one of the number's `spellings`.
    """
    typed = bare(typed)
    if not re.fullmatch(_TYPED_NUMBER, typed):
        return None
    digits = digits_of(re.sub(_TRUNK_ZERO, "", typed))
    return digits.removeprefix("00") or None


@lru_cache(maxsize=1 << 14)
def region_of_number(number: str) -> str | None:
    """The country ("US") that a number in international form belongs to."""
    import phonenumbers

    parsed = _parsed(number, None)
    if parsed is None:
        return None
    region = phonenumbers.region_code_for_number(parsed)
    if region is None:  # of no range in use: the first country with its code
        region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return region if region.isalpha() and region != "ZZ" else None


def region_of_most(lines: Iterable[str], plans: Plans) -> str | None:
    """The country that more of these lines belong to than to any other."""
    regions = Counter(filter(None, map(plans.region_of_number, lines))).most_common(2)
    is_tie = len(regions) == 2 and regions[0][1] == regions[1][1]
    return regions[0][0] if regions and not is_tie else None


def written_line(number: str) -> str | None:
    """The line of a number written plainly with its country; for others plans are asked."""
    number = without_extension(bare(number))
    return _forms(number)[0] if _PLAIN_E164.fullmatch(number) else None


def international_line(number: str) -> str | None:
    """The line of a number written with its country, in today's form; else None."""
    if (line := written_line(number)) is not None:
        return line
    number = without_extension(bare(number))
    if number.startswith("00"):
        parsed = _parsed(f"+{number[2:]}", None)
        return _line(parsed) if parsed and _is_valid(parsed) else None
    is_written = number.startswith(_INTERNATIONAL)
    parsed = _parsed(number, None) if is_written else None
    return _line(parsed) if parsed else None


def spellings(line: str) -> tuple[str, ...]:
    """The digits of a line as people write them: with and without its country.

    A line that belongs to no country has one spelling.
    """
    import phonenumbers

    if not line.startswith("+"):
        return (digits_of(line),)
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    written = []
    for form in _forms(line):
        written.append(form[1:])
        parsed = _parsed(form, None)
        if parsed is not None:
            written.append(digits_of(phonenumbers.format_number(parsed, national)))
    return tuple(dict.fromkeys(written))


def readings(digits: str, region: str) -> list[tuple[str, bool]]:
    """The line of a number in a country, if it can be one there; is it surely one?"""
    import phonenumbers

    old = re.fullmatch(_OLD_MEXICAN, digits) if region == "MX" else None
    parsed = _parsed(old[1] if old else digits, region)
    if parsed is None:
        return []
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return []
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    is_its_way = digits_of(phonenumbers.format_number(parsed, national)) == digits
    # Numbers made up for films are of no range in use; one with a zero that its country
    # does not dial is another country's.
    is_its_own = not digits.startswith("0") or _is_valid(parsed)
    return [(_line(parsed), is_its_way and is_its_own)]


class Plans:
    """What the numbering plans say, each question put to them once.

    `answers` are those of an earlier run: where they do, the plans are never loaded.
    `used` are all that were given since, `is_more` tells whether the plans had to be asked.
    """

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.used: dict[str, Answer] = {}
        self.is_more = False
        self._answers = answers or {}

    def region_of_number(self, number: str) -> str | None:
        """See region_of_number."""
        region: str | None = self._ask(region_of_number, number)
        return region

    def international_line(self, number: str) -> str | None:
        """See international_line."""
        line = written_line(number)
        if line is None and bare(number).startswith(("00", *_INTERNATIONAL)):
            line = self._ask(international_line, number)
        return line

    def spellings(self, line: str) -> Sequence[str]:
        """See spellings."""
        written: Sequence[str] = self._ask(spellings, line)
        return written

    def readings(self, digits: str, region: str) -> Sequence[tuple[str, bool]]:
        """See readings."""
        read: Sequence[tuple[str, bool]] = self._ask(readings, digits, region)
        return read

    def _ask(self, ask: Callable[..., Answer], *words: str) -> Answer:
        question = " ".join((ask.__name__, *words))
        if question not in self.used:
            if question in self._answers:
                self.used[question] = self._answers[question]
            else:
                self.used[question] = ask(*words)
                self.is_more = True
        return self.used[question]


def without_extension(number: str) -> str:
    """The number without what is dialled when it has answered: "ext. 5", "x5", ",,12#"."""
    extension = _EXTENSION.search(number)
    is_one = (
        extension and len(digits_of(number[: extension.start()])) > SHORT_CODE_DIGITS
    )
    return number[: extension.start()] if extension and is_one else number


def national_number(line: str) -> str:
    """The digits that stay the same wherever one calls from."""
    parsed = _parsed(line, None)
    return str(parsed.national_number) if parsed else ""


def _line(parsed: PhoneNumber) -> str:
    import phonenumbers

    e164 = phonenumbers.PhoneNumberFormat.E164
    line = _forms(phonenumbers.format_number(parsed, e164))[0]
    return line if len(line) > SHORT_CODE_DIGITS + 1 else line[1:]


def _forms(line: str) -> tuple[str, ...]:
    """All forms of a line whose country changed its numbers, that of today first."""
    for country, (pattern, forms) in _CHANGED_PLANS.items():
        if line.startswith(country) and (match := re.fullmatch(pattern, line)):
            return tuple(match.expand(form) for form in forms)
    return (line,)


def _is_valid(parsed: PhoneNumber) -> bool:
    import phonenumbers

    return phonenumbers.is_valid_number(parsed)


def _parsed(number: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers

    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
