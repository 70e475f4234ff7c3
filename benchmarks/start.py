"""How long from exec to the first ping that says ok, and what commands cost."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.harness import (
    Daemon,
    Row,
    built_inbox,
    row,
    running_daemon,
    short_directory,
    timed_ms,
)
from jarvis.client import BlockingClient
from jarvis.errors import NotRunning

ROUNDS = 15
FLOOR = "import asyncio, msgspec, aiosqlite"
"""What any daemon of this make loads before its first line."""


def measure() -> list[Row]:
    """Daemon to the first ping that says ok, in turns with its floor; two commands."""
    inbox = built_inbox(1000)
    floor, bare, first, help_ms, ping_ms = [], [], [], [], []
    with running_daemon(inbox) as daemon, short_directory() as home:
        ping = [sys.executable, "-m", "jarvis", "ping"]
        environment = {"JARVIS_HOME": str(daemon.home), "PATH": ""}
        _first_ok_ms(inbox, home)  # so that there is a jarvis.db from before
        for _ in range(ROUNDS):
            bare.append(timed_ms(lambda: _run([sys.executable, "-c", "pass"])))
            floor.append(timed_ms(lambda: _run([sys.executable, "-c", FLOOR])))
            first.append(_first_ok_ms(inbox, home))
            help_ms.append(
                timed_ms(lambda: _run([sys.executable, "-m", "jarvis", "--help"]))
            )
            ping_ms.append(timed_ms(lambda: _run(ping, environment)))
    alone, loaded = row("bare python", bare), row(FLOOR, floor)
    return [
        loaded,
        row("exec to the first ping that says ok", first, floor=loaded, goal="<= 1.6"),
        alone,
        row("jarvis --help", help_ms, floor=alone, goal="<= 80 ms"),
        row("jarvis ping", ping_ms, floor=alone, goal="<= 60 ms"),
    ]


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def _first_ok_ms(inbox: Path, home: Path) -> float:
    command = [
        *(sys.executable, "-m", "jarvis", "serve", "--home", str(home)),
        *("--chat-db", f"{inbox}/chat.db", "--contacts-db", f"{inbox}/AddressBook"),
    ]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    daemon = Daemon(home, process)
    while True:
        with suppress(NotRunning), BlockingClient(daemon.socket) as client:
            if client.call("ping")["status"] == "ok":
                break
        time.sleep(0.001)
    took_ms = (time.perf_counter() - begin) * 1000
    process.terminate()
    process.wait(20)
    return took_ms
