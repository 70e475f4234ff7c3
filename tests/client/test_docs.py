"""The examples of docs/client.md, each run as it stands against a real daemon."""

from __future__ import annotations

import asyncio
import doctest
import re
import sys
from pathlib import Path

from jarvis.client import Client
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import living, on_inbox

PAGE = Path(__file__).parents[2] / "docs" / "client.md"


def examples() -> list[str]:
    """The fenced blocks of Python."""
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.M)


async def run(example: str, socket: Path) -> str:
    """What it prints, in a process of its own that treats warnings as errors."""
    code = f"from pathlib import Path\nsocket_path = Path({str(socket)!r})\n{example}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", code),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(30):
            out, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, errors.decode()
    return out.decode()


async def test_every_example_runs_and_says_something(
    app: MessagesApp, short_path: Path
) -> None:
    """On a generated inbox into which one message is written."""
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        assert (await daemon.ask("subscribe"))["seq"] == 0
        await asyncio.to_thread(app.write, "are you there?")
        said = [await run(example, daemon.socket) for example in examples()]
    listed, failed, _, told, summed, told_plainly = said
    assert len(listed.splitlines()) == 3
    assert "False" in failed
    assert told == "new_message 1 are you there?\n"
    assert "UnknownChat" in summed
    assert told_plainly == "new_message 1\n"
    assert all(said)


async def test_the_example_beside_the_client_runs_too(
    app: MessagesApp, short_path: Path
) -> None:
    """What its docstring shows is what happens."""
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        names = {"asyncio": asyncio, "Client": Client, "socket_path": daemon.socket}
        (example,) = doctest.DocTestFinder(recurse=False).find(Client, globs=names)
        run = doctest.DocTestRunner().run
        failed, tried = await asyncio.to_thread(run, example)
    assert (failed, tried) == (0, 2)
