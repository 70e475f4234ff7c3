"""What a reader must see in a mailbox, told by what was put in and not by reading it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from jarvis.demo.clock import timestamp
from jarvis.demo.mailbox.mailbox import Contact, Mailbox
from jarvis.demo.mailbox.rows import LISTED, Chat, Handle, Kind, Message
from jarvis.demo.typedstream import PLACEHOLDER
from jarvis.letters import one_line
from jarvis.records import ChatId, Folder, Part, Record, Timestamp

MANIFEST = "manifest.json"
"""The file beside chat.db; where it lies, the mailbox was made up."""

_SPOKEN: frozenset[Kind] = frozenset(
    (
        "text",
        "reply",
        "edited",
        "one_time_code",
        "url",
        "attachment",
        "partly_unsent",
        "failed",
        "scheduled",
    )
)


class LastMessage(Record, frozen=True, kw_only=True):
    """The newest message of a conversation; `line` is not yet cut to a length."""

    guid: str
    kind: Kind
    line: str
    date: Timestamp
    is_from_me: bool


class ConversationTruth(Record, frozen=True, kw_only=True):
    """One conversation as a reader must show it.

    `chat_guids` are its chats in the order of their ROWIDs. `row_count` is every row
    linked to them, `message_count` only those that are messages to a person.
    """

    chat_guids: tuple[ChatId, ...]
    title: str
    is_group: bool
    service: str
    participants: tuple[str, ...]
    folder: Folder
    row_count: int
    message_count: int
    unread_count: int
    last: LastMessage | None


class Manifest(Record, frozen=True, kw_only=True):
    """The truth about a built mailbox.

    `counts` has every kind of row, and how many lie in unusual places (orphans, in two
    chats, recently deleted, back-filled). `texts` is what messages say, by guid, null
    where a message says nothing; `parts` the same in its order; `lines` their one-line
    form, not yet cut to a length. Large mailboxes list a sample of each.
    """

    profile: int
    seed: int
    end: Timestamp
    owner: tuple[str, ...]
    message_rows: int
    counts: dict[str, int]
    conversations: tuple[ConversationTruth, ...]
    contacts: dict[str, str]
    texts: dict[str, str | None]
    lines: dict[str, str]
    parts: dict[str, tuple[Part, ...]]

    def write(self, path: Path) -> None:
        """Store as JSON that a person can read."""
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1))

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Load what write stored."""
        return msgspec.json.decode(path.read_bytes(), type=cls)


def tell(box: Mailbox, *, seed: int, sample: int = 5_000) -> Manifest:
    """The manifest of a mailbox whose rows are numbered; sample limits its texts."""
    by_conversation: dict[int, list[Message]] = {}
    for message in box.messages:
        places = [chat for chat in (message.chat, message.also_in) if chat]
        for key in {} if message.deleted_at else {chat.conversation for chat in places}:
            by_conversation.setdefault(key, []).append(message)
    chats: dict[int, list[Chat]] = {}
    for chat in box.chats:
        chats.setdefault(chat.conversation, []).append(chat)
    return Manifest(
        profile=box.profile,
        seed=seed,
        end=timestamp(box.now),
        owner=(box.owner.phone, box.owner.email),
        message_rows=len(box.messages),
        counts=_counts(box),
        conversations=tuple(
            _conversation(box, members, by_conversation.get(key, []))
            for key, members in chats.items()
        ),
        contacts={address: card.full for address, card in sorted(box.contacts.items())},
        texts=_texts(box.messages, sample),
        lines=_lines(box, sample),
        parts=_parts(box, sample),
    )


def _counts(box: Mailbox) -> dict[str, int]:
    counts = Counter[str](message.kind for message in box.messages)
    counts["orphans"] = sum(m.chat is None for m in box.messages)
    counts["in_two_chats"] = sum(m.also_in is not None for m in box.messages)
    counts["recently_deleted"] = sum(m.deleted_at != 0 for m in box.messages)
    counts["back_filled"] = sum(
        m.arrived != m.date and m.kind != "scheduled" for m in box.messages
    )
    counts["files"] = sum(len(m.files) for m in box.messages)
    return dict(sorted(counts.items()))


def _texts(messages: Sequence[Message], sample: int) -> dict[str, str | None]:
    """An even sample of what the messages of conversations say."""
    told = [
        message
        for message in messages
        if (message.kind in _SPOKEN or message.kind == "unsent")
        and message.chat
        and not message.deleted_at
    ]
    step = max(1, -(-len(told) // sample))
    return {message.guid: text_of(message) for message in told[::step]}


def _lines(box: Mailbox, sample: int) -> dict[str, str]:
    """How messages read on one line."""
    return {each.guid: line_of(box, each) for each in _shown(box, sample)}


def _parts(box: Mailbox, sample: int) -> dict[str, tuple[Part, ...]]:
    """What messages are made of, in its order."""
    return {each.guid: parts_of(each) for each in _shown(box, sample)}


def _shown(box: Mailbox, sample: int) -> Sequence[Message]:
    """An even sample of the messages that can be the last of a conversation."""
    shown = [
        message
        for message in box.messages
        if message.kind in LISTED and message.chat and not message.deleted_at
    ]
    return shown[:: max(1, -(-len(shown) // sample))]


def text_of(message: Message) -> str | None:
    """What was written, placeholders left out; None for what says nothing."""
    if message.kind not in _SPOKEN or message.text is None:
        return None
    if message.reads is not None:
        return message.reads
    return message.text.replace(PLACEHOLDER, "")


def parts_of(message: Message) -> tuple[Part, ...]:
    """The parts of a body as they were put in; one text if nothing else is known."""
    if message.told is not None:
        return message.told
    said = text_of(message)
    return (Part(kind="text", text=said),) if said else ()


def _conversation(
    box: Mailbox, chats: Sequence[Chat], messages: Sequence[Message]
) -> ConversationTruth:
    listed = [message for message in messages if message.kind in LISTED]
    last = max(listed, key=lambda m: (m.date, m.rowid), default=None)
    speaking = _speaking(chats, listed)
    live = speaking[0]
    people = _people(speaking[:1] if live.is_group else speaking)
    return ConversationTruth(
        chat_guids=tuple(ChatId(chat.guid) for chat in chats),
        title=title(box, speaking, people),
        is_group=live.is_group,
        service=live.service,
        participants=tuple(each.partition("(")[0] for each in people),
        folder=folder(speaking),
        row_count=len(messages),
        message_count=len(listed),
        unread_count=sum(_counts_as_unread(message) for message in listed),
        last=_last(box, last) if last else None,
    )


def _speaking(chats: Sequence[Chat], listed: Sequence[Message]) -> list[Chat]:
    """The chats that say what a conversation is: all with messages, the live one first."""
    newest: dict[Chat, tuple[int, int]] = {}
    for message in listed:
        for chat in filter(None, (message.chat, message.also_in)):
            moment = (message.date, message.rowid)
            newest[chat] = max(moment, newest.get(chat, moment))
    filled = [chat for chat in chats if chat in newest] or list(chats)
    live = max(filled, key=lambda chat: newest.get(chat, (0, -chat.rowid)))
    return [live, *(chat for chat in filled if chat is not live)]


def _people(chats: Iterable[Chat]) -> list[str]:
    return list(dict.fromkeys(h.address for c in chats for h in c.handles))


def _last(box: Mailbox, message: Message) -> LastMessage:
    return LastMessage(
        guid=message.guid,
        kind=message.kind,
        line=line_of(box, message),
        date=timestamp(message.date),
        is_from_me=message.is_from_me,
    )


def _counts_as_unread(message: Message) -> bool:
    """Apple's rule for the badge, and that a chat's read mark stands above the flag."""
    chat = message.chat
    if message.is_from_me or message.is_read or message.columns.get("is_spam"):
        return False
    return chat is None or (chat.is_filtered != 2 and message.date > chat.last_read)


def folder(chats: Iterable[Chat]) -> Folder:
    """Where the conversation is kept: where the most visible of its chats is."""
    filtered = [chat.is_filtered for chat in chats if not chat.is_archived]
    if not filtered:
        return "archived"
    visible: dict[int, Folder] = {0: "inbox", 2: "junk"}
    return visible.get(min(filtered), "unknown")


def title(box: Mailbox, chats: Sequence[Chat], people: Sequence[str]) -> str:
    """A group's own name, else the people in it: up to three, then how many more."""
    if name := next((chat.name for chat in chats if chat.name.strip()), ""):
        return one_line(name)
    if not chats[0].is_group:
        return next(
            (card.full for a in people if (card := box.contacts.get(a))),
            people[0].partition("(")[0],
        )
    names = _told_apart(box, people)
    shown = ", ".join(names[:3])
    return f"{shown} & {len(names) - 3}" if len(names) > 3 else shown


def _told_apart(box: Mailbox, addresses: Sequence[str]) -> list[str]:
    """What each of these people is called, once however many addresses they have."""
    people: dict[object, tuple[str, Contact]] = {}
    for address in addresses:
        card = box.contacts.get(address, Contact(address, ""))
        person = id(card) if address in box.contacts else address
        people.setdefault(person, (address, card))
    cards = [card for _, card in people.values()]
    return [_called(address, card, cards) for address, card in people.values()]


def _called(address: str, card: Contact, people: Sequence[Contact]) -> str:
    """By first name; where others have it too also by a letter of the other, or by all."""
    namesakes = [each for each in people if each.short == card.short]
    if len(namesakes) == 1:
        return card.short
    if card.family and len({each.family[:1] for each in namesakes}) == len(namesakes):
        return f"{card.given} {card.family[:1]}."
    is_one = [each.full for each in namesakes].count(card.full) == 1
    return card.full if is_one else f"{card.full} ({address})"


def who(box: Mailbox, sender: Handle | None) -> str:
    """How a line names the person who did something."""
    if sender is None:
        return "You"
    card = box.contacts.get(sender.address)
    return card.full if card else sender.address


def line_of(box: Mailbox, message: Message) -> str:
    """The message on one line, as a list shows it, not yet cut to a length."""
    return one_line(_line(box, message))


def _line(box: Mailbox, message: Message) -> str:
    said = text_of(message) or ""
    match message.kind:
        case "reply":
            return f"↩ {said}"
        case "edited":
            return f"{said} (edited)"
        case "failed":
            return f"{said} (not delivered)"
        case "attachment":
            has_files = any(part.kind == "file" for part in parts_of(message))
            return f"📎 {said}" if said and has_files else said or message.note
        case "one_time_code":
            return "Security code"
        case "unsent":
            return f"{who(box, message.sender)} unsent a message"
        case "expired":
            return "Expired message"
        case "unreadable":
            return "[message could not be read]"
        case _:
            return said or message.note
