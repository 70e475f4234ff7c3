"""From a commit in chat.db to the push on a socket: how long, alone and in a burst."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.harness import (
    Row,
    built_inbox,
    row,
    running_daemon,
    short_directory,
    timed_ms,
)
from fixtures.messages_writer import MessagesWriter
from jarvis.client import BlockingClient

ROUNDS = 300
BURST = 10_000


def measure() -> list[Row]:
    """From the return of COMMIT to the line read, one message at a time."""
    with short_directory() as directory:
        inbox = directory / "inbox"
        shutil.copytree(built_inbox(100_000), inbox)
        chats = _chats(inbox / "chat.db")
        writer = MessagesWriter(inbox / "chat.db")
        try:
            with running_daemon(inbox) as daemon, daemon.connect() as client:
                client.call("ping")
                samples = [
                    _one(client, writer, chats[number % len(chats)], f"push {number}")
                    for number in range(ROUNDS)
                ]
                with daemon.connect() as other:
                    took_ms, pings = _burst(client, other, writer, chats[0])
        finally:
            writer.close()
    return [
        row("commit to push", samples, goal="p50 <= 3 ms, p95 <= 15 ms"),
        row(
            f"{BURST:,} in one commit, to the last push", [took_ms], goal="<= 2,000 ms"
        ),
        row("ping meanwhile", pings, goal="p99 <= 20 ms"),
    ]


def _burst(
    client: BlockingClient, other: BlockingClient, writer: MessagesWriter, chat: str
) -> tuple[float, list[float]]:
    """A commit of many messages: until the last is read, in order; pings meanwhile."""
    pings: list[float] = []
    is_over = threading.Event()

    def ping() -> None:
        while not is_over.is_set():
            pings.append(timed_ms(lambda: other.call("ping")))

    pinging = threading.Thread(target=ping)
    pinging.start()
    try:
        writer.burst(chat, [f"burst {number}" for number in range(BURST)])
        begin = time.perf_counter()
        for number in range(BURST):
            _read_push(client, f"burst {number}")
        return (time.perf_counter() - begin) * 1000, pings
    finally:
        is_over.set()
        pinging.join()


def _chats(path: Path) -> list[str]:
    """Direct chats of people."""
    db = sqlite3.connect(path)
    try:
        found: list[Any] = db.execute(
            "SELECT guid FROM chat WHERE style = 45 AND is_filtered = 0 "
            "AND chat_identifier LIKE '+1%' AND EXISTS "
            "(SELECT 1 FROM chat_handle_join WHERE chat_id = chat.ROWID) LIMIT 40"
        ).fetchall()
    finally:
        db.close()
    return [guid for (guid,) in found]


def _one(client: BlockingClient, writer: MessagesWriter, chat: str, text: str) -> float:
    # Well apart, as messages come: a burst of commits is another question.
    time.sleep(0.02)
    writer.whole(chat, text)
    committed = time.perf_counter()
    _read_push(client, text)
    return (time.perf_counter() - committed) * 1000


def _read_push(client: BlockingClient, text: str) -> None:
    """Read up to the next push, which must be of this message."""
    while True:
        event = client.read()
        if event.get("method") == "new_message":
            if event["params"]["text"] != text:
                raise RuntimeError("a push came out of its order")
            return
