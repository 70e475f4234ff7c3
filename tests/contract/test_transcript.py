"""The conversation in docs/protocol.md, held with a real daemon."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract.files import ROOT
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.server import RawClient
from tests.journeys.daemon_process import living, on_inbox

Line = tuple[str, str]
VARYING = {"timestamp", "pid", "epoch", "uptime_s", "version", "token", "index"}
"""Members that differ each time; of their values the type is compared."""


def transcript() -> list[Line]:
    """The lines of the conversation: direction and text."""
    text = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    block = text.partition("```text\n")[2].partition("```")[0]
    return [(line[:3], line[4:]) for line in block.splitlines()]


def shape(value: Any, name: str = "") -> Any:
    """A value as it is compared: where it varies, by its type."""
    if isinstance(value, dict):
        return {key: shape(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value).__name__ if name in VARYING else value


def members(value: Any) -> Any:
    """The names of a value's members, as deep as they go, and how many items there are."""
    if isinstance(value, dict):
        return {key: members(each) for key, each in value.items()}
    return [members(each) for each in value] if isinstance(value, list) else None


def turns(lines: list[Line]) -> Iterator[tuple[str, list[Any]]]:
    """What the client says, and all that it reads before it speaks again."""
    starts = [number for number, (way, _) in enumerate(lines) if way == "-->"]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        assert {way for way, _ in lines[start + 1 : end]} == {"<--"}
        yield lines[start][1], [json.loads(text) for _, text in lines[start + 1 : end]]


async def read_like(client: RawClient, expected: list[Any]) -> None:
    """Read the answer to one turn and hold it against what was written down."""
    *tokens, answer = expected
    if not tokens:
        assert shape(await client.line()) == shape(answer)
        return
    progress, first, *_, last = tokens
    line = await client.line()
    while line["method"] == "stream.progress" or not line["params"]["final"]:
        if line["method"] == "stream.progress":
            assert members(line) == members(progress)
        else:
            assert shape(line) == shape(first)
        line = await client.line()
    assert shape(line) == shape(last)
    said = await client.line()
    assert said["id"] == answer["id"]
    assert members(said).keys() == members(answer).keys()
    assert members(said["result"]).keys() == members(answer["result"]).keys()
    assert members(said["result"]["timing"]) == members(answer["result"]["timing"])


async def test_the_written_conversation_is_held_as_it_is_written(
    app: MessagesApp, short_path: Path
) -> None:
    """Line by line; what differs each time is compared by its type."""
    lines = transcript()
    assert len(lines) > 15
    async with (
        living(short_path, *on_inbox(app.path.parent)) as daemon,
        daemon.raw() as client,
    ):
        for said, expected in turns(lines):
            text = said.replace('"CHAT"', json.dumps(app.chat_guid))
            client.writer.write(text.encode() + b"\n")
            await read_like(client, expected)
