"""What people and programs ask of a search that no search expects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.inbox.messages_app import NOW, MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.searches import ready, texts

BOOTS = "did you buy the hiking boots"
HOTPOT = "我们去吃火锅吧"
SMILE = "see you there 😂"


@pytest.fixture
async def daemon(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon that has indexed all of it."""
    for hours, text in enumerate((BOOTS, HOTPOT, SMILE), 1):
        date = NOW + timedelta(hours=9 * hours)
        await asyncio.to_thread(app.write, text, date=date)
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        await ready(daemon)
        yield daemon


async def test_every_query_has_an_answer(daemon: DaemonProcess) -> None:
    """However long, strange or empty it is."""

    async def search(query: str, **params: object) -> Any:
        answer = await daemon.ask("semantic_search", query=query, **params)
        assert "results" in answer, answer
        return answer

    long = await search("hiking boots " * 8_000)  # 100 KB
    assert texts(long)[0] == BOOTS
    assert "too long" in long["reason"]
    for signs in (
        '"',
        "boots AND (",
        "text:boots*",
        "NEAR(boots, 2)",
        "-boots ^x",
        "';--",
    ):
        await search(signs)
    assert texts(await search('hiking" boots'))[0] == BOOTS
    assert SMILE in texts(await search("😂"))
    nothing = await search("?!…")
    assert (nothing["results"], "no word" in nothing["reason"]) == ([], True)
    assert (await search("the of and to"))["reason"] is None
    hotpot = await search("火锅")
    assert texts(hotpot)[0] == HOTPOT
    assert hotpot["mode_used"] == "keyword"
    assert "knows nothing of what was asked" in hotpot["reason"]
    newest = await search("")
    assert texts(newest)[0] == SMILE
    assert texts(await search(" \n\t", limit=1)) == [SMILE]


async def test_filters_that_cannot_be_are_refused_by_their_names(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """With the sentence that mends them; what has no zone is this machine's time."""

    async def refused(**params: object) -> tuple[str, str | None]:
        answer = await daemon.ask("semantic_search", query="boots", **params)
        return answer["data"]["kind"], answer["data"].get("field")

    day = "2025-11-18"
    assert await refused(limit=0) == ("InvalidParams", "limit")
    assert await refused(limit=10_000) == ("InvalidParams", "limit")
    assert await refused(mode="fuzzy") == ("InvalidParams", "mode")
    assert await refused(before="none") == ("InvalidParams", "before")
    assert await refused(threshold=2) == ("InvalidParams", "threshold")
    unknown = {"chat_id": "iMessage;-;nobody"}
    assert (await refused(filters=unknown))[0] == "UnknownChat"
    assert await refused(filters={"after": "soon"}) == (
        "InvalidParams",
        "filters.after",
    )
    upside_down = {"after": "2025-11-19", "before": f"{day}T12:00:00Z"}
    assert await refused(filters=upside_down) == ("InvalidParams", "filters.after")
    for moment in (day, f"{day}T12:00", f"{day}T12:00:00+02:00"):
        filters = {"after": moment, "chat_id": app.chat_guid}
        found = await daemon.ask("semantic_search", query="boots", filters=filters)
        assert BOOTS in texts(found)


async def test_half_a_letter_is_no_question(daemon: DaemonProcess) -> None:
    """JSON can write what no text is; the connection goes on."""
    async with daemon.raw() as client:
        line = (
            r'{"jsonrpc": "2.0", "id": 1, "method": "semantic_search", '
            r'"params": {"query": "boots \ud83d"}}'
        )
        client.writer.write(line.encode() + b"\n")
        answer = await client.line()
        assert answer is not None
        assert "error" in answer or texts(answer["result"])[0] == BOOTS
        client.ask(2, "semantic_search", query="boots")
        assert texts((await client.answer(2))["result"])[0] == BOOTS
