"""Builds a random mailbox of any size: chat.db, address book, and the truth about them."""

import gc
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from jarvis.demo.build import happenings, zoo
from jarvis.demo.build.acts import ACTS, deck
from jarvis.demo.build.people import (
    OWNER,
    Person,
    introduce,
    people,
    write_address_book,
)
from jarvis.demo.build.plan import PlannedChat, plan_chats
from jarvis.demo.build.scribe import Scribe
from jarvis.demo.build.texts import Texts
from jarvis.demo.build.timeline import dates, span_ns
from jarvis.demo.clock import DAY_NS, HOUR_NS, MINUTE_NS, nanoseconds
from jarvis.demo.mailbox.attachments import write_files
from jarvis.demo.mailbox.chatdb import write_chatdb
from jarvis.demo.mailbox.mailbox import Mailbox
from jarvis.demo.mailbox.rows import Chat, Message
from jarvis.demo.mailbox.truth import MANIFEST, Manifest, tell
from jarvis.errors import StoreUnavailable

__all__ = ["Manifest", "build"]

_ROWS_WITH_EVERYTHING = 500
_SHARE_ORPHANS = 0.001
_SHARE_DELETED = 0.002
_SHARE_IN_TWO_CHATS = 0.0002
_SHARE_BACK_FILLED = 0.005
_SAMPLE = 10_000
_UNKNOWN_SENDERS = 1


def build(
    directory: Path,
    *,
    messages: int,
    chats: int | None = None,
    seed: int = 1,
    end: datetime,
    profile: int = 26,
    filtered: float = 0.0,
) -> Manifest:
    """Write DIR/chat.db, DIR/AddressBook and DIR/manifest.json, and tell what is in them.

    The same arguments give the same rows. end is the moment the mailbox was last
    written to. Without chats there are 0.6 * sqrt(messages) of them, at least 12. From
    500 messages on every kind of row is there. At least the share `filtered` of all
    conversations is with unknown senders; on some Macs it is three quarters.

    Raises:
        ValueError: profile is unknown, a number is negative, filtered is no share, end
            has no time zone, or more people are needed than there are fictitious numbers.
        StoreUnavailable: there is a chat.db in directory already.
    """
    if messages < 0 or (chats is not None and chats < 0) or (messages and chats == 0):
        raise ValueError("messages and chats are counts, and messages need a chat")
    if not 0 <= filtered <= 1:
        raise ValueError("filtered is a share, from 0 to 1")
    if end.tzinfo is None:
        raise ValueError("end needs a time zone, as datetime.now(UTC) has one")
    path = directory / "chat.db"
    if path.exists():
        raise StoreUnavailable(f"{path} exists: choose an empty directory.")
    directory.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    box = Mailbox(rng, OWNER, profile=profile, now=nanoseconds(end))
    with _no_collecting():
        count = _chat_count(messages) if chats is None else chats
        known = _fill(box, messages, count, filtered)
        write_address_book(box, known, directory / "AddressBook")
        manifest = write_chatdb(
            box, path, meanwhile=lambda: tell(box, seed=seed, sample=_SAMPLE)
        )
    write_files(box, directory)
    manifest.write(directory / MANIFEST)
    return manifest


@contextmanager
def _no_collecting() -> Iterator[None]:
    """No garbage collection: a million rows stay, and walking them doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _chat_count(messages: int) -> int:
    return max(12, int(0.6 * messages**0.5))


def _fill(
    box: Mailbox, messages: int, chats: int, filtered: float = 0.0
) -> list[Person]:
    """Make all rows; the people whose cards the owner has."""
    everybody = people(box.rng)
    with_everything = messages >= _ROWS_WITH_EVERYTHING and chats > 2
    special = 2 if with_everything else 0
    reserved = zoo.row_count() + happenings.row_count(box.profile) if special else 0
    rows = messages - reserved
    planned, known = plan_chats(box, everybody, chats - special, rows)
    introduce(box, known)
    _filter_more(box, filtered)
    _write_chats(box, planned, span_ns(messages))
    if with_everything:
        happenings.write_each_once(box, planned)
        happenings.leave_stale_rows(box, planned)
        _write_special_chats(box, everybody)
        _displace(box)
    return known


def _filter_more(box: Mailbox, share: float) -> None:
    """Give more conversations to the filter of unknown senders, until it has its share."""
    if not share:
        return
    members: dict[int, list[Chat]] = {}
    for chat in box.chats:
        members.setdefault(chat.conversation, []).append(chat)
    known = [
        chats for chats in members.values() if not any(c.is_filtered for c in chats)
    ]
    box.rng.shuffle(known)
    missing = round(share * len(members)) - (len(members) - len(known))
    for chats in known[: max(missing, 0)]:
        for chat in chats:
            chat.is_filtered = _UNKNOWN_SENDERS


def _write_chats(box: Mailbox, planned: Sequence[PlannedChat], span: int) -> None:
    """Fill the chats, each tenth with unread mail of the last two days at its end."""
    texts = Texts(box.rng)
    talking = sum(chat.size for chat in planned if not chat.only_receives)
    acts = deck(box.rng, talking, box.profile)
    for at, chat in enumerate(planned):
        unread = box.rng.randint(1, 5) if at % 10 == 2 and chat.size > 8 else 0
        if unread:
            age = box.rng.randrange(MINUTE_NS, 2 * DAY_NS)
        else:
            age = 5 * MINUTE_NS + (at and int(box.rng.expovariate(12 / span)))
        last = box.now - min(age, span)
        when = dates(box.rng, chat.size, last=last, span=span // 2)
        scribe = Scribe(box, texts, chat)
        first_row = len(box.messages)
        scribe.fill(iter(when[: chat.size - unread]), acts, ACTS)
        chat.chat.last_read = _read_mark(box.messages[first_row:])
        scribe.receive_unread(iter(when[chat.size - unread :]))


def _read_mark(messages: Sequence[Message]) -> int:
    """When the owner last looked: at the newest message they have read, 0 for never."""
    return max(
        (m.date for m in messages if m.is_read and m.kind != "scheduled"), default=0
    )


def _write_special_chats(box: Mailbox, everybody: Iterator[Person]) -> None:
    """The decoder zoo and the hostile chat."""
    addresses = [next(everybody).addresses[0] for _ in range(4)]
    animals = box.group_chat(addresses[:3], "iMessage", name=zoo.ZOO)
    zoo.write_zoo(box, animals, box.now - 3 * DAY_NS)
    hostile = box.group_chat(addresses[1:], "iMessage", name=zoo.HOSTILE_NAME)
    zoo.write_hostile(box, hostile, box.now - 2 * DAY_NS)
    for chat in (animals, hostile):
        chat.last_read = box.now - HOUR_NS


def _displace(box: Mailbox) -> None:
    """Put some rows where life puts them: in no chat, in two, in the bin, out of order."""
    rng = box.rng
    plain = [m for m in box.messages if m.kind == "text" and m.is_read]
    rng.shuffle(plain)
    count = len(box.messages)
    for _ in range(_at_least_one(count * _SHARE_ORPHANS)):
        plain.pop().chat = None
    for _ in range(_at_least_one(count * _SHARE_DELETED)):
        plain.pop().deleted_at = box.now - rng.randrange(HOUR_NS, 30 * DAY_NS)
    for _ in range(_at_least_one(count * _SHARE_IN_TWO_CHATS)):
        message = plain.pop()
        others = [c for c in box.chats if c is not message.chat]
        message.also_in = rng.choice(others)
    old = [message for message in plain if message.date < box.now - DAY_NS]
    for _ in range(_at_least_one(count * _SHARE_BACK_FILLED)):
        old.pop().arrived = box.now - rng.randrange(HOUR_NS)


def _at_least_one(share: float) -> int:
    return max(1, round(share))
