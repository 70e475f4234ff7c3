"""Which spellings of an address are one line, read in the countries that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from jarvis.stores.handles import SHORT_CODE_DIGITS, plain_handle
from jarvis.stores.numbers import (
    Plans,
    bare,
    digits_of,
    international_line,
    national_number,
    readings,
    spellings,
    typed_digits,
    without_extension,
)

Readings = Sequence[tuple[str, bool]]

_SUFFIX: Final = 6


class Lines:
    """What is equal for all spellings of an address: its line.

    The line of a number is the number with its country ("+447400123456"); of an e-mail
    address, a short code, a business or a number of nobody knows where, what is written.
    """

    def __init__(
        self,
        regions: Sequence[str] = (),
        addresses: Iterable[str] = (),
        *,
        is_guess: bool = False,
        plans: Plans | None = None,
    ) -> None:
        """Read `addresses`, which are all that are known: handles and cards.

        A number without a country is read in the first of regions whose plan has it. One
        that none has is the line of a known number that its own country writes so, if
        there is exactly one: two people must never become one. So is one that is known in
        none of regions where these are a guess. `plans` are asked what addresses are.
        """
        plans = plans or Plans()
        self._is_guess = is_guess
        self._regions = tuple(regions)
        self._lines: dict[str, str] = {}
        self._abroad: dict[str, set[str]] = {}
        self._international: set[str] = set()
        addresses = dict.fromkeys(map(plain_handle, addresses))
        domestic = []
        for address in addresses:
            line = literal_line(address) or plans.international_line(address)
            if line is None:
                domestic.append(address)
                continue
            self._lines[address] = line
            if line.startswith("+"):
                self._international.add(line)
        self._index_abroad(domestic, plans)
        self._lines.update(
            (one, self._domestic(one, plans.readings)) for one in domestic
        )

    def line_of(self, address: str) -> str:
        """The line of an address in any spelling."""
        address = plain_handle(address)
        line = self._lines.get(address)
        return (
            line
            or literal_line(address)
            or (international_line(address) or self._domestic(address))
        )

    def spellings_of(self, address: str) -> tuple[str, ...]:
        """The digits of a number as people write them, to be searched; see spellings."""
        line = self.line_of(address)
        return spellings(line) if digits_of(line) and "@" not in line else ()

    def means(self, typed: str, address: str) -> bool:
        """Whether what a person typed is this address, whole, in whatever spelling.

        "07400 123456", "7400 123 456" and "+44 (0)7400 123456" mean +447400123456. So
        may "7400 123 456" mean somebody in another country too: ask where several fit.
        """
        line = self.line_of(address)
        if self.line_of(typed) == line:
            return True
        digits = typed_digits(typed)
        if digits is None or not line.startswith("+"):
            return False
        return digits in (*spellings(line), national_number(line))

    def _index_abroad(self, domestic: Iterable[str], plans: Plans) -> None:
        """Note how their own countries write the known numbers that may be meant."""
        dialled = (digits_of(without_extension(bare(address))) for address in domestic)
        endings = {digits[-_SUFFIX:] for digits in dialled}
        for line in self._international:
            if line[-_SUFFIX:] in endings:
                for spelling in plans.spellings(line):
                    self._abroad.setdefault(spelling, set()).add(line)

    def _domestic(self, number: str, read: Callable[..., Readings] = readings) -> str:
        """The line of a number that is written without its country."""
        digits = digits_of(without_extension(bare(number)))
        possible = []
        for region in self._regions:
            for line, is_certain in read(digits, region):
                if is_certain and not self._is_guess:
                    return line
                possible.append(line)
        abroad = self._abroad.get(digits, set())
        in_use = [line for line in possible if line in self._international]
        if not in_use and len(abroad) == 1:
            in_use = [*abroad]
        return (in_use or possible or [digits])[0]


def literal_line(address: str) -> str | None:
    """The line of what is no telephone number: it is what is written."""
    address = bare(address)
    number = without_extension(address)
    digits = digits_of(number)
    if "@" in address or not digits or any(map(str.isalpha, number)):
        return address.casefold()
    return digits if len(digits) <= SHORT_CODE_DIGITS else None
