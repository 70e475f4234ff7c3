"""Messages made by apps: games, payments, handwriting, and polls."""

import plistlib
from typing import Literal

from jarvis.demo.mailbox.compose.files import mark_part
from jarvis.demo.mailbox.compose.words import reply
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Message
from jarvis.demo.typedstream import PLACEHOLDER

AppType = Literal["game", "pay", "handwriting", "touch", "check_in", "location"]

_EXTENSION = "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:"
_BALLOONS: dict[AppType, tuple[str, str]] = {
    "game": (_EXTENSION + "com.example.checkers.extension", "Checkers: Your move"),
    "pay": (
        _EXTENSION + "com.apple.PassbookUIService.PeerPaymentMessagesExtension",
        "Apple Pay: $20",
    ),
    "handwriting": (
        "com.apple.Handwriting.HandwritingProvider",
        "Handwritten message",
    ),
    "touch": ("com.apple.DigitalTouchBalloonProvider", "Digital Touch"),
    "check_in": (
        _EXTENSION + "com.apple.SafetyMonitorApp.SafetyMonitorMessages",
        "Check In",
    ),
    "location": (_EXTENSION + "com.apple.findmy.FindMyMessagesApp", "Find My"),
}
_POLL = _EXTENSION + "com.apple.messages.Polls"
_APP_MESSAGE = 2


def app(box: Mailbox, place: Place, app_type: AppType) -> Message:
    """A balloon that an app fills; only a placeholder stands in the text."""
    bundle, line = _BALLOONS[app_type]
    told = {"game": ("Checkers", "Your move"), "pay": ("Apple Pay", "$20")}
    payload = _payload(*told[app_type]) if app_type in told else None
    message = box.write(
        place,
        "app",
        PLACEHOLDER if app_type != "touch" else "\ufffd",
        columns={"balloon_bundle_id": bundle, "payload_data": payload},
        note=line,
    )
    message.told = (mark_part(line, None),)
    return message


def poll(
    box: Mailbox, place: Place, question: str, asked: Place
) -> tuple[Message, Message]:
    """A poll, and the question, which is a message of its own that replies to it."""
    balloon = box.write(
        place,
        "poll",
        PLACEHOLDER,
        columns={
            "balloon_bundle_id": _POLL,
            "payload_data": _payload("Polls", question),
            "associated_message_type": _APP_MESSAGE,
        },
        note="Poll",
    )
    balloon.told = (mark_part("Poll", None),)
    balloon.columns = {**balloon.columns, "associated_message_guid": balloon.guid}
    return balloon, reply(box, asked, question, balloon)


def _payload(app_name: str, caption: str) -> bytes:
    """The smallest keyed archive that names the app and its caption."""
    uid = plistlib.UID
    classes = {"$classname": "NSDictionary", "$classes": ["NSDictionary", "NSObject"]}
    root = {
        "$class": uid(6),
        "NS.keys": [uid(2), uid(3)],
        "NS.objects": [uid(4), uid(5)],
    }
    archive = {
        "$archiver": "NSKeyedArchiver",
        "$objects": ["$null", root, "an", "ldtext", app_name, caption, classes],
        "$top": {"root": uid(1)},
        "$version": 100_000,
    }
    return plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)
