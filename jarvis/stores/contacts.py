"""The name behind a handle: the address book held against the handles of chat.db."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from jarvis.stores.address_lines import Lines
from jarvis.stores.addressbook import Card, Entry, read_entries, stores_at
from jarvis.stores.numbers import Plans, region_of_most
from jarvis.stores.regions import machine_region


class ContactNames(msgspec.Struct, frozen=True):
    """Names by handle. `sources` were read; `problems` says why others were not.

    `lines` tells which spellings are one address (see Lines); `cards` are by line.
    `shared` are lines that stand on the cards of several people. `own` are addresses of
    the user's, the most used first; `own_lines` those and what is on the user's card.
    `plans` were asked what all these numbers are.
    """

    cards: Mapping[str, Card] = msgspec.field(default_factory=dict)
    sources: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    own_lines: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    lines: Lines = msgspec.field(default_factory=Lines)
    entries: tuple[Entry, ...] = ()
    plans: Plans = msgspec.field(default_factory=Plans)

    def name_of(self, handle: str) -> str | None:
        """The person's name, or None when the address book does not know the handle.

        The handle may be in any spelling: "(555) 010-0100", "A@Example.com". The first
        number loads the numbering plans of the world, so off the event loop; those that
        the names were `met_with` are known.
        """
        card = self.card_of(handle)
        return card.name if card else None

    def card_of(self, handle: str) -> Card | None:
        """The card that holds this handle."""
        return self.cards.get(self.lines.line_of(handle))

    def person_of(self, handle: str) -> str:
        """What is equal for all addresses of one person: their card, else the line.

        What several people share, a landline, is nobody's.
        """
        line = self.lines.line_of(handle)
        card = None if line in self.shared else self.cards.get(line)
        return card.key if card else line

    def is_of(self, names: ContactNames) -> bool:
        """Whether these are the same cards and owner, whatever they were met with."""
        return self.entries is names.entries and self.own is names.own

    async def met_with(self, handles: Iterable[str]) -> ContactNames:
        """The same cards in a mailbox with these handles, which tell what is whose.

        Numbers without a country are read in that of the user's own numbers, else in
        that of most handles, else in the machine's.
        """
        return await asyncio.to_thread(_met, self, tuple(handles))


async def load_contacts(
    location: Path | None, *, own: Sequence[str] = ()
) -> ContactNames:
    """Every card of an AddressBook folder (or of one .abcddb file), to be asked at once.

    `own` are the user's own addresses, as far as they are known, the most used first.
    """
    cards = await read_contacts(location)
    return await msgspec.structs.replace(cards, own=tuple(own)).met_with(())


async def read_contacts(location: Path | None) -> ContactNames:
    """Every card, to be met_with a mailbox: until then they tell nothing.

    Never raises: what is missing or unreadable is left out and named in `problems`.
    """
    return await asyncio.to_thread(_read, location)


async def contacts_version(location: Path | None) -> object:
    """What differs when a file of the address book does, or its write-ahead log."""
    return await asyncio.to_thread(_version, location)


def _version(location: Path | None) -> object:
    versions = []
    for store in stores_at(location) if location else []:
        for file in (store, store.with_name(f"{store.name}-wal")):
            try:
                status = file.stat()
            except OSError:
                continue
            versions.append((file, status.st_ino, status.st_size, status.st_mtime_ns))
    return versions


def _read(location: Path | None) -> ContactNames:
    entries: list[Entry] = []
    sources: list[Path] = []
    problems: list[str] = []
    for store in stores_at(location) if location else []:
        try:
            entries += read_entries(store)
            sources.append(store)
        except (sqlite3.Error, OSError) as error:
            problems.append(f"{store} cannot be read ({error}).")
    if location and not sources and not problems:
        problems.append(f"There is no address book at {location}.")
    return ContactNames(
        sources=tuple(sources),
        problems=tuple(problems),
        entries=tuple(entries),
    )


def _met(names: ContactNames, handles: tuple[str, ...]) -> ContactNames:
    written = (entry.address for entry in names.entries)
    own_regions = _own_regions(names.own, names.plans)
    lines = Lines(
        own_regions or _likely_regions(handles, names.plans),
        (*handles, *written, *names.own),
        is_guess=not own_regions,
        plans=names.plans,
    )
    by_line: dict[str, list[Entry]] = {}
    for entry in names.entries:
        by_line.setdefault(lines.line_of(entry.address), []).append(entry)
    shared = frozenset(
        line for line, entries in by_line.items() if _are_several(entries)
    )
    on_own_card = (
        line for line, entries in by_line.items() if any(e.is_own for e in entries)
    )
    return msgspec.structs.replace(
        names,
        cards={line: _stands(entries) for line, entries in by_line.items()},
        own_lines=frozenset(on_own_card) - shared | set(map(lines.line_of, names.own)),
        shared=shared,
        lines=lines,
    )


def _own_regions(own: Iterable[str], plans: Plans) -> tuple[str, ...]:
    """The countries of the user's numbers, that of the most used first."""
    numbers = (address for address in own if address.startswith("+"))
    return tuple(dict.fromkeys(filter(None, map(plans.region_of_number, numbers))))


def _likely_regions(handles: Iterable[str], plans: Plans) -> tuple[str, ...]:
    """The country that numbers without one may be of where the user's tell nothing."""
    lines = {line for handle in handles if (line := plans.international_line(handle))}
    region = region_of_most(lines, plans) or machine_region()
    return (region,) if region else ()


def _stands(entries: Sequence[Entry]) -> Card:
    """Of several cards with one number: whose person has most of them, then the newest.

    Equal names are never merged.
    """
    by_person = Counter(entry.card.key for entry in entries)
    return max(
        entries, key=lambda entry: (by_person[entry.card.key], entry.modified)
    ).card


def _are_several(entries: Sequence[Entry]) -> bool:
    """Whether these cards are of several people: one number under one name is one's."""
    keys = {entry.card.key for entry in entries}
    return len(keys) > 1 and len({entry.card.name.casefold() for entry in entries}) > 1
