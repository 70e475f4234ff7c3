"""A text that a worker writes which does not keep to the protocol."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from jarvis.errors import ModelUnavailable
from jarvis.inference.pool import link as link_module
from jarvis.inference.pool.generation import Generation
from jarvis.inference.pool.link import WorkerLink
from tests.inference.sample import nobody_minds, reply_prompt

SPEAK = """
import socket, sys, time
connection = socket.socket(fileno=int(sys.argv[-1]))
connection.recv(2**16)
connection.sendall({!r})
time.sleep(60)
"""


def line(**members: object) -> bytes:
    """A line of the wire."""
    return json.dumps({"jsonrpc": "2.0", **members}).encode() + b"\n"


def token(index: int, text: object = "a") -> bytes:
    """A token of the first request."""
    params = {"request_id": 1, "text": text, "logprob": -1.0, "index": index}
    return line(method="token", params=params)


async def hear(said: bytes, log: Path) -> tuple[list[str], int]:
    """What comes of a text of at most four tokens when a worker says this.

    Gives the tokens and how often the end was told; raises what the iteration raises.
    """
    ends: list[str] = []
    link = await WorkerLink.start(["-c", SPEAK.format(said)], log)
    try:
        generation = Generation(
            link,
            reply_prompt(max_tokens=4),
            queued_ms=0.0,
            on_end=lambda: ends.append("end"),
            on_progress=nobody_minds,
        )
        texts = [token.text async for token in generation]
        # Whoever asks again after the end is told so, instead of waiting for ever.
        texts += [token.text async for token in generation]
        return texts, len(ends)
    finally:
        link.hang_up()
        await link.ended()
        assert ends == ["end"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (token(0, text=5), "sent a token that is none"),
        (line(method="token", params={"request_id": 1}), "sent a token that is none"),
        (b"".join(map(token, range(20))), "more tokens than were asked for"),
        (line(id=1, result={"text": "x"}), "answer that is none"),
        (line(id=1, result=None), "answer that is none"),
        (line(id=1, error={"code": -32603, "message": "odd"}), "odd"),
    ],
)
async def test_a_worker_off_the_protocol_fails_the_text(
    said: bytes,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once, with the reason; and the turn is passed on."""
    monkeypatch.setattr(link_module, "GRACE_S", 0.1)
    async with asyncio.timeout(30):
        with pytest.raises(Exception, match=reason) as raised:
            await hear(said, tmp_path / "log")
    assert "odd" in reason or isinstance(raised.value, ModelUnavailable)


async def test_notes_that_mean_nothing_here_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of other requests, of kinds unknown, without params; a newer worker may do so."""
    monkeypatch.setattr(link_module, "GRACE_S", 0.1)
    generated = {
        "text": "a",
        "finish_reason": "stop",
        "prompt_tokens": 1,
        "tokens": 1,
        "mean_logprob": None,
        "first_token_ms": 1.0,
        "total_ms": 2.0,
    }
    said = [
        line(method="token", params={"request_id": 7, "text": "x"}),
        line(method="token", params=[1]),
        line(method="mood", params={"request_id": 1}),
        line(id=99, result=None),
        token(0),
        line(id=1, result=generated),
    ]
    async with asyncio.timeout(30):
        assert await hear(b"".join(said), tmp_path / "log") == (["a"], 1)
