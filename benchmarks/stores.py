"""Lists and pages through the socket: how long, whether that grows, and the first start.

The floor of each is the same query by sqlite3 and its rows by msgspec, in this process,
in turns with it; and of pages, what answers with these rows at a socket: an event loop, a
task, a thread that reads, and nothing else.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from benchmarks.harness import (
    Daemon,
    Row,
    built_inbox,
    connect,
    interleaved,
    read_line,
    request_line,
    row,
    running_daemon,
    short_directory,
    timed_ms,
    wait_until_ok,
)
from jarvis.client import BlockingClient

SIZES = tuple(
    int(size)
    for size in os.environ.get("JARVIS_BENCH_SIZES", "100000,1000000,3000000").split(
        ","
    )
)
SQL = Path(__file__).parents[1] / "contract" / "sql"
ASKED = ("list of 50", "newest page of 50", "page of 50, far back", "page of 500")
LOOK_S = 0.02

_SERVER = """
import asyncio, msgspec, sqlite3, sys
from concurrent.futures import ThreadPoolExecutor

path, database, sql = sys.argv[1:]
reading = ThreadPoolExecutor(1)
db = sqlite3.connect(database, uri=True, check_same_thread=False)

def read(line):
    rows = db.execute(sql, msgspec.json.decode(line)).fetchall()
    return msgspec.json.encode(rows) + b"\\n"

class Session(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.task = asyncio.get_running_loop().create_task(self.answer(data))

    async def answer(self, line):
        loop = asyncio.get_running_loop()
        self.transport.write(await loop.run_in_executor(reading, read, line))

async def main():
    server = await asyncio.get_running_loop().create_unix_server(Session, path)
    await server.serve_forever()

asyncio.run(main())
"""
"""Answers a line of parameters with the rows of one query, by a thread of its own."""

_LINKED = """
SELECT chat.guid, (SELECT count(*) FROM chat_message_join WHERE chat_id = chat.ROWID)
FROM chat
"""


def measure() -> list[Row]:
    """List and pages to the last byte of the answer, at each size; then how they grow."""
    rows: list[Row] = []
    medians: dict[str, list[float]] = {name: [] for name in ASKED}
    for size in SIZES:
        inbox = built_inbox(size)
        with running_daemon(inbox) as daemon:
            _wait_until_counted(daemon)
            with daemon.connect() as client:
                chat_id, deep_id = _largest(client, inbox)
            with (
                _floors(daemon, inbox, chat_id, deep_id) as floors,
                _bare_server(inbox, chat_id) as served,
            ):
                floors |= served
                samples = _samples(str(daemon.socket), chat_id, deep_id, floors)
        rows.append(row(f"ping, {size:,} messages", samples["ping"]))
        for name in ASKED:
            floor = row(f"sqlite3, {name}", samples[f"sqlite3, {name}"])
            made = row(f"{name}, {size:,}", samples[name], floor=floor, goal="<= 2")
            rows += [floor, made]
            if served_name(name) in samples:
                bare = row(served_name(name), samples[served_name(name)], floor=floor)
                over = row(f"{name}, {size:,}, over that", samples[name], floor=bare)
                rows += [bare, over]
            medians[name].append(made.p50)
        rows += _first_start(inbox, size)
    for name, values in medians.items():
        print(
            f"  {name}: {values[-1] / values[0]:.2f} times from the least to the most"
        )
    return rows


def _wait_until_counted(daemon: Daemon) -> None:
    """The first start counts in the background; what is measured comes after."""
    with daemon.connect() as client:
        while client.call("get_status")["stores"]["uncounted_rows"]:
            time.sleep(LOOK_S)


def _samples(
    path: str, chat_id: str, deep_id: int, floors: dict[str, Callable[[], object]]
) -> dict[str, list[float]]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)

        def ask(method: str, **params: Any) -> None:
            connection.sendall(request_line(1, method, **params))
            read_line(connection)

        asks = {
            "ping": partial(ask, "ping"),
            ASKED[0]: partial(ask, "list_conversations"),
            ASKED[1]: partial(ask, "list_messages", chat_id=chat_id),
            ASKED[2]: partial(ask, "list_messages", chat_id=chat_id, before=deep_id),
            ASKED[3]: partial(ask, "list_messages", chat_id=chat_id, limit=500),
        }
        return interleaved({**asks, **floors}, rounds=20, in_a_row=20)


@contextmanager
def _floors(
    daemon: Daemon, inbox: Path, chat_id: str, deep_id: int
) -> Iterator[dict[str, Callable[[], object]]]:
    """The bare queries, on connections of their own."""
    with (
        closing(_opened(daemon.home / "jarvis.db")) as writer,
        closing(_opened(inbox / "chat.db")) as mail,
    ):
        (chat,) = mail.execute(
            "SELECT ROWID FROM chat WHERE guid = ?", [chat_id]
        ).fetchone()
        listed = {
            "folder": "inbox",
            "query": "",
            "date": "~",
            "chat_id": "",
            "limit": 51,
        }
        page = {
            "chat": chat,
            "chats": f"[{chat}]",
            "anchor": None,
            "including": 0,
            "limit": 51,
        }

        listing = (SQL / "conversations.sql").read_text()
        page_before = (SQL / "page_before.sql").read_text()

        def run(db: sqlite3.Connection, sql: str, asked: dict[str, Any]) -> object:
            return msgspec.json.encode(db.execute(sql, asked).fetchall())

        yield {
            f"sqlite3, {ASKED[0]}": partial(run, writer, listing, listed),
            f"sqlite3, {ASKED[1]}": partial(run, mail, page_before, page),
            f"sqlite3, {ASKED[2]}": partial(
                run, mail, page_before, {**page, "anchor": deep_id}
            ),
            f"sqlite3, {ASKED[3]}": partial(
                run, mail, page_before, {**page, "limit": 501}
            ),
        }


def served_name(name: str) -> str:
    """What the bare server's row is called."""
    return f"loop, task, thread and socket, {name}"


@contextmanager
def _bare_server(
    inbox: Path, chat_id: str
) -> Iterator[dict[str, Callable[[], object]]]:
    """The newest pages from a server that does nothing else."""
    database = f"file:{quote(str(inbox / 'chat.db'))}?mode=ro"
    sql = (SQL / "page_before.sql").read_text()
    with closing(_opened(inbox / "chat.db")) as mail:
        (chat,) = mail.execute(
            "SELECT ROWID FROM chat WHERE guid = ?", [chat_id]
        ).fetchone()
    with short_directory() as directory, socket.socket(socket.AF_UNIX) as connection:
        path = directory / "bare"
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(path), database, sql]
        )
        try:
            connect(connection, path)

            def ask(limit: int) -> None:
                asked = {"chat": chat, "chats": f"[{chat}]", "anchor": None}
                line = {**asked, "including": 0, "limit": limit}
                connection.sendall(msgspec.json.encode(line))
                read_line(connection)

            yield {
                served_name(ASKED[1]): partial(ask, 51),
                served_name(ASKED[3]): partial(ask, 501),
            }
        finally:
            process.terminate()
            process.wait(20)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)


def _first_start(inbox: Path, size: int) -> list[Row]:
    """A home that has never seen this inbox: a usable list, all counts, pings meanwhile."""
    with short_directory() as home:
        command = [
            *(sys.executable, "-m", "jarvis", "serve", "--home", str(home)),
            *("--chat-db", str(inbox / "chat.db")),
            *("--contacts-db", str(inbox / "AddressBook")),
        ]
        begin = time.perf_counter()
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            daemon = Daemon(home, process)
            wait_until_ok(daemon)
            with daemon.connect() as client:
                client.call("list_conversations")
                usable_ms = (time.perf_counter() - begin) * 1000
                pings = []
                while client.call("get_status")["stores"]["uncounted_rows"]:
                    pings += [timed_ms(lambda: client.call("ping")) for _ in range(10)]
                    time.sleep(LOOK_S)
                counted_ms = (time.perf_counter() - begin) * 1000
        finally:
            process.terminate()
            process.wait(20)
    return [
        row(f"first start to a usable list, {size:,}", [usable_ms], goal="<= 1,000 ms"),
        row("to all counts, in the background", [counted_ms]),
        row("ping meanwhile", pings or [0.0], goal="p99 <= 20 ms"),
    ]


def _largest(client: BlockingClient, inbox: Path) -> tuple[str, int]:
    """The longest conversation of one chat, and a message about 95 % back in it."""
    listed = client.call("list_conversations", limit=500, folder="all")
    with closing(_opened(inbox / "chat.db")) as mail:
        linked = dict(mail.execute(_LINKED).fetchall())
    largest = max(
        (
            each
            for each in listed["conversations"]
            if each["message_count"] <= linked[each["chat_id"]]  # not of a second chat
        ),
        key=lambda each: each["message_count"],
    )
    chat_id = largest["chat_id"]
    before = None
    for _ in range(max(1, int(largest["message_count"] * 0.95) // 500)):
        page = client.call("list_messages", chat_id=chat_id, limit=500, before=before)
        if not page["has_more"]:
            break
        before = page["messages"][0]["id"]
    assert isinstance(before, int)
    return chat_id, before
