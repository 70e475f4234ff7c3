"""`jarvis serve` as click reads it: with help, and sentences for flags that are wrong."""

from __future__ import annotations

import os
from typing import Any

import click

from jarvis.cli import serving


def _flag(name: str) -> click.Option:
    kind, explained = serving.FLAGS[name]
    shown = click.Path() if kind is os.fspath else kind
    return click.Option([name], type=shown, help=explained, hidden=explained is None)


def _serve(**flags: Any) -> None:
    serving.serve(**flags)


command = click.Command(
    "serve",
    params=[_flag(name) for name in serving.FLAGS],
    callback=_serve,
    help="Serve the socket until stopped (Ctrl-C, SIGTERM or `jarvis stop`).",
)
