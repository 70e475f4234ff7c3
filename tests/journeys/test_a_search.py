"""A search, from the first row of an index to a hit, and what happens to it later."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from jarvis.demo.typedstream import encode
from jarvis.stores.apple_time import to_apple_ns
from tests.daemon.inbox.messages_app import NOW, MessagesApp
from tests.journeys.daemon_process import living, on_inbox
from tests.journeys.searches import ready, texts, until

SURGERY = "the doctor says my knee needs surgery"
BOOTS = "did you buy the hiking boots"


async def write(app: MessagesApp, text: str, hours: int) -> int:
    """A message, so long after the others; its ROWID."""
    date = NOW + timedelta(hours=hours)
    (rowid,) = await asyncio.to_thread(app.write, text, date=date)
    return rowid


async def test_what_was_written_is_found_by_its_words_and_by_its_meaning(
    app: MessagesApp, short_path: Path
) -> None:
    """With nothing to download; the answer says how it was found and how far it goes."""
    knee = await write(app, SURGERY, 1)
    boots = await write(app, BOOTS, 9)
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        await ready(daemon)
        found = await daemon.ask("semantic_search", query="hiking boots")
        best = found["results"][0]
        assert best["message"]["id"] == boots
        assert best["match"] in ("keyword", "both")
        lit = [best["message"]["text"][start:end] for start, end in best["highlights"]]
        assert lit == ["hiking", "boots"]
        assert found["indexed"] == found["total"] > 0
        found = await daemon.ask("semantic_search", query="hospital operation leg")
        assert found["mode_used"] == "semantic"
        assert found["model"] == "static"
        assert found["reason"] is None
        assert knee in [hit["message"]["id"] for hit in found["results"][:3]]
        metrics = await daemon.ask("get_routing_metrics")
        assert metrics["methods"]["semantic_search"]["n"] >= 2
        log = await asyncio.to_thread((daemon.home / "daemon.log").read_text)
        assert "boots" not in log
        assert "knee" not in log


async def test_what_comes_changes_and_goes_is_followed(
    app: MessagesApp, short_path: Path
) -> None:
    """New mail is found at once; what was edited or deleted is not found as it was."""
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        await ready(daemon)
        boots = await write(app, BOOTS, 1)
        found = await until(daemon, lambda found: BOOTS in texts(found), "hiking boots")
        assert found["results"][0]["message"]["id"] == boots
        edited = {"attributedBody": encode("wrong chat, sorry")}
        await asyncio.to_thread(
            app.update, boots, date_edited=to_apple_ns(NOW), **edited
        )
        await until(daemon, lambda found: BOOTS not in texts(found), "hiking boots")
        await until(
            daemon,
            lambda found: "wrong chat, sorry" in texts(found),
            '"wrong chat, sorry"',
        )
        await asyncio.to_thread(app.move_to_recently_deleted, boots)
        await until(
            daemon,
            lambda found: "wrong chat, sorry" not in texts(found),
            '"wrong chat, sorry"',
        )


async def test_new_mail_is_found_by_what_it_means(
    app: MessagesApp, short_path: Path
) -> None:
    """Seconds after it came, and once more by a daemon that starts on that index."""
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        await ready(daemon)
        await write(app, SURGERY, 1)
        await until(
            daemon, lambda found: SURGERY in texts(found), "hospital operation leg"
        )
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        await until(
            daemon, lambda found: SURGERY in texts(found), "hospital operation leg"
        )


async def test_a_question_that_was_taken_back_holds_up_nobody(
    app: MessagesApp, short_path: Path
) -> None:
    """Who types on asks anew on the same connection and is answered."""
    await write(app, BOOTS, 1)
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        await ready(daemon)
        async with daemon.raw() as client:
            for number in range(1, 60):
                client.ask(number, "semantic_search", query=BOOTS[: number % 28 + 1])
                cancel = {"method": "$/cancelRequest", "params": {"id": number}}
                line = json.dumps({"jsonrpc": "2.0", **cancel})
                client.writer.write(line.encode() + b"\n")
            client.ask(60, "semantic_search", query="hiking boots")
            answer = await client.answer(60)
        assert texts(answer["result"])[0] == BOOTS


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which Linux has")
async def test_words_alone_load_no_arithmetic(
    app: MessagesApp, short_path: Path
) -> None:
    """numpy comes into the daemon with the first question for a meaning, and no sooner."""
    await write(app, BOOTS, 1)
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        maps = Path(f"/proc/{daemon.process.pid}/maps")
        await ready(daemon)
        await until(
            daemon, lambda found: BOOTS in texts(found), "boots", mode="keyword"
        )
        assert "numpy" not in await asyncio.to_thread(maps.read_text)
        await daemon.ask("semantic_search", query="boots")
        assert "numpy" in await asyncio.to_thread(maps.read_text)
