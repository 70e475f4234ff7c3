"""Runs a command line: what its words ask for, and how errors end it.

A daemon starts without click, and so without the table of all commands.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from jarvis.cli.sentences import sentence_of
from jarvis.cli.streams import drop_refused_output, mend_streams, whether_heard_or_not
from jarvis.errors import ConnectionLost, NotRunning

EXIT_FAILED: Final = 1
"""It could not be done; or what was to be printed could not."""
EXIT_NOT_RUNNING: Final = 3
"""No daemon answers."""
EXIT_INTERRUPTED: Final = 130


def main() -> None:
    """Run the command line; whatever ends it is one sentence and an exit code."""
    mend_streams()
    try:
        code = _run(sys.argv[1:])
    except (Exception, KeyboardInterrupt) as error:
        code = _told(error)
    sys.exit(code)


def _run(words: list[str]) -> Any:
    """Do what the words say; the exit code."""
    if words[:1] == ["serve"]:
        from jarvis.cli import serving

        if (flags := serving.plain_flags(words[1:])) is not None:
            return serving.serve(**flags)
    from jarvis.cli.main import check_letters, jarvis

    check_letters(words)
    return jarvis.main(standalone_mode=False)


def _told(error: BaseException) -> int:
    """Say what went wrong to whoever can still hear it; the exit code."""
    import click

    drop_refused_output()
    with whether_heard_or_not():
        if isinstance(error, click.ClickException):
            error.show()
        elif isinstance(error, click.Abort):
            pass  # the person knows
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
