"""The small inbox of the demo: about forty conversations that read like people's."""

import random
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from jarvis.demo.build.people import (
    COMPANY,
    OWNER,
    Person,
    introduce,
    people,
    write_address_book,
)
from jarvis.demo.clock import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, nanoseconds
from jarvis.demo.mailbox.chatdb import write_chatdb
from jarvis.demo.mailbox.compose import changes, events, files, reactions, words
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Chat, Handle, Message
from jarvis.demo.mailbox.truth import Manifest, tell
from jarvis.demo.talk import ME, Thread, make_thread

PROFILE = 26
_DIRECT_CHATS = 28
_GROUPS: tuple[tuple[str, int], ...] = (
    ("Climbing", 3),
    ("", 2),
    ("Sunday lunch", 3),
    ("", 3),
    ("Flat 4B", 2),
    ("Book club", 3),
    ("Band practice", 2),
    ("", 2),
)
_SHORT_CODE = "262966"
_NEWEST_AGE_NS = 4 * MINUTE_NS
_OPEN_ASKS = (0, 1, 2, 4, 5, 7, 10, 13)
"""Which conversations, counted from the newest, wait for an answer."""
_UNREAD = (0, 2, 5)


def build_demo_inbox(directory: Path, *, now: datetime, seed: int = 1) -> Manifest:
    """Write DIR/chat.db, DIR/AddressBook and DIR/manifest.json, whatever was there.

    The newest message is minutes older than now, which needs a time zone; the others
    reach back some weeks. The same seed and now give the same rows.
    """
    if directory.exists():
        shutil.rmtree(directory)
    directory.mkdir(parents=True)
    rng = random.Random(seed)
    box = Mailbox(rng, OWNER, profile=PROFILE, now=nanoseconds(now))
    everybody = _friends(rng, _DIRECT_CHATS)
    known = [person for person in everybody if person.is_known]
    introduce(box, known)
    _write_conversations(box, everybody)
    _write_notices(box)
    write_chatdb(box, directory / "chat.db")
    write_address_book(box, known, directory / "AddressBook")
    manifest = tell(box, seed=seed)
    manifest.write(directory / "manifest.json")
    return manifest


def _friends(rng: random.Random, count: int) -> list[Person]:
    """People of different given names, most of them with a card."""
    friends: dict[str, Person] = {}
    for person in people(rng, share_known=0.9):
        friends.setdefault(person.given, person)
        if len(friends) == count:
            break
    return list(friends.values())


def _write_conversations(box: Mailbox, everybody: Sequence[Person]) -> None:
    """Groups among the direct chats, the newest first, each older than the one before."""
    groups = [_group(box, name, size, everybody) for name, size in _GROUPS]
    direct = [
        (box.direct_chat(each.addresses[0], _service(box, at)), [each])
        for at, each in enumerate(everybody)
    ]
    order = [*direct[:3], groups[0], *direct[3:6], groups[1]]
    rest = [*direct[6:], *groups[2:]]
    box.rng.shuffle(rest)
    age_ns = _NEWEST_AGE_NS
    for at, (chat, members) in enumerate([*order, *rest]):
        _write_conversation(box, chat, members, at, box.now - age_ns)
        age_ns = int(age_ns * box.rng.uniform(1.15, 1.55)) + 3 * MINUTE_NS
        if age_ns > 60 * DAY_NS:
            age_ns = int(box.rng.uniform(40, 60) * DAY_NS)


def _service(box: Mailbox, at: int) -> str:
    return "iMessage" if at < 3 or box.rng.random() < 0.8 else "SMS"


def _group(
    box: Mailbox, name: str, size: int, everybody: Sequence[Person]
) -> tuple[Chat, list[Person]]:
    members = box.rng.sample([each for each in everybody if each.is_known], size)
    addresses = [each.addresses[0] for each in members]
    return box.group_chat(addresses, "iMessage", name=name), members


def _write_conversation(
    box: Mailbox, chat: Chat, members: Sequence[Person], at: int, last: int
) -> None:
    """A few sessions of exchanges, the last of which may wait for an answer."""
    given = [each.given for each in members]
    sessions = box.rng.randint(2, 5)
    threads = [
        make_thread(
            box.rng,
            given,
            exchanges=box.rng.randint(1, 3),
            open_ask=session == sessions - 1 and at in _OPEN_ASKS,
        )
        for session in range(sessions)
    ]
    handles = dict(zip(given, chat.handles, strict=True))
    written: list[Message] = []
    for thread, end in zip(threads, _session_ends(box, sessions, last), strict=True):
        written += _write_thread(box, chat, thread, handles, end)
    _decorate(box, chat, written, at)
    unread = _trailing(written) if at in _UNREAD else []
    for message in unread[-3:]:
        message.is_read = False
    read = [message.date for message in written if message.is_read]
    chat.last_read = max(read, default=0)


def _session_ends(box: Mailbox, sessions: int, last: int) -> list[int]:
    """When each session ends, oldest first, a few days between them."""
    ends = [last]
    for _ in range(sessions - 1):
        ends.append(ends[-1] - int(box.rng.uniform(0.6, 4) * DAY_NS))
    return ends[::-1]


def _write_thread(
    box: Mailbox, chat: Chat, thread: Thread, handles: dict[str, Handle], end: int
) -> list[Message]:
    dates = list(_dates(box, len(thread.turns), end))
    return [
        words.text(
            box,
            Place(chat, None if turn.speaker == ME else handles[turn.speaker], date),
            turn.text,
        )
        for turn, date in zip(thread.turns, dates, strict=True)
    ]


def _dates(box: Mailbox, count: int, end: int) -> Iterator[int]:
    """So many moments up to end, seconds to minutes apart."""
    gaps = [int(box.rng.uniform(8, 240) * SECOND_NS) for _ in range(count)]
    moment = end - sum(gaps[1:])
    for index in range(count):
        yield moment
        moment += gaps[index + 1] if index + 1 < count else 0


def _trailing(written: Sequence[Message]) -> list[Message]:
    """The messages of others since the owner last wrote."""
    newest: list[Message] = []
    for message in reversed(written):
        if message.is_from_me:
            break
        newest.append(message)
    return newest[::-1]


def _decorate(box: Mailbox, chat: Chat, written: list[Message], at: int) -> None:
    """What life adds: reactions, a photo, an edit, a changed name; never at the end."""
    early = written[:-4]
    if len(early) < 4:
        return
    theirs = [message for message in early if message.sender is not None]
    if theirs and box.rng.random() < 0.6:
        target = box.rng.choice(theirs)
        place = Place(chat, None, target.date + 9 * SECOND_NS)
        reactions.tapback(box, place, target, box.rng.choice(("love", "laugh", "like")))
    if at % 4 == 1:
        place = Place(chat, early[0].sender, early[0].date - MINUTE_NS)
        files.attached(box, place, "photo", count=1 + at % 2)
    if at % 9 == 3:
        place = Place(chat, None, early[0].date - 2 * MINUTE_NS)
        changes.edited(box, place, "see you at the staton", "see you at the station")
    if chat.is_group and chat.name:
        place = Place(chat, chat.handles[0], early[0].date - HOUR_NS)
        events.renamed(box, place, chat.name)


def _write_notices(box: Mailbox) -> None:
    """Mail that no person wrote: a code, a company, a stranger, something unwanted."""
    code = box.direct_chat(_SHORT_CODE, "SMS")
    place = Place(code, code.handles[0], box.now - 26 * HOUR_NS)
    words.one_time(box, place, "481 902", "Example Bank")
    dentist = box.direct_chat(COMPANY, "SMS")
    dates = (box.now - 9 * DAY_NS, box.now - 2 * DAY_NS)
    for date, text in zip(
        dates,
        (
            "Your check-up is booked. Reply C to confirm or R to change it.",
            "A reminder: your check-up is this week. Please come ten minutes early.",
        ),
        strict=True,
    ):
        words.text(box, Place(dentist, dentist.handles[0], date), text)
    stranger = box.direct_chat("+12025550191", "SMS")
    stranger.is_filtered = 1
    place = Place(stranger, stranger.handles[0], box.now - 3 * DAY_NS)
    words.text(
        box, place, "Hello, is the bicycle from the notice board still for sale?"
    )
    junk = box.direct_chat("+12025550192", "SMS")
    junk.is_filtered = 2
    place = Place(junk, junk.handles[0], box.now - 5 * DAY_NS)
    words.text(
        box, place, "You have won a cruise! Answer YES to claim your cabin."
    ).is_read = False
