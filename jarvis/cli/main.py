"""The `jarvis` command: its subcommands, one file each, and how errors end it.

Whatever is heavy is imported inside the command that needs it.
"""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from jarvis import __version__
from jarvis.errors import ConnectionLost, JarvisError, NotRunning

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
"""Jarvis answered, and the answer is an error."""
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
    """Run the command line; an error is one sentence and an exit code."""
    try:
        jarvis.main(standalone_mode=False)
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    except (NotRunning, ConnectionLost) as error:
        click.echo(f"jarvis: {error}", err=True)
        sys.exit(EXIT_NOT_RUNNING)
    except JarvisError as error:
        click.echo(f"jarvis: {error}", err=True)
        sys.exit(EXIT_FAILED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; a second complaint at exit helps nobody
        sys.exit(EXIT_FAILED)
