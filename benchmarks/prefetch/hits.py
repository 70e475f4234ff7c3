"""A draft that is ready, as a client gets it; and one that is begun anew after prefetch.

Served: from the ask to the answer over the socket, beside a ping of the same run. Begun
anew (`skip_cache`): until the first token, in conversations that were opened before and in
such that were not, by the demo's model and by that of JARVIS_REAL_MODEL, a folder.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.harness import Row, row, running_daemon, timed_ms
from fixtures.inbox import build_inbox
from fixtures.messages_writer import MessagesWriter
from jarvis.cli.demo_home import MODEL as DEMO_MODEL
from jarvis.client import BlockingClient
from jarvis.inference.models.selection import mlx_is_installed
from jarvis.records import ChatId

CLIENTS: Final = 20
CHATS: Final = 5
SERVED_GOAL: Final = "<= 3 ms p50"
ANEW_GOAL: Final = "a fraction"


def measure() -> list[Row]:
    """Served ones, then those begun anew."""
    with _inbox() as inbox:
        rows = _served(inbox)
        if mlx_is_installed():
            rows += _anew(inbox, "the demo's model", str(DEMO_MODEL), chats=12)
            if (real := os.environ.get("JARVIS_REAL_MODEL")) and Path(real).is_dir():
                rows += _anew(inbox, "a real model", real, chats=4)
        return rows


@contextmanager
def _inbox() -> Iterator[Path]:
    """Made up, until now: in each conversation of two something was asked just now."""
    with tempfile.TemporaryDirectory(prefix="jb") as name:
        inbox = Path(name)
        build_inbox(inbox, messages=3000, seed=1, end=datetime.now(UTC))
        writer = MessagesWriter(inbox / "chat.db")
        for number, chat_id in enumerate(_chats(inbox)):
            writer.incoming(chat_id, f"are you free for dinner at {number % 5 + 5}?")
        writer.close()
        yield inbox


def _served(inbox: Path) -> list[Row]:
    with (
        running_daemon(inbox, "--engine", "scripted") as daemon,
        ExitStack() as stack,
    ):
        clients = [stack.enter_context(daemon.connect()) for _ in range(CLIENTS)]
        pings: list[float] = []
        served: list[float] = []
        for chat_id in _chats(inbox):
            if len(served) == CHATS * CLIENTS or not _opened(clients[0], chat_id):
                continue
            for client in clients:
                pings += [timed_ms(partial(client.call, "ping")) for _ in range(3)]
                served.append(timed_ms(partial(_drafted, client, chat_id)))
        stats = clients[0].call("prefetch_stats")
    assert stats["cache"]["hits"] == len(served), "each was ready"
    floor = row("ping", pings)
    return [floor, row("a draft that is ready", served, floor=floor, goal=SERVED_GOAL)]


def _anew(inbox: Path, name: str, model: str, *, chats: int) -> list[Row]:
    """Every second conversation is opened first, and its draft made ready."""
    flags = ("--engine", "mlx", "--model", model)
    with running_daemon(inbox, *flags) as daemon, daemon.connect() as client:
        first, *others = _chats(inbox)
        _first_token_ms(client, first)  # the model is loaded by then
        cold: list[float] = []
        warm: list[float] = []
        while len(warm) < chats:
            chat_id = others.pop()
            if len(cold) <= len(warm):
                cold.append(_first_token_ms(client, chat_id))
            elif _opened(client, chat_id):
                warm.append(_first_token_ms(client, chat_id))
    floor = row(f"first token, not opened before: {name}", cold)
    return [
        floor,
        row("the same, begun anew after prefetch", warm, floor=floor, goal=ANEW_GOAL),
    ]


def _opened(client: BlockingClient, chat_id: ChatId) -> bool:
    """Open a conversation and wait until prefetch rests; whether it made a draft."""
    before = client.call("prefetch_stats")["executor"]["executed"]
    client.call("prefetch_focus", chat_id=chat_id)
    while True:
        executor = client.call("prefetch_stats")["executor"]
        if executor["state"] == "idle" and not executor["queue_size"]:
            return bool(executor["executed"] > before)
        time.sleep(0.005)


def _drafted(client: BlockingClient, chat_id: ChatId) -> None:
    for _ in client.stream("generate_draft", chat_id=chat_id):
        pass


def _first_token_ms(client: BlockingClient, chat_id: ChatId) -> float:
    begin_s, first_s = time.perf_counter(), 0.0
    for _ in client.stream("generate_draft", chat_id=chat_id, skip_cache=True):
        first_s = first_s or time.perf_counter()
    return (first_s - begin_s) * 1000


def _chats(inbox: Path) -> list[ChatId]:
    with sqlite3.connect(f"file:{inbox / 'chat.db'}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT guid FROM chat WHERE style = 45 ORDER BY ROWID")
        return [ChatId(guid) for (guid,) in rows]
