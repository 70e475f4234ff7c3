"""A real terminal with a program on it: what is typed, what is painted, how it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
FAKED = """
import sys
from jarvis.tui.app import JarvisApp
from tests.tui.fake import FakeClient
client = FakeClient()
client.connect()
app = JarvisApp(client)
app.run()
sys.exit(app.return_code)
"""
"""The screen on a client that a test plays, without a daemon."""
WITHIN_S = 30.0


class Terminal:
    """Our end of a pty, and the program that has the other one."""

    def __init__(self, process: subprocess.Popen[bytes], ours: int) -> None:
        self.process = process
        self.painted = b""
        """Everything, from the first byte."""
        self.answers: Callable[[bytes], bytes] = lambda _: b""
        """What a terminal answers by itself to what was painted."""
        self._ours = ours
        self._end_s = time.monotonic() + WITHIN_S

    def type(self, keys: bytes) -> None:
        """All of it in one write, as when somebody types ahead."""
        os.write(self._ours, keys)

    def read(self) -> None:
        """Take what is painted by now, or wait for a moment that something is."""
        is_in_time = time.monotonic() < self._end_s
        assert is_in_time, (self.process.poll(), self.painted[-4000:])
        if select.select([self._ours], [], [], 0.05)[0]:
            with suppress(OSError):  # so Linux says that nobody paints any more
                painted = os.read(self._ours, 65_536)
                self.painted += painted
                self.type(self.answers(painted))

    def until(self, is_so: Callable[[], bool]) -> None:
        """Read on until it is so."""
        while not is_so():
            self.read()

    def until_painted(self, *cues: bytes, after: int = 0) -> int:
        """Read on until all of this was painted; how much was by then."""
        self.until(lambda: all(cue in self.painted[after:] for cue in cues))
        return len(self.painted)

    def stop(self) -> None:
        """Let the whole process stand still."""
        self.process.send_signal(signal.SIGSTOP)
        self.until(self.is_stopped)

    def go_on(self) -> None:
        """And go on."""
        self.process.send_signal(signal.SIGCONT)

    def is_stopped(self) -> bool:
        """Whether it stands still by now."""
        return psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED

    def is_raw(self) -> bool:
        """Whether keys come one by one and unseen, as a screen wants them."""
        return not termios.tcgetattr(self._ours)[3] & (termios.ICANON | termios.ECHO)

    def hang_up(self) -> None:
        """The window is closed."""
        os.close(self._ours)
        self._ours = -1

    def ended(self) -> int:
        """The exit code; what it paints at last is read."""
        while self.process.poll() is None:
            if self._ours < 0:
                return self.process.wait(WITHIN_S)
            self.read()
        return self.process.returncode

    def close(self) -> None:
        """Let nothing of it stay."""
        self.process.kill()
        self.process.wait(10)
        if self._ours >= 0:
            os.close(self._ours)


@contextmanager
def at_a_terminal(
    environment: Mapping[str, str] | None = None,
    *,
    command: list[str] | None = None,
    folder: Path | None = None,
) -> Iterator[Terminal]:
    """A program that has a terminal of its own; a faked screen where none is named."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 110, 0, 0))
    process = subprocess.Popen(
        command or [sys.executable, "-c", FAKED],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={
            **os.environ,
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        },
        cwd=folder,
        start_new_session=True,
    )
    os.close(theirs)
    terminal = Terminal(process, ours)
    try:
        yield terminal
    finally:
        terminal.close()
