"""The line on stderr that says what a command waits for; at a terminal alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from jarvis.cli.render import plain
from jarvis.client import BlockingClient, StreamProgress

SILENCE_S: Final = 300.0
"""As patient as the daemon is with its worker. It tells every few seconds that it waits,
but one of an older version says nothing until the first token."""


class WaitingLine:
    """One line that is written over, and gone in the end."""

    def __init__(self, *, is_shown: bool) -> None:
        """Show nothing yet; nothing at all unless `is_shown`."""
        self._is_shown = is_shown
        self._stands = False
        self._began_s = time.monotonic()

    def show(self, text: str) -> None:
        """Let this stand there; an empty text clears it."""
        if self._is_shown and (text or self._stands):
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)
            self._stands = bool(text)

    def tell(self, progress: StreamProgress) -> None:
        """Say what a stream is at, and how long it was waited for."""
        waited_s = time.monotonic() - self._began_s
        self.show(f"{plain(progress.words)} · {waited_s:.0f} s")

    def make_way(self) -> None:
        """Text comes: where it stands in the same place, nothing more is shown."""
        self.show("")
        self._is_shown = self._is_shown and not sys.stdout.isatty()


@contextmanager
def waiting(client: BlockingClient) -> Iterator[WaitingLine]:
    """A line for a stream of this client, which is waited for as long as it lives."""
    client.timeout_s = SILENCE_S
    line = WaitingLine(is_shown=sys.stderr.isatty())
    try:
        yield line
    finally:
        line.show("")
