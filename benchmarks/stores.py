"""How long a list and a page take through the socket, and whether that grows."""

from __future__ import annotations

import os
import socket
from functools import partial
from typing import Any

from benchmarks.harness import (
    Row,
    built_inbox,
    interleaved,
    read_line,
    request_line,
    row,
    running_daemon,
)
from jarvis.client import BlockingClient

SIZES = tuple(
    int(size) for size in os.environ.get("JARVIS_BENCH_SIZES", "100000").split(",")
)


def measure() -> list[Row]:
    """List of 50, newest page, page far back; to the last byte of the answer."""
    rows: list[Row] = []
    for size in SIZES:
        with running_daemon(built_inbox(size)) as daemon:
            with daemon.connect() as client:
                chat_id, deep_id = _largest(client)
            samples = _samples(str(daemon.socket), chat_id, deep_id)
        rows += [
            row(
                f"{name}, {size:,} messages",
                values,
                goal="" if name == "ping" else "p50 <= 1 ms",
            )
            for name, values in samples.items()
        ]
    return rows


def _samples(path: str, chat_id: str, deep_id: int) -> dict[str, list[float]]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)

        def ask(method: str, **params: Any) -> None:
            connection.sendall(request_line(1, method, **params))
            read_line(connection)

        return interleaved(
            {
                "ping": partial(ask, "ping"),
                "list of 50": partial(ask, "list_conversations"),
                "newest page of 50": partial(ask, "list_messages", chat_id=chat_id),
                "page of 50, far back": partial(
                    ask, "list_messages", chat_id=chat_id, before=deep_id
                ),
            },
            rounds=20,
            in_a_row=20,
        )


def _largest(client: BlockingClient) -> tuple[str, int]:
    """The longest conversation, and a message about 95 % back in it."""
    listed = client.call("list_conversations", limit=500, folder="all")
    largest = max(listed["conversations"], key=lambda each: each["message_count"])
    chat_id = largest["chat_id"]
    before = None
    for _ in range(max(1, int(largest["message_count"] * 0.95) // 500)):
        page = client.call("list_messages", chat_id=chat_id, limit=500, before=before)
        if not page["has_more"]:
            break
        before = page["messages"][0]["id"]
    assert isinstance(before, int)
    return chat_id, before
