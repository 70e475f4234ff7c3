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

from benchmarks.harness import Daemon, Row, row, running_daemon, timed_ms
from fixtures.inbox import build_inbox
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
    """Made up, its newest mail of now: an older question is not answered any more."""
    with tempfile.TemporaryDirectory(prefix="jb") as name:
        build_inbox(Path(name), messages=6000, seed=1, end=datetime.now(UTC))
        yield Path(name)


def _served(inbox: Path) -> list[Row]:
    with (
        running_daemon(inbox, "--engine", "scripted") as daemon,
        ExitStack() as stack,
    ):
        clients = [stack.enter_context(daemon.connect()) for _ in range(CLIENTS)]
        ready = _made_ready(daemon, inbox, CHATS)
        pings, served = [], []
        for chat_id in ready:
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
        asked = _asking(daemon, inbox, 2 * chats + 1)
        _first_token_ms(client, asked.pop())  # the model is loaded by then
        cold, warm = [], []
        for number, chat_id in enumerate(asked):
            if number % 2:
                cold.append(_first_token_ms(client, chat_id))
            else:
                _opened(client, chat_id)
                warm.append(_first_token_ms(client, chat_id))
    floor = row(f"first token, not opened before: {name}", cold)
    return [
        floor,
        row("the same, begun anew after prefetch", warm, floor=floor, goal=ANEW_GOAL),
    ]


def _made_ready(daemon: Daemon, inbox: Path, count: int) -> list[ChatId]:
    """So many conversations whose draft is ready."""
    return _asking(daemon, inbox, count, is_kept=True)


def _asking(
    daemon: Daemon, inbox: Path, count: int, *, is_kept: bool = False
) -> list[ChatId]:
    """So many conversations in which a reply is expected; their drafts are kept, or not."""
    found: list[ChatId] = []
    with daemon.connect() as client:
        for chat_id in _chats(inbox):
            if len(found) == count:
                break
            made = client.call("prefetch_stats")["executor"]["executed"]
            if _opened(client, chat_id) > made:
                found.append(chat_id)
        if not is_kept:
            client.call("prefetch_invalidate")
    assert found, "nobody waits for a reply in this inbox"
    return found


def _opened(client: BlockingClient, chat_id: ChatId) -> int:
    """Open a conversation and wait until prefetch rests; how many drafts it has made."""
    client.call("prefetch_focus", chat_id=chat_id)
    while True:
        executor = client.call("prefetch_stats")["executor"]
        if executor["state"] == "idle" and not executor["queue_size"]:
            return int(executor["executed"])
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
