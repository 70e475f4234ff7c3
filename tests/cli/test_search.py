"""`jarvis search`: who, where, when and what, and how far it can be trusted."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.daemon.inbox.messages_app import NOW, MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.searches import ready

BOOTS = "did you buy the hiking boots"


@pytest.fixture
async def daemon(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon that has indexed all of it."""
    await asyncio.to_thread(app.write, BOOTS, "which ones?\x1b[31m", date=NOW)
    later = NOW + timedelta(days=1)
    await asyncio.to_thread(app.write, "my boots are wet", date=later, from_me=True)
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        await ready(daemon)
        yield daemon


async def search(
    daemon: DaemonProcess, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command against this daemon."""
    command = [sys.executable, "-m", "jarvis", "search", *words]
    environment = {**os.environ, "JARVIS_HOME": str(daemon.home), **environment}
    return await asyncio.to_thread(
        lambda: subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=50
        )
    )


async def test_a_hit_tells_who_where_when_and_what(daemon: DaemonProcess) -> None:
    """With what stands beside it; nothing that somebody wrote steers the terminal."""
    done = await search(daemon, "hiking", "boots")
    assert done.returncode == 0
    heading, *lines = done.stdout.split("\n\n")[0].splitlines()
    assert "01 Mar 2026" in heading
    assert f"  {BOOTS}" in lines
    assert any("which ones?" in line for line in lines)
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


async def test_filters_are_options(daemon: DaemonProcess, app: MessagesApp) -> None:
    """By the names that people give; "me" is who asks."""
    mine = await search(daemon, "boots", "--from", "me", "--chat", app.chat_guid)
    assert "my boots are wet" in mine.stdout
    assert "You" in mine.stdout
    assert f"  {BOOTS}" not in mine.stdout.splitlines()
    span = ("--after", "2026-02-28", "--before", "2026-03-02")
    before = await search(daemon, "boots", *span)
    assert f"  {BOOTS}" in before.stdout.splitlines()
    assert "  my boots are wet" not in before.stdout.splitlines()
    files = await search(daemon, "boots", "--has-attachment", "--chat", app.chat_guid)
    assert BOOTS not in files.stdout


async def test_json_is_the_answer_as_it_came(daemon: DaemonProcess) -> None:
    """For scripts."""
    done = await search(daemon, "boots", "--json", "--limit", "1", "--mode", "keyword")
    found = json.loads(done.stdout)
    assert len(found["results"]) == 1
    assert found["mode_used"] == "keyword"


async def test_what_the_answer_lacks_is_said_beside_it(daemon: DaemonProcess) -> None:
    """On stderr, so that a pipe gets hits alone."""
    nothing = await search(daemon, "xyzzy", "--mode", "keyword")
    assert (nothing.stdout, nothing.stderr) == ("", "Nothing was found.\n")
    more = await search(daemon, "--limit", "1")
    assert "There is more" in more.stderr
    script = await search(daemon, "火锅")
    assert script.stderr.startswith("Nothing was found.\nSearched by words only.\n")
    assert "knows nothing of what was asked" in script.stderr


async def test_what_cannot_be_is_one_sentence_and_a_code(daemon: DaemonProcess) -> None:
    """As every command ends."""
    day = await search(daemon, "boots", "--after", "soon")
    assert day.returncode == 2
    assert "is no date" in day.stderr
    limit = await search(daemon, "boots", "--limit", "0")
    assert limit.returncode == 1
    assert limit.stderr.startswith("jarvis: Invalid params")
    chat = await search(daemon, "boots", "--chat", "nobody at all")
    assert chat.returncode == 1
    assert 'No conversation fits "nobody at all"' in chat.stderr
    span = await search(
        daemon, "boots", "--after", "2026-03-02", "--before", "2026-03-01"
    )
    assert span.returncode == 1
    assert "nothing can lie between" in span.stderr
