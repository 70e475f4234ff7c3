"""The evaluation set as an inbox: a chat.db and an address book, for who reads those."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from jarvis.demo.clock import nanoseconds
from jarvis.demo.mailbox import compose
from jarvis.demo.mailbox.addressbook import Card, write_stores
from jarvis.demo.mailbox.chatdb import write_chatdb
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Chat
from jarvis.demo.people import OWNER as ROBIN
from tests.search.evaluation.reading import OWNER, Said, evaluation_set

_PROFILE: Final = 26


def write_inbox(directory: Path) -> None:
    """Write DIR/chat.db and DIR/AddressBook; a message's ROWID is its id in the set."""
    said = evaluation_set().messages
    now = nanoseconds(said[-1].date + timedelta(days=1))
    mailbox = Mailbox(random.Random(1), ROBIN, profile=_PROFILE, now=now)
    addresses = _addresses(said)
    chats = _chats(mailbox, said, addresses)
    for each in said:
        sender = None
        if each.sender != OWNER:
            sender = mailbox.handle(addresses[each.sender], "iMessage")
        date = nanoseconds(each.date)
        compose.text(mailbox, Place(chats[each.chat], sender, date), each.text)
        chats[each.chat].last_read = date
    directory.mkdir(parents=True, exist_ok=True)
    cards = [
        _card(mailbox, name, address)
        for name, address in addresses.items()
        if not name.startswith("+")
    ]
    write_stores(directory / "AddressBook", cards, [])
    write_chatdb(mailbox, directory / "chat.db", meanwhile=lambda: None)


def _addresses(said: Sequence[Said]) -> dict[str, str]:
    """Of everybody but the owner, by their name; who is a number has no other."""
    names = sorted({each.sender for each in said} - {OWNER})
    return {
        name: name.replace(" ", "") if name.startswith("+") else f"p{n}@example.com"
        for n, name in enumerate(names)
    }


def _chats(
    mailbox: Mailbox, said: Sequence[Said], addresses: Mapping[str, str]
) -> dict[str, Chat]:
    """Who is alone with the owner gives the chat its name; a group has its own."""
    people: defaultdict[str, set[str]] = defaultdict(set)
    for each in said:
        people[each.chat] |= {each.sender} - {OWNER}
    chats = {}
    for name, members in people.items():
        at = [addresses[each] for each in sorted(members)]
        if members == {name}:
            chats[name] = mailbox.direct_chat(at[0], "iMessage")
        else:
            chats[name] = mailbox.group_chat(at, "iMessage", name=name)
    return chats


def _card(mailbox: Mailbox, name: str, address: str) -> Card:
    return Card(
        unique_id=mailbox.guid(),
        modified_s=0.0,
        given=name,
        family="",
        phones=(),
        emails=(address,),
        is_me=False,
    )
