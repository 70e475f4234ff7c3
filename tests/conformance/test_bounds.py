"""What a client can do at its worst costs the daemon little, and the others nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator

import psutil
import pytest

from tests.conformance.case import answer_of, call, fails, ok
from tests.conformance.cases import PARSE
from tests.journeys.daemon_process import DaemonProcess

MIB = 2**20
CROWD = 1000


def connect(daemon: DaemonProcess) -> socket.socket:
    """A connection that waits at most ten seconds."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect(str(daemon.socket))
    return connection


def ask(connection: socket.socket, request: bytes) -> bytes:
    """The line that answers."""
    connection.sendall(request)
    data = b""
    while not data.endswith(b"\n"):
        data += connection.recv(65536)
    return data


@contextlib.contextmanager
def crowd(daemon: DaemonProcess) -> Iterator[list[socket.socket]]:
    """A thousand connections that the daemon has taken in."""
    with contextlib.ExitStack() as open_ones:
        connections = [open_ones.enter_context(connect(daemon)) for _ in range(CROWD)]
        assert answer_of(ask(connections[-1], call(id=1))) == ok(1)
        yield connections


def test_a_line_without_end_takes_no_memory(daemon: DaemonProcess) -> None:
    """64 MB without LF: one refusal, less than 8 MB, and the connection goes on."""
    process = psutil.Process(daemon.process.pid)
    with connect(daemon) as connection:
        ask(connection, call(id=0))
        before = process.memory_info().rss
        most = 0
        refusal = b""
        for _ in range(64):
            connection.sendall(b"x" * MIB)
            most = max(most, process.memory_info().rss)
        while not refusal.endswith(b"\n"):
            refusal += connection.recv(4096)
        assert answer_of(refusal) == fails(None, PARSE)
        assert answer_of(ask(connection, b"\n" + call(id=1))) == ok(1)
        most = max(most, process.memory_info().rss)
    assert most - before < 8 * MIB


def test_a_thousand_connections_delay_nobody_and_leave_nothing(
    daemon: DaemonProcess,
) -> None:
    """Some write a byte at a time, some never read, some go in mid-word."""
    process = psutil.Process(daemon.process.pid)
    with connect(daemon) as quiet:
        ask(quiet, call(id=0))
        descriptors = process.num_fds()
        with crowd(daemon) as connections:
            slow = call(id="slow")
            for number, connection in enumerate(connections[:500]):
                connection.sendall(slow[number % len(slow) : number % len(slow) + 1])
            for connection in connections[500:900]:
                connection.sendall(call("get_status", id=1) * 20)
            for number in range(200):
                assert answer_of(ask(quiet, call(id=number))) == ok(number)
        for number in range(20_000):
            ask(quiet, call(id=number))
            if process.num_fds() <= descriptors:
                break
        assert process.num_fds() <= descriptors


async def test_a_stream_nobody_reads_holds_up_no_other(daemon: DaemonProcess) -> None:
    """Many drafts into a socket that is never read; another client's comes whole."""
    listed = await daemon.ask("list_conversations", limit=1)
    params = {"chat_id": listed["conversations"][0]["chat_id"]}
    sleepy = await asyncio.to_thread(connect, daemon)
    with sleepy:
        for number in range(50):
            sleepy.sendall(call("generate_draft", id=number, params=params))
        async with daemon.raw() as client:
            client.ask("mine", "generate_draft", **params)
            *tokens, answer = await client.until_answer("mine")
    text = "".join(
        line["params"]["token"]
        for line in tokens
        if line.get("method") == "stream.token"
    )
    assert answer["result"]["suggestions"][0]["text"] == text


@pytest.mark.parametrize("words", [b"{", b'{"jsonrpc"', b"[" * 5000])
def test_one_that_goes_in_mid_word_is_forgotten(
    daemon: DaemonProcess, words: bytes
) -> None:
    """The next one is served."""
    with connect(daemon) as connection:
        connection.sendall(words)
    with connect(daemon) as connection:
        assert json.loads(ask(connection, call(id=1)))["result"]["status"] == "ok"
