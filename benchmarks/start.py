"""How long a daemon takes to its first ok, a worker to its first token, and commands."""

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
from jarvis.cli.demo_home import MODEL
from jarvis.client import BlockingClient
from jarvis.errors import NotRunning
from jarvis.inference.models.folder import read_model
from jarvis.inference.models.selection import mlx_is_installed
from tests.inference.child import running_worker
from tests.inference.sample import reply_prompt

ROUNDS = 15
FLOOR = "import asyncio, msgspec, aiosqlite"
"""What any daemon of this make loads before its first line."""


def measure() -> list[Row]:
    """Daemon and worker in turns with their floors; two commands."""
    inbox = built_inbox(1000)
    floor, bare, first, help_ms, ping_ms = [], [], [], [], []
    workers: list[tuple[float, float]] = []
    with running_daemon(inbox) as daemon, short_directory() as home:
        ping = [sys.executable, "-m", "jarvis", "ping"]
        environment = {"JARVIS_HOME": str(daemon.home), "PATH": ""}
        _first_ok_ms(inbox, home)  # so that there is a jarvis.db from before
        for _ in range(ROUNDS):
            bare.append(timed_ms(lambda: _run([sys.executable, "-c", "pass"])))
            floor.append(timed_ms(lambda: _run([sys.executable, "-c", FLOOR])))
            first.append(_first_ok_ms(inbox, home))
            if mlx_is_installed():
                workers.append(_worker_ms(home / "worker.log"))
            help_ms.append(
                timed_ms(lambda: _run([sys.executable, "-m", "jarvis", "--help"]))
            )
            ping_ms.append(timed_ms(lambda: _run(ping, environment)))
    alone, loaded = row("bare python", bare), row(FLOOR, floor)
    names = ("exec of a worker to the demo's model loaded", "to its first token")
    return [
        loaded,
        row("exec to the first ping that says ok", first, floor=loaded, goal="<= 1.6"),
        alone,
        row("jarvis --help", help_ms, floor=alone, goal="<= 80 ms"),
        row("jarvis ping", ping_ms, floor=alone, goal="<= 60 ms"),
        *(
            row(name, [*took], floor=alone, goal="<= 20 x")
            for name, took in zip(names, zip(*workers, strict=True), strict=False)
        ),
    ]


def _worker_ms(log: Path) -> tuple[float, float]:
    """From its start until the model is loaded, and until the first token is here."""
    begin = time.perf_counter()
    with running_worker(log) as worker:
        worker.answer(worker.ask("load", read_model(MODEL)))
        loaded_ms = (time.perf_counter() - begin) * 1000
        asked = worker.ask("generate", reply_prompt(max_tokens=1))
        while not worker.tokens(asked):
            worker.read()
        return loaded_ms, (time.perf_counter() - begin) * 1000


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
            # On one connection: each new one would be work for a daemon that starts.
            while client.call("ping")["status"] != "ok":
                time.sleep(0.002)
            break
        time.sleep(0.002)
    took_ms = (time.perf_counter() - begin) * 1000
    process.terminate()
    process.wait(20)
    return took_ms
