"""Stands in for Messages' sending: `python -m jarvis.demo.sending CHAT_DB`.

Reads one JSON object, {"chat": guid, "text": words}, and writes the message as Messages
does once AppleScript has submitted it. Works in made-up inboxes only.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from jarvis.demo.live import LiveWriter
from jarvis.demo.manifest import MANIFEST
from jarvis.errors import InvalidParams, JarvisError, StoreUnavailable, UnknownChat
from jarvis.records import Record

_MOST_BYTES = 1 << 20


class Submission(Record, frozen=True, kw_only=True):
    """What AppleScript would have been given: the guid of a chat, and the words."""

    chat: str
    text: str


def send(chatdb: Path, submission: Submission) -> None:
    """Write it: row, link, words with their marks, and that it was delivered.

    Raises:
        StoreUnavailable: chatdb is not a made-up inbox.
        UnknownChat: it has no such chat.
    """
    if not (chatdb.parent / MANIFEST).exists() or not chatdb.exists():
        raise StoreUnavailable(
            f"{chatdb} is no made-up inbox, and nothing else is written to: "
            f"make one with `jarvis demo inbox {chatdb.parent}`."
        )
    writer = LiveWriter(chatdb)
    try:
        writer.outgoing(submission.chat, submission.text)
    except LookupError:
        raise UnknownChat(
            "There is no such chat in this inbox: take its id from the list."
        ) from None
    finally:
        writer.close()


def read_submission(stream: BinaryIO) -> Submission:
    """The object on stream.

    Raises:
        InvalidParams: it is no such object, or larger than 1 MiB.
    """
    data = stream.read(_MOST_BYTES + 1)
    try:
        if len(data) > _MOST_BYTES:
            raise msgspec.DecodeError("too large")
        return msgspec.json.decode(data, type=Submission)
    except msgspec.MsgspecError:
        raise InvalidParams(
            'Give one JSON object on standard input: {"chat": guid, "text": words}.'
        ) from None


def main(arguments: list[str]) -> int:
    """0 when it is written, else 1 and a sentence on stderr."""
    try:
        if len(arguments) != 1:
            raise InvalidParams("Name one chat.db: python -m jarvis.demo.sending PATH.")
        send(Path(arguments[0]), read_submission(sys.stdin.buffer))
    except JarvisError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
