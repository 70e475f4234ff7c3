"""What the journeys of a search share: asking until the index has followed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.journeys.daemon_process import DaemonProcess

Found = dict[str, Any]


def texts(found: Found) -> list[str]:
    """What the hits say, best first."""
    return [hit["message"]["text"] for hit in found["results"]]


async def until(
    daemon: DaemonProcess, holds: Callable[[Found], bool], query: str, **params: object
) -> Found:
    """The first answer of which it holds; the index follows in its own time."""
    async with asyncio.timeout(60), daemon.raw() as client:
        number = 0
        while True:
            number += 1
            client.ask(number, "semantic_search", query=query, **params)
            answer = await client.answer(number)
            if "result" in answer and holds(answer["result"]):
                result: Found = answer["result"]
                return result


async def ready(daemon: DaemonProcess) -> None:
    """Until everything is found by its words and by its meaning."""
    async with asyncio.timeout(60):
        while (await daemon.ask("get_status"))["index"]["state"] != "ready":
            continue
