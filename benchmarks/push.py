"""How long from a commit in chat.db to the push on a client's socket."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

from benchmarks.harness import Row, built_inbox, row, running_daemon, short_directory
from jarvis.client import BlockingClient
from jarvis.demo.live import LiveWriter

ROUNDS = 300


def measure() -> list[Row]:
    """From the return of COMMIT to the line read, one message at a time."""
    with short_directory() as directory:
        inbox = directory / "inbox"
        shutil.copytree(built_inbox(100_000), inbox)
        chats = _chats(inbox / "chat.db")
        writer = LiveWriter(inbox / "chat.db")
        try:
            with running_daemon(inbox) as daemon, daemon.connect() as client:
                client.call("ping")
                samples = [
                    _one(client, writer, chats[number % len(chats)], f"push {number}")
                    for number in range(ROUNDS)
                ]
        finally:
            writer.close()
    return [row("commit to push", samples, goal="p50 <= 3 ms, p95 <= 15 ms")]


def _chats(path: Path) -> list[str]:
    """Direct chats of people."""
    db = sqlite3.connect(path)
    try:
        found: list[Any] = db.execute(
            "SELECT guid FROM chat WHERE style = 45 AND is_filtered = 0 AND EXISTS "
            "(SELECT 1 FROM chat_handle_join WHERE chat_id = chat.ROWID) LIMIT 40"
        ).fetchall()
    finally:
        db.close()
    return [guid for (guid,) in found]


def _one(client: BlockingClient, writer: LiveWriter, chat: str, text: str) -> float:
    # Well apart, as messages come: a flock of commits is another question.
    time.sleep(0.02)
    writer.whole(chat, text)
    committed = time.perf_counter()
    while True:
        event = client.read()
        if event.get("method") == "new_message" and event["params"]["text"] == text:
            return (time.perf_counter() - committed) * 1000
