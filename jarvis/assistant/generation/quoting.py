"""A conversation as quoted data: JSON between a fence that does not occur in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from hashlib import blake2b
from typing import Any, Final

import msgspec

from jarvis.assistant.context import Line

_PAUSE_S: Final = 15 * 60
"""After so long without a message the next one is shown with its time."""
_FENCED: Final = re.compile(r"<(chat-[0-9a-f]+)>\n.*?\n</\1>", re.DOTALL)


def fenced(quoted: str, tag: str) -> str:
    """What is quoted, between its fence."""
    return f"<{tag}>\n{quoted}\n</{tag}>"


def without_fenced(text: str) -> str:
    """What a prompt says by itself."""
    return _FENCED.sub("\n", text)


def json_lines(entries: Sequence[Any]) -> str:
    """Write a JSON array, an entry a line; what people wrote stays within its strings."""
    quoted = ",\n".join(msgspec.json.encode(each).decode() for each in entries)
    return f"[{quoted}]"


def entries_of(lines: Sequence[Line], zone: tzinfo | None) -> list[dict[str, Any]]:
    """Make an object of each message, with a time where there was a pause before."""
    entries, before = [], datetime.min.replace(tzinfo=UTC)
    for line in lines:
        sent = datetime.fromisoformat(line.date)
        entry: dict[str, Any] = {"from": line.speaker or "me"}
        if (sent - before).total_seconds() >= _PAUSE_S:
            entry["at"] = f"{sent.astimezone(zone):%a %Y-%m-%d %H:%M}"
        entry["note" if line.is_note else "text"] = line.text
        if line.files:
            entry["note"] = line.files
        if line.reactions:
            entry["reactions"] = line.reactions
        entries.append(entry)
        before = sent
    return entries


def fence_tag(quoted: str, chat_id: str) -> str:
    """Find a tag for the fence around a conversation that does not occur in it.

    The same for each prompt about one chat, so that prompts begin alike; should somebody
    write it into the chat, another is taken.
    """
    number = 0
    while True:
        key = f"{chat_id}/{number}".encode()
        tag = f"chat-{blake2b(key, digest_size=4).hexdigest()}"
        if tag not in quoted:
            return tag
        number += 1
