"""What a page costs between the socket's bytes in and out, in counts."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.pushing import pushing
from tests.daemon.server import RawClient


async def page(client: RawClient, chat_id: str) -> None:
    """Ask for the newest page and read it."""
    client.ask("p", "list_messages", chat_id=chat_id)
    answer = await client.answer("p")
    assert answer["result"]["messages"]


async def test_a_page_takes_one_task_and_one_trip_to_a_thread(
    app: MessagesApp, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each trip back wakes the loop; a second one would cost as much as 50 rows."""
    loop, counts = asyncio.get_running_loop(), Counter[str]()
    back, begin = loop.call_soon_threadsafe, loop.create_task

    def counted_back(*args: object, **options: object) -> object:
        counts["trips"] += 1
        return back(*args, **options)  # type: ignore[arg-type]  # as they came

    def counted_begin(*args: object, **options: object) -> object:
        counts["tasks"] += 1
        return begin(*args, **options)  # type: ignore[arg-type]  # as they came

    async with pushing(short_path / "s", app) as server, server.client() as client:
        await page(client, app.chat_guid)
        client.ask("s", "get_status")  # what the first page has built is there by now
        await client.answer("s")
        monkeypatch.setattr(loop, "call_soon_threadsafe", counted_back)
        monkeypatch.setattr(loop, "create_task", counted_begin)
        seen = []
        for _ in range(5):  # what else was begun may still end
            counts.clear()
            await page(client, app.chat_guid)
            seen.append((counts["trips"], counts["tasks"]))
        monkeypatch.undo()
    assert min(seen) == (1, 1)
