"""How long the terminal client takes to show something, and to be of use, in a real pty."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from benchmarks.harness import Row, built_inbox, row, running_daemon

ROUNDS = 10
SIZE = struct.pack("4H", 40, 120, 0, 0)
HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self): yield Static("floor-is-painted")
Hello().run()
"""


def measure() -> list[Row]:
    """First paint and first conversation on screen, over a Textual app of one line."""
    hello, first, usable = [], [], []
    with (
        running_daemon(built_inbox(100_000)) as daemon,
        tempfile.TemporaryDirectory() as directory,
    ):
        script = Path(directory) / "hello.py"
        script.write_text(HELLO)
        with daemon.connect() as client:
            newest = client.call("list_conversations", limit=1)["conversations"][0]
        wanted = newest["display_name"][:10].encode()
        environment = {**os.environ, "JARVIS_HOME": str(daemon.home)}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        for _ in range(ROUNDS):
            hello.append(
                _until_seen([sys.executable, str(script)], environment, b"floor")[1]
            )
            command = [sys.executable, "-m", "jarvis", "tui"]
            painted_ms, usable_ms = _until_seen(command, environment, wanted)
            first.append(painted_ms)
            usable.append(usable_ms)
    floor = row("a Textual app of one line, painted", hello)
    return [
        floor,
        row("first paint", first, floor=floor, goal="<= 1.4 x"),
        row(
            "usable: the newest conversation shown",
            usable,
            floor=floor,
            goal="<= 1.7 x",
        ),
    ]


def _until_seen(
    command: list[str], environment: dict[str, str], wanted: bytes
) -> tuple[float, float]:
    """Milliseconds from exec to the first frame, and to these bytes on the screen."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, SIZE)
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    try:
        return _read_until(ours, wanted, begin)
    finally:
        process.terminate()
        process.wait(10)
        os.close(ours)


def _read_until(screen: int, wanted: bytes, begin: float) -> tuple[float, float]:
    seen, painted_ms = b"", None
    while time.perf_counter() - begin < 20:
        if not select.select([screen], [], [], 1)[0]:
            continue
        seen += os.read(screen, 1 << 16)
        now_ms = (time.perf_counter() - begin) * 1000
        if painted_ms is None and (
            "─" in seen.decode(errors="ignore") or wanted in seen
        ):
            painted_ms = now_ms
        if wanted in seen:
            return painted_ms or now_ms, now_ms
    raise RuntimeError("the screen never showed what was waited for")
