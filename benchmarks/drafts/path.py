"""The way of a token from a model server to a client, through worker, daemon and socket.

The server is in this process, so one clock sees both ends. It takes the place of the
model: the way holds one hop more than a model in the worker has.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.harness import Row, built_inbox, row, running_daemon, timed_ms
from jarvis.client import BlockingClient
from jarvis.records import ChatId

ROUNDS = 20
TOKENS = 40
TOKEN_S = 0.01
MODEL = "paced"
GOAL = "<= 2 ms p50"


class PacedServer:
    """A server of OpenAI's kind that writes a sentence every TOKEN_S."""

    def __init__(self) -> None:
        self.asked_s = 0.0
        self.sent_s: dict[str, float] = {}

    def models(self) -> bytes:
        """What it has."""
        return json.dumps({"data": [{"id": MODEL}]}).encode()

    def events(self) -> Iterator[bytes]:
        """A text; when each sentence became whole is noted under its own word.

        That is when the next one begins: sentence by sentence a draft goes out.
        """
        self.asked_s = time.perf_counter()
        for number in range(TOKENS):
            said = f" Number {number} is w{number}x now."
            choice = {"delta": {"content": said}}
            self.sent_s[f"w{number - 1}x"] = time.perf_counter()
            yield b"data: %s\n\n" % json.dumps({"choices": [choice]}).encode()
            time.sleep(TOKEN_S)
        self.sent_s[f"w{TOKENS - 1}x"] = time.perf_counter()
        yield b'data: {"choices": [{"finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'


def measure() -> list[Row]:
    """First token over a model that needs no time, delivery, and pings meanwhile."""
    inbox = built_inbox(1000)
    with _serving() as (server, address), _setting("JARVIS_SERVER", address):
        flags = ("--engine", "openai", "--model", MODEL)
        with (
            running_daemon(inbox, *flags) as daemon,
            daemon.connect() as client,
            daemon.connect() as other,
        ):
            chat_id = _chat(inbox)
            _draft(client, server, chat_id)
            first, delivered = [], []
            idle: list[float] = []
            busy: list[float] = []
            for _ in range(ROUNDS):
                with _pinging(other, idle):
                    time.sleep(TOKENS * TOKEN_S)
                with _pinging(other, busy):
                    first_ms, delivered_ms = _draft(client, server, chat_id)
                first.append(first_ms)
                delivered += delivered_ms
    floor = row("ping, idle", idle)
    return [
        row(
            "ask to first token, of no model at all", _without_a_model(inbox), goal=GOAL
        ),
        row("the same over a model server's HTTP", first),
        row("sentence, sent to read", delivered, goal="<= 0.5 ms p50 from the worker"),
        floor,
        row("ping while a text is written", busy, floor=floor, goal="<= 2x p50"),
    ]


def _without_a_model(inbox: Path) -> list[float]:
    """How long until the first token where writing it takes no time."""
    with (
        running_daemon(inbox, "--engine", "scripted") as daemon,
        daemon.connect() as to,
    ):
        chat_id, first = _chat(inbox), []
        for _ in range(2 * ROUNDS):
            begin_s, first_s = time.perf_counter(), 0.0
            for _token in to.stream("generate_draft", chat_id=chat_id):
                first_s = first_s or time.perf_counter()
            first.append((first_s - begin_s) * 1000)
    return first[ROUNDS:]


def _draft(
    client: BlockingClient, server: PacedServer, chat_id: ChatId
) -> tuple[float, list[float]]:
    """How long until the first token, and each token's way."""
    delivered_ms: list[float] = []
    first_ms = None
    begin_s = time.perf_counter()
    for text, _ in client.stream("generate_draft", chat_id=chat_id, skip_cache=True):
        now_s = time.perf_counter()
        first_ms = first_ms or (now_s - begin_s) * 1000
        words = [server.sent_s[word] for word in text.split() if word in server.sent_s]
        delivered_ms += [(now_s - sent_s) * 1000 for sent_s in words]
    assert first_ms is not None
    return first_ms, delivered_ms


@contextmanager
def _pinging(client: BlockingClient, samples_ms: list[float]) -> Iterator[None]:
    """Ping on another connection for as long as the block runs."""
    is_over = threading.Event()

    def ping() -> None:
        while not is_over.wait(TOKEN_S / 2):
            samples_ms.append(timed_ms(lambda: client.call("ping")))

    pinging = threading.Thread(target=ping)
    pinging.start()
    try:
        yield
    finally:
        is_over.set()
        pinging.join()


@contextmanager
def _serving() -> Iterator[tuple[PacedServer, str]]:
    server = PacedServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("application/json", iter([server.models()]))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer("text/event-stream", server.events())

        def _answer(self, kind: str, parts: Iterator[bytes]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            for part in parts:
                self.wfile.write(part)

        def log_message(self, *arguments: Any) -> None:
            """Print nothing between the tables."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{http.server_port}/v1"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@contextmanager
def _setting(name: str, value: str) -> Iterator[None]:
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


def _chat(inbox: Path) -> ChatId:
    db = sqlite3.connect(inbox / "chat.db")
    try:
        sql = "SELECT guid FROM chat WHERE style = 45 AND is_filtered = 0 LIMIT 1"
        guid: ChatId = db.execute(sql).fetchone()[0]
    finally:
        db.close()
    return guid
