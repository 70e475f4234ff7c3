"""How long the daemon's loop is held while much is read, beside an idle loop meanwhile.

One process pings the daemon and a bare loop in turns, so a machine that is busy is busy
for both. `BEFORE=DIR` names a checkout of another version, which is measured in turns.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from benchmarks.harness import Daemon, Row, built_inbox, running_daemon, short_directory
from fixtures.messages_writer import MessagesWriter
from jarvis.client import BlockingClient
from jarvis.records import ChatId

ROUNDS: Final = 3
ARRIVING: Final = 10_000
INDEXING_S: Final = 20.0
GOAL: Final = "p99 <= 5 ms, longest <= 20 ms, where a ping takes 0.1 ms"

IDLE_LOOP = """
import asyncio, sys
class Echo(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data): self.transport.write(data)
async def main():
    server = await asyncio.get_running_loop().create_unix_server(Echo, sys.argv[1])
    await server.serve_forever()
asyncio.run(main())
"""
PINGER = """
import json, socket, sys, threading, time
def connected(path):
    connection = socket.socket(socket.AF_UNIX); connection.connect(path); return connection
connections = [connected(path) for path in sys.argv[1:]]
line = b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{}}\\n'
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
samples = [[] for _ in connections]
print("ready", flush=True)
while not over.is_set():
    for connection, of_one in zip(connections, samples):
        begin = time.perf_counter()
        connection.sendall(line)
        data = b""
        while not data.endswith(b"\\n"): data += connection.recv(1 << 20)
        of_one.append((time.perf_counter() - begin) * 1000)
    time.sleep(0.001)
print(json.dumps(samples))
"""


def measure() -> list[Row]:
    """Each question for this version, and for the one before where BEFORE names it."""
    before = os.environ.get("BEFORE")
    versions = {"before": Path(before), "now": None} if before else {"now": None}
    rows = []
    for what, ask in QUESTIONS.items():
        samples: dict[str, tuple[list[float], list[float]]] = {}
        for _ in range(ROUNDS):
            for version, checkout in versions.items():
                idle, held = samples.setdefault(version, ([], []))
                of_idle, of_daemon = ask(checkout)
                idle += of_idle
                held += of_daemon
        for version, (idle, held) in samples.items():
            floor = _row(f"idle loop, {version}", idle)
            rows += [floor, _row(f"{what}, {version}", held, floor)]
    return rows


def _row(what: str, samples_ms: list[float], floor: Row | None = None) -> Row:
    """The longest in place of the 95th of a hundred, as that is what holds people up."""
    ordered = sorted(samples_ms)
    p50, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
    note = f"longest {ordered[-1]:.1f} ms, {len(ordered)} pings"
    ratio = ordered[-1] / floor.p50 if floor else None
    return Row(what, p50, ordered[int(len(ordered) * 0.95)], p99, note, ratio, GOAL)


def _first_draft(messages: int) -> Callable[[Path | None], tuple[list[float], ...]]:
    def ask(checkout: Path | None) -> tuple[list[float], ...]:
        inbox = built_inbox(messages)
        with _asked(inbox, checkout) as (client, pinging):
            chat_id = _busiest(client)
            with pinging() as samples:
                _draft(client, chat_id)
        return samples[0], samples[1]

    return ask


def _arriving(checkout: Path | None) -> tuple[list[float], ...]:
    """In one commit; then a draft, which has to know them."""
    with ExitStack() as closing:
        inbox = _copied(closing, 10_000)
        client, pinging = closing.enter_context(_asked(inbox, checkout))
        chat_id = _busiest(client)
        _draft(client, chat_id)
        writer = MessagesWriter(inbox / "chat.db")
        closing.callback(writer.close)
        texts = [f"{number} of what arrives at once" for number in range(ARRIVING)]
        with pinging() as samples:
            writer.burst(chat_id, texts)
            while client.read().get("params", {}).get("text") != texts[-1]:
                pass
            _draft(client, chat_id)
    return samples[0], samples[1]


def _opened(checkout: Path | None) -> tuple[list[float], ...]:
    """As the terminal client does it: a page, then what is expected to be answered."""
    with ExitStack() as closing:
        inbox = _copied(closing, 100_000)
        _put_into_one_chat(inbox / "chat.db")
        client, pinging = closing.enter_context(_asked(inbox, checkout))
        chat_id = _busiest(client)
        with pinging() as samples:
            for limit in (50, 500):
                client.call("list_messages", chat_id=chat_id, limit=limit)
            client.call("generate_draft", chat_id=chat_id, only_if_expected=True)
            _draft(client, chat_id)
    return samples[0], samples[1]


def _indexed(messages: int) -> Callable[[Path | None], tuple[list[float], ...]]:
    """The search index is made, of words and of meaning, until done or for a while."""

    def ask(checkout: Path | None) -> tuple[list[float], ...]:
        with _asked(built_inbox(messages), checkout) as (client, pinging):
            end_s = time.monotonic() + INDEXING_S
            with pinging() as samples:
                client.call("index_control", action="start")
                while time.monotonic() < end_s and _is_indexing(client):
                    time.sleep(0.2)
        return samples[0], samples[1]

    return ask


def _is_indexing(client: BlockingClient) -> bool:
    return bool(client.call("get_status")["index"]["state"] != "ready")


QUESTIONS: Final = {
    "first draft of 10,000 messages": _first_draft(10_000),
    "first draft of 100,000 messages": _first_draft(100_000),
    "10,000 arrive, and a draft": _arriving,
    "a chat of 100,000 is opened": _opened,
    "an index of 10,000 is made": _indexed(10_000),
    "an index of 100,000 is made": _indexed(100_000),
}


@contextmanager
def _asked(
    inbox: Path, checkout: Path | None
) -> Iterator[tuple[BlockingClient, Callable[[], Pinging]]]:
    """A client of a daemon that has only just started, and what pings it meanwhile."""
    flags = ("--engine", "scripted")
    with (
        running_daemon(inbox, *flags, checkout=checkout) as daemon,
        daemon.connect() as client,
        idle_loop() as idle,
    ):
        client.call("ping")
        yield client, lambda: Pinging(idle, daemon)


class Pinging:
    """A block during which both are pinged; afterwards there are milliseconds of each."""

    def __init__(self, idle: Path, daemon: Daemon) -> None:
        command = [sys.executable, "-c", PINGER, str(idle), str(daemon.socket)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._samples: list[list[float]] = []

    def __enter__(self) -> list[list[float]]:
        assert self._process.stdout is not None
        self._process.stdout.readline()
        return self._samples

    def __exit__(self, *_: object) -> None:
        out, _error = self._process.communicate("")
        self._samples += json.loads(out)


@contextmanager
def idle_loop() -> Iterator[Path]:
    """The address of an echo on a bare event loop, to ping beside a daemon."""
    with short_directory() as directory:
        path = directory / "idle"
        process = subprocess.Popen([sys.executable, "-c", IDLE_LOOP, str(path)])
        try:
            while not path.exists():
                process.poll()
            yield path
        finally:
            process.terminate()
            process.wait(10)


def _draft(client: BlockingClient, chat_id: ChatId) -> None:
    client.call("generate_draft", chat_id=chat_id, stream=False)


def _busiest(client: BlockingClient) -> ChatId:
    listed = client.call("list_conversations", limit=500, folder="all")
    direct = [each for each in listed["conversations"] if not each["is_group"]]
    chat_id: ChatId = max(direct, key=lambda each: each["message_count"])["chat_id"]
    return chat_id


def _copied(closing: ExitStack, messages: int) -> Path:
    """An inbox of that size to be written to."""
    directory = closing.enter_context(short_directory()) / "inbox"
    shutil.copytree(built_inbox(messages), directory)
    return directory


def _put_into_one_chat(path: Path) -> None:
    db = sqlite3.connect(path)
    ((chat, _),) = db.execute(
        "SELECT chat_id, count(*) FROM chat_message_join JOIN chat ON chat.ROWID = chat_id "
        "WHERE style = 45 GROUP BY chat_id ORDER BY count(*) DESC LIMIT 1"
    ).fetchall()
    with db:
        db.execute("DELETE FROM chat_message_join")
        db.execute(
            "INSERT INTO chat_message_join (chat_id, message_id, message_date) "
            "SELECT ?, ROWID, date FROM message",
            (chat,),
        )
    db.close()
