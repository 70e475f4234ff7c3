"""What stands in the demo's inbox: about forty conversations that read like people's."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jarvis.demo.clock import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, nanoseconds
from jarvis.demo.mailbox import compose
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Chat, Handle, Message
from jarvis.demo.people import COMPANY, OWNER, Person, introduce, people
from jarvis.demo.talk import ME, NAMES, Stock, Story, Turn, make_story, voices_of

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
_STILL_UP_NS = 2 * HOUR_NS
"""What is newer than this is not moved, be it night: somebody looks at the demo."""
_FIRST_HOUR = 7
_NEW_SESSION_SHARE = 0.45
_OPEN_ASKS = (0, 1, 2, 4, 5, 7, 10, 13)
"""Which conversations, counted from the newest, wait for an answer."""
_UNREAD = (0, 2, 5)


def demo_mailbox(*, now: datetime, seed: int) -> tuple[Mailbox, list[Person]]:
    """The rows of the demo's inbox, and the people of whom its owner has a card.

    Raises:
        ValueError: now has no time zone.
    """
    zone_ns = _zone_ns(now)
    rng = random.Random(seed)
    mailbox = Mailbox(rng, OWNER, profile=PROFILE, now=nanoseconds(now))
    days = _Days(rng, mailbox.now, zone_ns)
    everybody = _friends(rng, _DIRECT_CHATS)
    known = [person for person in everybody if person.is_known]
    introduce(mailbox, known)
    _write_conversations(mailbox, days, everybody)
    _write_notices(mailbox)
    return mailbox, known


def _zone_ns(now: datetime) -> int:
    ahead = now.utcoffset()
    if ahead is None:
        raise ValueError("now needs a time zone, to know when it is night")
    return ahead // timedelta(microseconds=1) * 1000


def _friends(rng: random.Random, count: int) -> list[Person]:
    """People of different given names, all but the last two with a card."""
    friends: dict[str, Person] = {}
    for person in people(rng, share_known=1):
        friends.setdefault(person.given, person)
        if len(friends) == count:
            break
    *known, one, two = friends.values()
    return [*known, *(replace(person, is_known=False) for person in (one, two))]


@dataclass(frozen=True)
class _Days:
    """When people write: by day, as days are where the owner lives."""

    rng: random.Random
    now: int
    zone_ns: int
    """What local time is ahead of UTC."""

    def newest_first(self) -> Iterator[int]:
        """When conversations were last written in, at first close to each other."""
        age_ns = _NEWEST_AGE_NS
        while True:
            last = self.now - age_ns
            yield last if age_ns < _STILL_UP_NS else self._awake(last)
            age_ns = int(age_ns * self.rng.uniform(1.15, 1.5)) + 3 * MINUTE_NS
            if age_ns > 50 * DAY_NS:
                age_ns = int(self.rng.uniform(35, 50) * DAY_NS)

    def sessions(self, count: int, last: int) -> list[int]:
        """When each of a conversation's sessions ends, oldest first, days apart."""
        ends = [last]
        for _ in range(count - 1):
            earlier = ends[-1] - int(self.rng.uniform(0.6, 4) * DAY_NS)
            ends.append(self._awake(earlier))
        return ends[::-1]

    def _awake(self, moment: int) -> int:
        """The moment, or the evening before where people would be asleep."""
        since_midnight = (moment + self.zone_ns) % DAY_NS
        if since_midnight >= _FIRST_HOUR * HOUR_NS:
            return moment
        return moment - since_midnight - int(self.rng.uniform(0.3, 3) * HOUR_NS)


def _write_conversations(
    mailbox: Mailbox, days: _Days, everybody: Sequence[Person]
) -> None:
    """Groups among the direct chats, the newest first, each older than the one before."""
    groups = [_group(mailbox, name, size, everybody) for name, size in _GROUPS]
    direct = [
        (mailbox.direct_chat(person.addresses[0], _service(mailbox, at)), [person])
        for at, person in enumerate(everybody)
    ]
    order = [*direct[:3], groups[0], *direct[3:6], groups[1]]
    rest = [*direct[6:], *groups[2:]]
    mailbox.rng.shuffle(rest)
    conversations = [*order, *rest]
    moments = days.newest_first()
    for at, (chat, members) in enumerate(conversations):
        _write_conversation(mailbox, days, chat, members, at, next(moments))


def _service(mailbox: Mailbox, at: int) -> str:
    return "iMessage" if at < 3 or mailbox.rng.random() < 0.8 else "SMS"


def _group(
    mailbox: Mailbox, name: str, size: int, everybody: Sequence[Person]
) -> tuple[Chat, list[Person]]:
    members = mailbox.rng.sample(
        [person for person in everybody if person.is_known], size
    )
    addresses = [person.addresses[0] for person in members]
    return mailbox.group_chat(addresses, "iMessage", name=name), members


def _write_conversation(
    mailbox: Mailbox,
    days: _Days,
    chat: Chat,
    members: Sequence[Person],
    at: int,
    last: int,
) -> None:
    """Some sessions of one story, the last of which may wait for an answer."""
    given = [person.given for person in members]
    story = make_story(
        mailbox.rng,
        given,
        exchanges=mailbox.rng.randint(3, 8),
        open_ask=at in _OPEN_ASKS,
        stock=Stock(tuple(name for name in NAMES.given if name not in given)),
        voices=voices_of(given, me=ME),
    )
    sessions = list(_sessions(mailbox, story))
    handles = dict(zip(given, chat.handles, strict=True))
    written: list[Message] = []
    for turns, end in zip(sessions, days.sessions(len(sessions), last), strict=True):
        written += _write_session(mailbox, chat, turns, handles, end)
    _decorate(mailbox, chat, written, at)
    unread = _trailing(written) if at in _UNREAD else []
    for message in unread[-3:]:
        message.is_read = False
    read = [message.date for message in written if message.is_read]
    chat.last_read = max(read, default=0)


def _sessions(mailbox: Mailbox, story: Story) -> Iterator[list[Turn]]:
    """The story's turns, in parts of one or a few exchanges."""
    session: list[Turn] = []
    for turns in story.turns_by_exchange():
        if session and mailbox.rng.random() < _NEW_SESSION_SHARE:
            yield session
            session = []
        session += turns
    yield session


def _write_session(
    mailbox: Mailbox,
    chat: Chat,
    turns: Sequence[Turn],
    handles: dict[str, Handle],
    end: int,
) -> list[Message]:
    return [
        compose.text(
            mailbox,
            Place(chat, None if turn.speaker == ME else handles[turn.speaker], date),
            turn.text,
        )
        for turn, date in zip(turns, _dates(mailbox, turns, end), strict=True)
    ]


def _dates(mailbox: Mailbox, turns: Sequence[Turn], end: int) -> list[int]:
    """When each is written, the last at end: seconds after one's own, else minutes."""
    dates = [end]
    for turn, following in zip(turns[-2::-1], turns[::-1], strict=False):
        is_same = turn.speaker == following.speaker
        gap_s = mailbox.rng.uniform(3, 25) if is_same else mailbox.rng.uniform(15, 240)
        dates.append(dates[-1] - int(gap_s * SECOND_NS))
    return dates[::-1]


def _trailing(written: Sequence[Message]) -> list[Message]:
    """The messages of others since the owner last wrote."""
    newest: list[Message] = []
    for message in reversed(written):
        if message.is_from_me:
            break
        newest.append(message)
    return newest[::-1]


def _decorate(mailbox: Mailbox, chat: Chat, written: list[Message], at: int) -> None:
    """What life adds: reactions, a photo, an edit, a changed name; never at the end."""
    early = written[:-4]
    if len(early) < 4:
        return
    theirs = [message for message in early if message.sender is not None]
    if theirs and mailbox.rng.random() < 0.6:
        target = mailbox.rng.choice(theirs)
        place = Place(chat, None, target.date + 9 * SECOND_NS)
        compose.tapback(
            mailbox, place, target, mailbox.rng.choice(("love", "laugh", "like"))
        )
    if at % 4 == 1:
        place = Place(chat, early[0].sender, early[0].date - MINUTE_NS)
        compose.attached(mailbox, place, "picture", count=1 + at % 2)
    if at % 9 == 3:
        place = Place(chat, None, early[0].date - 2 * MINUTE_NS)
        compose.edited(
            mailbox, place, "see you at the staton", "see you at the station"
        )
    if chat.is_group and chat.name:
        place = Place(chat, chat.handles[0], early[0].date - HOUR_NS)
        compose.renamed(mailbox, place, chat.name)


def _write_notices(mailbox: Mailbox) -> None:
    """Mail that no person wrote: a code, a company, a stranger, something unwanted."""
    code = mailbox.direct_chat(_SHORT_CODE, "SMS")
    place = Place(code, code.handles[0], mailbox.now - 26 * HOUR_NS)
    compose.one_time(mailbox, place, "481 902", "Example Bank")
    dentist = mailbox.direct_chat(COMPANY, "SMS")
    dates = (mailbox.now - 9 * DAY_NS, mailbox.now - 2 * DAY_NS)
    for date, text in zip(
        dates,
        (
            "Your check-up is booked. Reply C to confirm or R to change it.",
            "A reminder: your check-up is this week. Please come ten minutes early.",
        ),
        strict=True,
    ):
        compose.text(mailbox, Place(dentist, dentist.handles[0], date), text)
    stranger = mailbox.direct_chat("+12025550191", "SMS")
    stranger.is_filtered = 1
    place = Place(stranger, stranger.handles[0], mailbox.now - 3 * DAY_NS)
    compose.text(
        mailbox, place, "Hello, is the bicycle from the notice board still for sale?"
    )
    junk = mailbox.direct_chat("+12025550192", "SMS")
    junk.is_filtered = 2
    place = Place(junk, junk.handles[0], mailbox.now - 5 * DAY_NS)
    compose.text(
        mailbox, place, "You have won a cruise! Answer YES to claim your cabin."
    ).is_read = False
