"""The `jarvis` command: its subcommands, one file each, and how errors end it.

Whatever is heavy is imported inside the command that needs it.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

import click

from jarvis import __version__
from jarvis.cli.sentences import sentence_of
from jarvis.cli.streams import drop_refused_output, mend_streams, whether_heard_or_not
from jarvis.errors import ConnectionLost, NotRunning

COMMANDS: Final = (
    "tui",
    "demo",
    "list",
    "draft",
    "send",
    "summarize",
    "models",
    "ping",
    "status",
    "serve",
    "stop",
    "forget",
    "eval",
)

EXIT_FAILED: Final = 1
"""It could not be done; or what was to be printed could not."""
EXIT_NOT_RUNNING: Final = 3
"""No daemon answers."""
EXIT_INTERRUPTED: Final = 130


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


def main() -> None:
    """Run the command line; whatever ends it is one sentence and an exit code."""
    mend_streams()
    try:
        _check_letters(sys.argv[1:])
        code = jarvis.main(standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        code = _told(error)
    sys.exit(code)


def _check_letters(words: list[str]) -> None:
    """Raises UsageError where a word's bytes are no text: nothing could be done with it."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(word).decode(errors="backslashreplace")
            raise click.UsageError(f"{shown} is not text in UTF-8.") from None


def _told(error: BaseException) -> int:
    """Say what went wrong to whoever can still hear it; the exit code."""
    drop_refused_output()
    with whether_heard_or_not():
        if isinstance(error, click.ClickException):
            error.show()
        elif (sentence := sentence_of(error)) is not None:
            click.echo(f"jarvis: {sentence}", err=True)
    match error:
        case click.ClickException():
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return EXIT_INTERRUPTED
        case NotRunning() | ConnectionLost():
            return EXIT_NOT_RUNNING
    return EXIT_FAILED
