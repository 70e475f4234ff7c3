"""The one-line form of a message, for lists, notifications and events in a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jarvis.later import later
from jarvis.letters import cut, one_line
from jarvis.records import MessageKind
from jarvis.stores.apple_time import local_minute
from jarvis.stores.chatdb.directory import SOMEONE, YOU
from jarvis.stores.chatdb.files import files_line
from jarvis.stores.chatdb.reading import Said
from jarvis.stores.chatdb.rows import URL_BALLOON, MessageRow

if TYPE_CHECKING:
    import plistlib
else:
    plistlib = later("plistlib")

LONGEST_LINE: Final = 200
UNREADABLE: Final = "[message could not be read]"
UNSUPPORTED: Final = "[unsupported message]"

_PAY: Final = "Apple Pay"
"""The one app of Apple's whose line says how much."""
_APPS: Final = (
    ("PeerPaymentMessagesExtension", _PAY),
    ("Handwriting", "Handwritten message"),
    ("DigitalTouchBalloonProvider", "Digital Touch"),
    ("SafetyMonitorMessages", "Check In"),
    ("findmy", "Find My"),
    ("ActivityMessagesApp", "Fitness"),
    ("PhotosMessagesApp", "Photos"),
    ("com.apple.messages.Polls", "Poll"),
)
_POLLS: Final = "com.apple.messages.Polls"
_EXTENSION: Final = "com.apple.messages.MSMessageExtensionBalloonPlugin:"

Name = Callable[[str | None], str]
"""From a handle to what a line that begins with the person calls them; None: unknown."""


def shortened(text: str) -> str:
    """At most LONGEST_LINE characters on one line, no letter torn apart."""
    if len(text) <= LONGEST_LINE and text.isprintable():
        return text
    return cut(one_line(text[: 2 * LONGEST_LINE]), LONGEST_LINE)


def reply_line(text: str) -> str:
    """The line of a text that answers another message of its thread."""
    return shortened(f"↩ {text}" if text.strip() else text)


def kind_of(row: MessageRow, said: Said) -> MessageKind:
    """What sort of message it is; whether words came with it is told by its text."""
    if row.nature == "event":
        return "event"
    if row.is_scheduled:
        return "scheduled"
    if is_painted(row, said):
        return "poll" if (row.balloon or "").endswith(_POLLS) else "app"
    if said.is_memo:
        return "audio"
    things = [part for part in said.parts if part.kind != "text"]
    if things and not (said.text or "").strip():
        is_sticker = all(part.kind == "mark" for part in things)
        return "sticker" if is_sticker else "attachment"
    if said.text or said.is_unsent or row.was_detonated:
        return "text"
    return "unknown"


def is_painted(row: MessageRow, said: Said) -> bool:
    """Whether an app paints the message, so that its own text says nothing to a person.

    Others name a balloon too and write what they say: links, and shops' and banks' chats.
    """
    if not row.balloon:
        return False
    is_apples = row.balloon.startswith("com.apple.")
    if row.balloon.startswith(_EXTENSION) or (
        is_apples and any(app in row.balloon for app, _ in _APPS)
    ):
        return True
    return not (said.text or "").strip() and not said.parts


def line_of(row: MessageRow, said: Said, *, who: str, name: Name) -> str:
    """The message on one line; `who` is what its writer is called."""
    if row.nature == "event":
        return shortened(event_line(row, who, name))
    if said.is_unsent:
        return shortened(f"{who} unsent a message")
    line = _content_line(row, said)
    if row.is_scheduled:
        line = f"Scheduled for {local_minute(row.date)}: {line}"
    if row.error and row.is_from_me:
        line += " (not delivered)"
    return shortened(line)


def _content_line(row: MessageRow, said: Said) -> str:
    if said.is_secret:
        return "Security code"
    if is_painted(row, said):
        return app_line(row, said)
    text = said.text or ""
    if text.strip():
        has_files = any(part.kind == "file" for part in said.parts)
        is_beside = has_files and not said.is_memo
        mark = "📎 " if is_beside else "↩ " if row.thread_originator else ""
        return f"{mark}{text} (edited)" if said.is_edited else f"{mark}{text}"
    things = [part for part in said.parts if part.kind != "text"]
    is_lost = all(part.attachment is None for part in things)
    if is_lost and (row.was_detonated or row.is_expirable):
        return "Expired message"
    if things:
        return "Voice memo" if said.is_memo else files_line(things, said.files)
    if row.is_audio:
        return "Voice memo"
    return UNREADABLE if said.is_unreadable else text or UNSUPPORTED


def app_line(row: MessageRow, said: Said) -> str:
    """What an app's balloon says of itself, else what its sender wrote for it."""
    bundle = row.balloon or ""
    if bundle == URL_BALLOON:
        return "Link"
    label = next((label for mark, label in _APPS if mark in bundle), None)
    if label not in (None, _PAY):
        return label
    named = _archived_values(row.payload, "an", "ldtext", "caption")
    name = label or named.get("an")
    if name is None:
        return (said.text or "").strip() or "App message"
    caption = named.get("ldtext") or named.get("caption")
    return f"{name}: {caption}" if caption else name


def _archived_values(payload: object, *wanted: str) -> dict[str, str]:
    """Texts by their key in a keyed archive; empty when it cannot be read."""
    if not isinstance(payload, bytes):
        return {}
    try:
        objects: list[Any] = plistlib.loads(payload)["$objects"]
        texts: dict[str, str] = {}
        for archived in objects:
            if not isinstance(archived, dict) or "NS.keys" not in archived:
                continue
            for key, value in zip(
                archived["NS.keys"], archived["NS.objects"], strict=False
            ):
                name, text = objects[key.data], objects[value.data]
                if name in wanted and isinstance(text, str):
                    texts.setdefault(name, text)
    except (
        Exception
    ):  # a payload is a stranger's: whatever is wrong with it, it says nothing
        return {}
    return texts


def event_line(row: MessageRow, who: str, name: Name) -> str:
    """What happened to the conversation."""
    other = name(row.other)
    other = other.lower() if other in (YOU, SOMEONE) else other
    action = row.group_action_type or 0
    match row.item_type, action:
        case 1, 0:
            if row.other is not None and row.other == row.sender:
                return f"{who} changed phone number"
            return f"{who} added {other}"
        case 1, _:
            return f"{who} removed {other}"
        case 2, _:
            if row.group_title:
                return f"{who} named the conversation “{row.group_title}”"
            return f"{who} removed the conversation's name"
        case 3, 0:
            return f"{who} left"
        case 3, 1:
            return f"{who} changed the group photo"
        case 3, 2:
            return f"{who} removed the group photo"
        case 3, 4:
            return f"{who} changed the background"
        case 3, 6:
            return f"{who} removed the background"
        case 4, _:
            verb = "stopped" if row.share_status else "started"
            return f"{who} {verb} sharing location"
        case 5, _:
            whose = other if row.is_from_me else "you"
            return f"{who} kept an audio message from {whose}"
        case 6, _:
            return "SharePlay"
        case number, _:
            return f"[system event {number}]"
