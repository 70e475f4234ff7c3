"""Which chats a mailbox has: with whom, on which service, and how much is said."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from jarvis.demo.build.people import COMPANY, LANDLINE, Person
from jarvis.demo.mailbox.mailbox import Mailbox
from jarvis.demo.mailbox.rows import Chat

Role = Literal[
    "person",
    "other_address",
    "group",
    "named_group",
    "split_group",
    "stranger",
    "archived",
    "codes",
    "company",
    "household",
    "business",
    "filtered_text",
    "spam",
]

_EACH_ONCE: tuple[Role, ...] = (
    "person",
    "named_group",
    "person",
    "group",
    "codes",
    "other_address",
    "stranger",
    "split_group",
    "spam",
    "company",
    "archived",
    "business",
    "filtered_text",
    "household",
)
_WEIGHTS: dict[Role, float] = {
    "person": 42,
    "other_address": 9,
    "group": 9,
    "named_group": 10,
    "split_group": 1,
    "stranger": 15,
    "archived": 3,
    "codes": 4,
    "spam": 5,
    "filtered_text": 2,
}
_GROUP_NAMES = (
    "Book club",
    "Flat 4B",
    "Sunday football",
    "Alps 🏔️",
    "Choir",
    "Team lunch",
    "Grandma’s 80th",
    "School run",
    "Allotment",
    "Band practice",
)
_SHORT_CODES = ("262966", "729725", "32665", "86753", "40404", "22000", "89361")
_GROUPS: frozenset[Role] = frozenset(("group", "named_group", "split_group"))
_UNKNOWN_SENDERS, _JUNK = 1, 2
_SHARE_WITHOUT_MESSAGES = 0.07
_ZIPF = 1.1


@dataclass(frozen=True, slots=True)
class PlannedChat:
    """A chat and how many rows it gets; codes and business chats only receive."""

    chat: Chat
    role: Role
    size: int

    @property
    def only_receives(self) -> bool:
        """Whether the owner never answers there."""
        return self.role in ("codes", "business", "filtered_text", "spam")


def plan_chats(
    box: Mailbox, everybody: Iterator[Person], count: int, messages: int
) -> tuple[list[PlannedChat], list[Person]]:
    """count chats, the busiest first, that share messages rows; and the people known."""
    planner = _Planner(box, everybody)
    roles = _roles(box.rng, count)
    chats = [planner.chat(role) for role in roles]
    return [
        PlannedChat(chat, role, size)
        for chat, role, size in zip(chats, roles, sizes(count, messages), strict=True)
    ], planner.known


def sizes(count: int, messages: int) -> list[int]:
    """How many rows each chat gets: a few get most, the last ones none."""
    if not count:
        return []
    filled = max(1, count - int(count * _SHARE_WITHOUT_MESSAGES))
    weights = [1 / rank**_ZIPF for rank in range(1, filled + 1)]
    unit = messages / sum(weights)
    found = [int(weight * unit) for weight in weights]
    for at in range(messages - sum(found)):
        found[at % filled] += 1
    return found + [0] * (count - filled)


def _roles(rng: random.Random, count: int) -> list[Role]:
    """Each role once, then as often as in life."""
    roles = list(_EACH_ONCE[:count])
    if more := count - len(roles):
        roles += rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=more)
    return roles


class _Planner:
    """Makes chats for roles, remembering who already has one."""

    def __init__(self, box: Mailbox, everybody: Iterator[Person]) -> None:
        self.box = box
        self.everybody = everybody
        self.known: list[Person] = []
        self._strangers: list[Person] = []
        self._with_other_address: list[tuple[Person, Chat]] = []
        self._groups: list[Chat] = []
        self._taken: set[str] = set()

    def chat(self, role: Role) -> Chat:
        """The next chat of that role."""
        if role in _GROUPS:
            return self._group(role)
        if role == "other_address" and self._with_other_address:
            return self._other_address()
        if address := self._institution(role):
            self._taken.add(address)
            service = "iMessage" if address.startswith("urn:") else "SMS"
            chat = self.box.direct_chat(address, service)
        else:
            chat = self._person(is_known=role not in ("stranger", "spam"))
        if role in ("stranger", "filtered_text"):
            chat.is_filtered = _UNKNOWN_SENDERS
        elif role == "spam":
            chat.is_filtered = _JUNK
        chat.is_archived = role == "archived"
        return chat

    def _institution(self, role: Role) -> str | None:
        """The address of a role that is no person, if it is still free."""
        rng = self.box.rng
        candidates: Sequence[str] = ()
        if role == "codes":
            candidates = (*_SHORT_CODES, "PARCELS-X", f"{rng.randrange(10**4, 10**6)}")
        elif role == "filtered_text":
            candidates = ("+12015550195(smsft)", f"{rng.randrange(10**5)}55(smsft_rm)")
        elif role == "business":
            candidates = (f"urn:biz:{self.box.guid().lower()}",)
        elif role == "company":
            candidates = (COMPANY,)
        elif role == "household":
            candidates = (LANDLINE,)
        return next((a for a in candidates if a not in self._taken), None)

    def _person(self, *, is_known: bool) -> Chat:
        person = self._next(is_known=is_known)
        address = person.addresses[0]
        chat = self.box.direct_chat(address, self._service(address))
        others = len(person.addresses) > 1 or self.box.profile < 26
        if is_known and others:
            self._with_other_address.append((person, chat))
        return chat

    def _next(self, *, is_known: bool) -> Person:
        """Somebody new whom the owner knows, or does not."""
        waiting = self.known if is_known else self._strangers
        for person in self.everybody:
            if person.is_known == is_known:
                waiting.append(person)
                return person
            # Keep for groups, where everybody meets.
            (self.known if person.is_known else self._strangers).append(person)
        raise AssertionError("there is no end of people")

    def _other_address(self) -> Chat:
        """A second chat with somebody: by mail, or before macOS 26 as text messages."""
        person, first = self._with_other_address.pop(0)
        taken = first.identifier
        address = next((a for a in person.addresses if a != taken), taken)
        service = "iMessage" if address != taken else "SMS"
        if address == taken and first.service == "SMS":
            service = "iMessage"
        second = self.box.direct_chat(address, service, conversation=first.conversation)
        second.is_filtered, second.is_archived = first.is_filtered, first.is_archived
        return second

    def _group(self, role: Role) -> Chat:
        rng = self.box.rng
        if role == "split_group" and self._groups:
            half = self._groups.pop(0)
            other = self.box.group_chat(
                [handle.address for handle in half.handles],
                "SMS",
                name=half.name,
                half_of=half,
            )
            other.lookup = half.identifier, "SMS"
            return other
        members = [self._member() for _ in range(rng.randint(3, 12))]
        addresses = list(dict.fromkeys(member.addresses[0] for member in members))
        name = rng.choice(_GROUP_NAMES) if role == "named_group" else ""
        group = self.box.group_chat(addresses, "iMessage", name=name)
        self._groups.append(group)
        return group

    def _member(self) -> Person:
        """Mostly somebody the owner writes with anyway."""
        met = self.known + self._strangers
        if met and self.box.rng.random() < 0.6:
            return self.box.rng.choice(met)
        return self._next(is_known=self.box.rng.random() < 0.7)

    def _service(self, address: str) -> str:
        if not address.startswith("+"):
            return "iMessage"
        draw = self.box.rng.random()
        if draw < 0.05 and self.box.profile >= 15:
            return "RCS"
        return "SMS" if draw < 0.2 else "iMessage"
