"""The `jarvis` command as click reads it: its subcommands, one file each.

Whatever is heavy is imported inside the command that needs it.
"""

from __future__ import annotations

import importlib
import os
from typing import Final

import click

from jarvis import __version__

COMMANDS: Final = (
    "tui",
    "demo",
    "list",
    "search",
    "draft",
    "send",
    "summarize",
    "voice",
    "models",
    "prefetch",
    "ping",
    "status",
    "serve",
    "stop",
    "index",
    "forget",
    "eval",
)


class _Commands(click.Group):
    """Subcommands by file: `jarvis NAME` is `command` in jarvis/cli/NAME.py."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = "list_" if cmd_name == "list" else cmd_name
        command = importlib.import_module(f"jarvis.cli.{module}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="jarvis %(version)s")
def jarvis() -> None:
    """A local assistant for Apple Messages: everything stays on this machine."""


def check_letters(words: list[str]) -> None:
    """Raises UsageError where a word's bytes are no text: nothing could be done with it."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(word).decode(errors="backslashreplace")
            raise click.UsageError(f"{shown} is not text in UTF-8.") from None
