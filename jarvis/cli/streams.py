"""The standard streams made fit for use: none is missing, none refuses a letter."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NAMES: Final = ("stdin", "stdout", "stderr")


def mend_streams() -> None:
    """Make the streams safe to use, before anything is opened or printed."""
    for descriptor, name in enumerate(_NAMES):
        _open_if_closed(descriptor, name)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A latin-1 terminal shows a question mark for an emoji, and the rest.
            stream.reconfigure(errors="replace")


def _open_if_closed(descriptor: int, name: str) -> None:
    """A closed one goes nowhere: else its number is the next socket's, with our words."""
    try:
        os.fstat(descriptor)
    except OSError:
        # The lowest free number is this one.
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if getattr(sys, name) is None:
        mode = "r" if name == "stdin" else "w"
        stream = open(descriptor, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def drop_refused_output() -> None:
    """Give up a stream that takes no more, so that nothing complains of it at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


@contextmanager
def whether_heard_or_not() -> Iterator[None]:
    """What cannot be printed within is let go: the exit code says what counts."""
    try:
        yield
    except OSError:
        drop_refused_output()
