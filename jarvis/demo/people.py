"""Made-up people: names, the addresses they write from, and their address book cards."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jarvis.demo.clock import DAY_NS, SECOND_NS
from jarvis.demo.mailbox.addressbook import Card, write_damaged_store, write_stores
from jarvis.demo.mailbox.mailbox import Contact, Mailbox, Owner
from jarvis.demo.talk.names import NAMES

OWNER = Owner("Robin", "Ashdown", "+14155550100", "robin@example.com")
COMPANY, COMPANY_NAME = "+13605550199", "Lakeside Dental"
LANDLINE = "+13615550198"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes; is_known means that the owner has a card of them."""

    given: str
    family: str
    addresses: tuple[str, ...]
    is_known: bool

    @property
    def phones(self) -> tuple[str, ...]:
        """The addresses that are numbers."""
        return tuple(a for a in self.addresses if a.startswith("+"))

    @property
    def emails(self) -> tuple[str, ...]:
        """The addresses that are not."""
        return tuple(a for a in self.addresses if not a.startswith("+"))


def people(rng: random.Random, *, share_known: float = 0.7) -> Iterator[Person]:
    """Ever more people, no two with the same address.

    15 % have two or three addresses; some have only an e-mail address.

    Raises:
        ValueError: all fictitious numbers are given out (about 6,400).
    """
    numbers = _numbers(rng)
    taken: set[str] = set()
    while True:
        given, family = rng.choice(NAMES.given), rng.choice(NAMES.family)
        phone = next(numbers, None)
        if phone is None:
            raise ValueError("there are not so many fictitious numbers: ask for less")
        mail = _mail(given, family, taken)
        draw = rng.random()
        if draw < 0.05:
            addresses: tuple[str, ...] = (mail,)
        elif draw < 0.16:
            addresses = (phone, mail)
        elif draw < 0.20 and (second := next(numbers, None)):
            addresses = (phone, second, mail)
        else:
            addresses = (phone,)
        yield Person(given, family, addresses, rng.random() < share_known)


def _numbers(rng: random.Random) -> Iterator[str]:
    """Numbers that are set aside for fiction, in random order, none twice."""
    # The last ten of each area are left for numbers with a part of their own.
    american = [f"+1{area}55501{n:02d}" for area in NAMES.area_codes for n in range(90)]
    british = [f"+447700900{n:03d}" for n in range(1000)]
    numbers = american + british
    rng.shuffle(numbers)
    yield from numbers


def _mail(given: str, family: str, taken: set[str]) -> str:
    letters = f"{given}.{family}".casefold().encode("ascii", "ignore").decode()
    mail, number = f"{letters}@example.com", 1
    while mail in taken:
        number += 1
        mail = f"{letters}{number}@example.com"
    taken.add(mail)
    return mail


def typed(rng: random.Random, phone: str) -> str:
    """A number the way somebody typed it into a card."""
    if phone.startswith("+44"):
        rest = phone[3:]
        # The owner is American: without a country code the number would be another.
        return rng.choice(
            (
                phone,
                f"+44 {rest[:4]} {rest[4:]}",
                f"+44 (0){rest[:4]} {rest[4:]}",
                f"+44-{rest[:4]}-{rest[4:]}",
            )
        )
    area, exchange, line = phone[2:5], phone[5:8], phone[8:]
    return rng.choice(
        (
            phone,
            f"({area}) {exchange}-{line}",
            f"{area}-{exchange}-{line}",
            f"+1 {area} {exchange} {line}",
            f"1.{area}.{exchange}.{line}",
        )
    )


def introduce(mailbox: Mailbox, known: Sequence[Person]) -> None:
    """Let the owner know these people, a company and a household: titles need names."""
    for person in known:
        card = Contact(person.given, person.family)  # one, whatever their addresses
        mailbox.contacts.update(dict.fromkeys(person.addresses, card))
    mailbox.contacts[COMPANY] = Contact("", "", COMPANY_NAME)
    mailbox.contacts[LANDLINE] = Contact("Opal", "Thorne")


def write_address_book(mailbox: Mailbox, known: Sequence[Person], folder: Path) -> None:
    """Everybody's card: a few in the local store, the rest in one account's.

    Some people are in both, joined by a link id; one number belongs to two cards, the
    newer of which counts; a second account is damaged.
    """
    rng = mailbox.rng
    cards = [_card(mailbox, person) for person in known]
    local, account = cards[::12], [c for at, c in enumerate(cards) if at % 12]
    for at in range(0, len(account), 20):
        account[at] = replace(account[at], link_id=mailbox.guid())
        local.append(replace(account[at], unique_id=mailbox.guid()))
    me = Card(
        mailbox.guid(),
        _modified_s(mailbox),
        mailbox.owner.given,
        mailbox.owner.family,
        phones=(mailbox.owner.phone,),
        emails=(mailbox.owner.email,),
        is_me=True,
    )
    account += [me, *_company_and_household(mailbox)]
    rng.shuffle(account)
    write_stores(folder, local, [(mailbox.guid(), account)])
    write_damaged_store(folder, mailbox.guid())


def _card(mailbox: Mailbox, person: Person) -> Card:
    return Card(
        unique_id=mailbox.guid(),
        modified_s=_modified_s(mailbox),
        given=person.given,
        family=person.family,
        nickname=f"{person.given[:3]}y" if mailbox.rng.random() < 0.1 else "",
        organisation="Example Ltd" if mailbox.rng.random() < 0.1 else "",
        phones=tuple(typed(mailbox.rng, phone) for phone in person.phones),
        emails=person.emails,
    )


def _modified_s(mailbox: Mailbox) -> float:
    return (mailbox.now - mailbox.rng.randrange(1, 2_000) * DAY_NS) / SECOND_NS


def _company_and_household(mailbox: Mailbox) -> list[Card]:
    """A company's card, and two people who share a landline."""
    older = _modified_s(mailbox)
    shared = (typed(mailbox.rng, LANDLINE),)
    return [
        Card(mailbox.guid(), older, organisation=COMPANY_NAME, phones=(COMPANY,)),
        Card(mailbox.guid(), older, "Ives", "Thorne", phones=shared),
        Card(mailbox.guid(), older + 1, "Opal", "Thorne", phones=shared),
    ]
