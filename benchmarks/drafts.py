"""How much the way through worker, daemon and socket adds to a draft's first token."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.harness import (
    Row,
    built_inbox,
    row,
    running_daemon,
)
from jarvis.assistant.context import read_context
from jarvis.assistant.prompts import reply_prompt
from jarvis.cli.demo_home import MODEL
from jarvis.client import BlockingClient
from jarvis.inference.models import mlx_is_installed, read_model
from jarvis.records import Message

ROUNDS = 40


def measure() -> list[Row]:
    """The demo's model on one conversation: bare, and as a client sees it."""
    if not mlx_is_installed():
        return []
    inbox = built_inbox(1000)
    flags = ("--engine", "mlx", "--model", str(MODEL))
    with running_daemon(inbox, *flags) as daemon, daemon.connect() as client:
        chat_id = _chat(inbox)
        page = client.call("list_messages", chat_id=chat_id, limit=20)
        bare = _bare_engine(chat_id, page["messages"])
        bare()
        _first_token_ms(client, chat_id)
        direct, through = [], []
        for _ in range(ROUNDS):
            direct.append(bare())
            through.append(_first_token_ms(client, chat_id))
    floor = row("engine, first text", direct)
    goal = "+ <= 2 ms p50, + <= 5 ms p95"
    return [
        floor,
        row("through the socket, first token", through, floor=floor, goal=goal),
        row("added", [b - a for a, b in zip(direct, through, strict=True)], goal=goal),
    ]


def _chat(inbox: Path) -> str:
    db = sqlite3.connect(inbox / "chat.db")
    try:
        sql = "SELECT guid FROM chat WHERE style = 45 AND is_filtered = 0 LIMIT 1"
        guid: str = db.execute(sql).fetchone()[0]
    finally:
        db.close()
    return guid


def _bare_engine(chat_id: str, messages: list[Any]) -> Callable[[], float]:
    """The same model and prompt in this process; time to its first text."""
    os.environ["MLX_DISABLE_COMPILE"] = "1"
    from jarvis.inference.mlx import MlxGenerator

    engine = MlxGenerator()
    engine.load(read_model(MODEL))
    context = read_context(msgspec.convert(messages, list[Message]))
    prompt = reply_prompt(context, "thread", chat_key=chat_id)

    def first_text_ms() -> float:
        begin = time.perf_counter()
        steps = engine.generate(prompt, lambda done, total: None)
        for step in steps:
            if step.text:
                break
        took_ms = (time.perf_counter() - begin) * 1000
        steps.close()
        return took_ms

    return first_text_ms


def _first_token_ms(client: BlockingClient, chat_id: str) -> float:
    begin = time.perf_counter()
    stream = client.stream("generate_draft", chat_id=chat_id)
    took_ms = None
    for _ in stream:
        took_ms = took_ms or (time.perf_counter() - begin) * 1000
    assert took_ms is not None
    return took_ms
