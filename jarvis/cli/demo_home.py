"""The demo's home: inbox, daemon and live mail brought up, and taken down again."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jarvis.cli.connect import end
from jarvis.client import BlockingClient, start_daemon
from jarvis.daemon.home import prepare_home
from jarvis.errors import ConnectionLost, JarvisError, NotRunning
from jarvis.processes import python, run_to_end, start_unheard

if TYPE_CHECKING:
    from subprocess import Popen

MODEL: Final = Path(__file__).parent.parent / "demo" / "model"
MAIL_EVERY_S: Final = 6
TOUR_MAIL_EVERY_S: Final = 2
"""Who reads along waits for the next message only to see that one comes."""
IDLE_EXIT_S: Final = 60
"""Should the demo be killed, its daemon is gone a minute later."""


class DemoHome:
    """One demo: `bring_up` once, `take_down` at the end, whatever happened between."""

    def __init__(self, home: Path, *, mail_every_s: int = MAIL_EVERY_S) -> None:
        self.home = home
        self._mail_every_s = mail_every_s
        self._mail: Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """Where the demo's daemon listens."""
        return self.home / "jarvis.sock"

    @property
    def _inbox(self) -> Path:
        return self.home / "Messages"

    def bring_up(self) -> None:
        """Make a fresh inbox, start a daemon on it and let mail come in.

        Raises:
            ConfigError: its home cannot be used.
            NotRunning: the daemon could not start; the sentence is its own.
        """
        prepare_home(self.home)
        self.take_down()  # of an earlier demo, or one whose daemon was killed
        _jarvis("demo", "inbox", str(self._inbox))
        start_daemon(
            [
                *("--home", str(self.home)),
                *("--socket", str(self.socket)),
                *("--chat-db", str(self._inbox / "chat.db")),
                *("--contacts-db", str(self._inbox / "AddressBook")),
                *("--engine", demo_engine(), "--model", str(MODEL)),
                *("--sender", "demo"),
            ],
            idle_exit_s=IDLE_EXIT_S,
        )
        play = ("-m", "jarvis", "demo", "play", str(self._inbox))
        self._mail = start_unheard(
            python(*play, "--every", str(self._mail_every_s)), environment=os.environ
        )

    def take_down(self) -> None:
        """End the mail and the daemon; the inbox stays to be looked at."""
        if self._mail is not None:
            self._mail.terminate()
            self._mail.wait(10)
            self._mail = None
        self._end_daemon()

    def _end_daemon(self) -> None:
        """Ask a daemon of this demo to end, and wait until it has hung up."""
        with (
            contextlib.suppress(NotRunning, ConnectionLost),
            BlockingClient(self.socket) as client,
        ):
            end(client)


def demo_engine() -> str:
    """mlx with the demo's own model where it is installed, else scripted text."""
    return "mlx" if importlib.util.find_spec("mlx_lm") is not None else "scripted"


@contextmanager
def demo_running(home: Path) -> Iterator[DemoHome]:
    """A demo that is up within the block, for the tour."""
    demo = DemoHome(home, mail_every_s=TOUR_MAIL_EVERY_S)
    try:
        demo.bring_up()
        yield demo
    finally:
        demo.take_down()


def open_demo(home: Path, *, theme: str) -> int:
    """The terminal client on a demo, in that theme; the exit code."""
    import asyncio

    from jarvis.tui.launch import run_tui

    demo = DemoHome(home)

    async def start() -> None:
        await asyncio.to_thread(demo.bring_up)

    try:
        return run_tui(demo.socket, start=start, demo=True, theme_setting=theme)
    finally:
        demo.take_down()


def _jarvis(*arguments: str) -> None:
    """Run another jarvis command, in a process of its own, to its end."""
    done = run_to_end(python("-m", "jarvis", *arguments), environment=os.environ)
    if done.returncode:
        complaint = done.stderr.strip().removeprefix("jarvis: ")
        raise JarvisError(complaint or f"{' '.join(arguments[:2])} failed.")
