"""How commands reach the daemon: settings and a connection."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jarvis.client import BlockingClient
from jarvis.config import load_settings
from jarvis.errors import NotRunning


def socket_path() -> Path:
    """Where the daemon of this home listens."""
    return load_settings().socket


def connect(*, start: bool) -> BlockingClient:
    """A connection to the daemon, which is started first where `start` says so.

    Raises:
        NotRunning: nobody listens and nobody could be started.
    """
    path = socket_path()
    try:
        return BlockingClient(path)
    except NotRunning:
        if not start:
            raise
    from jarvis.client import start_daemon

    start_daemon()
    return BlockingClient(path)


def print_json(value: object) -> None:
    """One JSON value, indented, for scripts."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)  # escaped, where the letters are too few
    click.echo(text)
