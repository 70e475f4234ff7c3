"""How long from exec to the first answered ping, and what commands cost."""

from __future__ import annotations

import subprocess
import sys
import time

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


def measure() -> list[Row]:
    """Daemon to first ping; `jarvis --help` and `jarvis ping`, over a bare Python."""
    inbox = built_inbox(1000)
    bare, first, help_ms, ping_ms = [], [], [], []
    with running_daemon(inbox) as daemon:
        ping = [sys.executable, "-m", "jarvis", "ping"]
        environment = {"JARVIS_HOME": str(daemon.home), "PATH": ""}
        for _ in range(ROUNDS):
            bare.append(timed_ms(lambda: _run([sys.executable, "-c", "pass"])))
            first.append(_first_ping_ms(inbox))
            help_ms.append(
                timed_ms(lambda: _run([sys.executable, "-m", "jarvis", "--help"]))
            )
            ping_ms.append(timed_ms(lambda: _run(ping, environment)))
    floor = row("bare python", bare)
    return [
        floor,
        row("exec to first answered ping", first, floor=floor, goal="<= 200 ms"),
        row("jarvis --help", help_ms, floor=floor, goal="<= 80 ms"),
        row("jarvis ping", ping_ms, floor=floor, goal="<= 60 ms"),
    ]


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def _first_ping_ms(inbox: object) -> float:
    with short_directory() as home:
        command = [
            *(sys.executable, "-m", "jarvis", "serve", "--home", str(home)),
            *("--chat-db", f"{inbox}/chat.db"),
        ]
        begin = time.perf_counter()
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        daemon = Daemon(home, process)
        while True:
            try:
                with BlockingClient(daemon.socket) as client:
                    client.call("ping")
                break
            except NotRunning:
                time.sleep(0.001)
        took_ms = (time.perf_counter() - begin) * 1000
        process.terminate()
        process.wait(20)
        return took_ms
