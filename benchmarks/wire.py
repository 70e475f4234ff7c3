"""How much the wire costs: pings, many at once, a large reply, a crowd of clients."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import psutil

from benchmarks.harness import (
    Daemon,
    Row,
    built_inbox,
    echo_connection,
    interleaved,
    read_line,
    request_line,
    row,
    running_daemon,
)
from benchmarks.v1 import V1_MISSING, v1_server

PING = request_line(1, "ping")
PIPELINED = 64
CROWD = 1000
LARGE_PAGE = request_line(1, "list_conversations", limit=500, folder="all")
LARGE_BYTES = 300_000
MB = 1 << 20


def measure() -> list[Row]:
    """Each question beside its floor; V1 as a peer where its libraries are there."""
    _allow_a_crowd()
    with running_daemon(built_inbox(1000)) as daemon:
        rows = [*_pings(daemon), *_crowd(daemon)]
    with running_daemon(built_inbox(100_000)) as daemon:
        return [*rows, *_large_reply(daemon)]


def _pings(daemon: Daemon) -> list[Row]:
    """One ping and 64 in one write; the echo answers line by line, or all in one piece."""
    many = b"".join(request_line(n, "ping") for n in range(PIPELINED))
    with ExitStack() as stack:
        echo = stack.enter_context(echo_connection())
        lines = stack.enter_context(echo_connection(line_by_line=True))
        jarvis = stack.enter_context(_connected(daemon))
        acts: dict[str, Callable[[], object]] = {
            "echo": partial(_ask, echo, PING),
            "ping": partial(_ask, jarvis, PING),
            "echo, 64 lines in one piece": partial(_ask_many, echo, many),
            "echo, 64 lines one by one": partial(_ask_many, lines, many),
            "64 pings at once": partial(_ask_many, jarvis, many),
        }
        if not V1_MISSING:
            v1 = stack.enter_context(v1_server())
            acts["V1, ping"] = v1.ping
            acts["V1, 64 pings at once"] = partial(v1.ping_many, PIPELINED)
        samples = interleaved(acts, rounds=20, in_a_row=10)
    one = row("echo", samples.pop("echo"))
    piece = row(
        "echo, 64 lines in one piece", samples.pop("echo, 64 lines in one piece")
    )
    by_line = row("echo, 64 lines one by one", samples.pop("echo, 64 lines one by one"))
    at_once = samples.pop("64 pings at once")
    rows = [
        one,
        row("ping", samples.pop("ping"), floor=one, goal="<= 1.5"),
        piece,
        row("64 pings at once", at_once, floor=piece, goal="<= 6"),
        by_line,
        row("64 pings at once", at_once, floor=by_line, goal="<= 3"),
    ]
    if V1_MISSING:
        return [*rows, Row(V1_MISSING, 0, 0, 0)]
    return [
        *rows,
        row("V1, ping", samples["V1, ping"], floor=one),
        row("V1, 64 pings at once", samples["V1, 64 pings at once"], floor=piece),
    ]


def _large_reply(daemon: Daemon) -> list[Row]:
    """An answer of about 300 KB, beside an echo of as many bytes."""
    with _connected(daemon) as jarvis, echo_connection() as echo:
        request = _request_of_size(daemon, jarvis)
        answer = _ask(jarvis, request)
        samples = interleaved(
            {
                "echo": partial(_ask, echo, answer),
                "reply": partial(_ask, jarvis, request),
            },
            rounds=10,
            in_a_row=10,
        )
    size = f"{len(answer) / 1000:.0f} KB"
    floor = row(f"echo of {size}", samples["echo"])
    return [floor, row(f"reply of {size}", samples["reply"], floor=floor, goal="<= 4")]


def _request_of_size(daemon: Daemon, jarvis: socket.socket) -> bytes:
    """A page of messages whose answer is as near to LARGE_BYTES as a page comes."""
    with daemon.connect() as client:
        listed = client.call("list_conversations", limit=500, folder="all")
    longest = max(listed["conversations"], key=lambda each: each["message_count"])
    ask = partial(request_line, 1, "list_messages", chat_id=longest["chat_id"])
    whole = len(_ask(jarvis, ask(limit=500)))
    return ask(limit=max(1, min(500, 500 * LARGE_BYTES // whole)))


def _crowd(daemon: Daemon) -> list[Row]:
    """What 1,000 connections weigh, and what a ping among them costs.

    Of the crowd, 100 write a byte a second, and 100 asked for 20 lists and never read.
    """
    process = psutil.Process(daemon.process.pid)
    with _connected(daemon) as jarvis, echo_connection() as echo, ExitStack() as crowd:
        acts = {"echo": partial(_ask, echo, PING), "ping": partial(_ask, jarvis, PING)}
        alone = interleaved(acts, rounds=20, in_a_row=50)["ping"]
        before = process.memory_info().rss
        others = [crowd.enter_context(_connected(daemon)) for _ in range(CROWD)]
        for each in others:
            # Connected is what the kernel says; answered is what the daemon has done.
            assert b'"result"' in _ask(each, PING), "the daemon takes no such crowd"
        grown_mb = (process.memory_info().rss - before) / MB
        for deaf in others[100:200]:
            deaf.sendall(LARGE_PAGE * 20)
        # Until the daemon has written what fits and waits for readers that never come.
        time.sleep(2)
        with _trickle(others[:100]):
            among = interleaved(acts, rounds=20, in_a_row=50)["ping"]
    idle = row("ping, alone", alone)
    return [
        Row(
            f"{CROWD} idle connections (MB, not ms)",
            *(grown_mb, grown_mb, grown_mb),
            goal="<= 8 MB",
        ),
        idle,
        row(f"ping among {CROWD}", among, floor=idle, goal="p99 <= 2 x alone"),
    ]


@contextmanager
def _trickle(connections: list[socket.socket]) -> Iterator[None]:
    """A space a second on each of these, as from clients that are slow to write."""
    ended = threading.Event()

    def write() -> None:
        while True:
            for connection in connections:
                connection.send(b" ")
            if ended.wait(1):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        ended.set()
        writer.join()


@contextmanager
def _connected(daemon: Daemon) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(daemon.socket))
        yield connection


def _ask(connection: socket.socket, line: bytes) -> bytes:
    # An echo may fill both directions: what is long goes out while the answer comes in.
    if len(line) < 1 << 16:
        connection.sendall(line)
        return read_line(connection)
    sender = threading.Thread(target=connection.sendall, args=(line,))
    sender.start()
    answer = read_line(connection)
    sender.join()
    return answer


def _ask_many(connection: socket.socket, lines: bytes) -> None:
    connection.sendall(lines)
    left = PIPELINED
    while left:
        left -= connection.recv(1 << 20).count(b"\n")


def _allow_a_crowd() -> None:
    """As many open files as the system lets a process have; the daemon inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
