"""How long a list and a page take through the socket, and whether that grows."""

from __future__ import annotations

import os
from functools import partial

from benchmarks.harness import Row, built_inbox, interleaved, row, running_daemon

SIZES = tuple(
    int(size) for size in os.environ.get("JARVIS_BENCH_SIZES", "100000").split(",")
)


def measure() -> list[Row]:
    """List of 50, newest page, page far back; at each size, beside a ping."""
    rows: list[Row] = []
    for size in SIZES:
        with running_daemon(built_inbox(size)) as daemon, daemon.connect() as client:
            listed = client.call("list_conversations", limit=500, folder="all")
            largest = max(listed["conversations"], key=lambda c: c["message_count"])
            chat_id = largest["chat_id"]
            deep_id = _far_back(client.call, chat_id, largest["message_count"])
            samples = interleaved(
                {
                    "ping": partial(client.call, "ping"),
                    "list of 50": partial(client.call, "list_conversations"),
                    "newest page of 50": partial(
                        client.call, "list_messages", chat_id=chat_id
                    ),
                    "page of 50, far back": partial(
                        client.call, "list_messages", chat_id=chat_id, before=deep_id
                    ),
                },
                rounds=20,
                in_a_row=20,
            )
        rows += [
            row(
                f"{name}, {size:,} messages",
                values,
                goal="" if name == "ping" else "p50 <= 1 ms",
            )
            for name, values in samples.items()
        ]
    return rows


def _far_back(call: object, chat_id: str, count: int) -> int:
    """The id of a message about 95 % back in the conversation."""
    assert callable(call)
    before = None
    for _ in range(int(count * 0.95) // 500):
        page = call("list_messages", chat_id=chat_id, limit=500, before=before)
        if not page["messages"]:
            break
        before = page["messages"][0]["id"]
    if before is None:
        before = call("list_messages", chat_id=chat_id)["messages"][-1]["id"]
    assert isinstance(before, int)
    return before
