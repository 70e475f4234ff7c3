"""New mail of a made-up inbox, on and on, until it is stopped."""

from __future__ import annotations

import itertools
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from jarvis.demo.correspondence import Correspondence, Heart, Line, Talk
from jarvis.demo.live.writer import LiveWriter
from jarvis.demo.manifest import MANIFEST, Manifest
from jarvis.errors import StoreUnavailable

_STEP_GAP_S = 0.02
"""Between the steps of one message, when playing."""

_QUIET_CHATS = """
SELECT chat.guid, handle.id
FROM chat
JOIN chat_handle_join ON chat_handle_join.chat_id = chat.ROWID
JOIN handle ON handle.ROWID = chat_handle_join.handle_id
JOIN message ON message.ROWID = (
    SELECT message_id FROM chat_message_join AS link
    WHERE link.chat_id = chat.ROWID ORDER BY message_date DESC LIMIT 1)
WHERE coalesce(chat.is_filtered, 0) = 0 AND message.is_from_me = 1
  AND coalesce(message.associated_message_type, 0) = 0 AND message.item_type = 0
ORDER BY message.date DESC
"""


def play(
    directory: Path, *, interval_s: float, seed: int = 1, count: int | None = None
) -> None:
    """Let mail come into a made-up inbox every interval_s seconds.

    Ends after `count` messages, at SIGTERM or SIGINT, and when whoever started it has
    gone. To be called in the main thread of a process of its own.

    Raises:
        StoreUnavailable: directory holds no inbox made by Jarvis, or nobody in it talks.
    """
    path = directory / "chat.db"
    if not (directory / MANIFEST).exists() or not path.exists():
        raise StoreUnavailable(
            f"There is no made-up inbox in {directory}: "
            f"make one with `jarvis demo inbox {directory}`."
        )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    parent = os.getppid()
    contacts = Manifest.read(directory / MANIFEST).contacts
    writer = LiveWriter(path, between=lambda _: time.sleep(_STEP_GAP_S))
    try:
        correspondence = Correspondence(
            quiet_talks(path, contacts), random.Random(seed)
        )
        left = itertools.count() if count is None else range(count)
        for _ in left:
            if stopping.wait(interval_s) or os.getppid() != parent:
                return
            _write(writer, correspondence.next())
    finally:
        writer.close()


def _write(writer: LiveWriter, action: Line | Heart) -> None:
    chat_guid = action.talk.guid
    if isinstance(action, Heart):
        target = writer.newest_own(chat_guid)
        writer.tapback(chat_guid, target, sender=action.address)
    elif action.address is not None:
        writer.incoming(chat_guid, action.text, sender=action.address)
    else:
        writer.outgoing(chat_guid, action.text)
        if action.is_answer:
            writer.read(chat_guid)


def quiet_talks(path: Path, contacts: Mapping[str, str]) -> list[Talk]:
    """The chats of people in which the owner wrote last, the newest first.

    contacts has names by address; who is not in it is called by the address.

    Raises:
        StoreUnavailable: there is none.
    """
    talks: dict[str, dict[str, str]] = {}
    with closing(sqlite3.connect(path)) as db:
        for guid, address in db.execute(_QUIET_CHATS):
            name = contacts.get(address, address).partition(" ")[0]
            talks.setdefault(guid, {})[name] = address
    if not talks:
        raise StoreUnavailable(
            f"Nobody in {path} waits to write again: make a fresh inbox with "
            "`jarvis demo inbox`."
        )
    return [Talk(guid, people) for guid, people in talks.items()]
