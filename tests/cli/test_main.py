"""The command line: help, errors in one sentence, and exit codes a script can use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jarvis import __version__
from jarvis.cli.entry import EXIT_FAILED, EXIT_NOT_RUNNING
from jarvis.cli.main import COMMANDS


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`jarvis` with these arguments."""
    return subprocess.run(
        [sys.executable, "-m", "jarvis", *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, **environment},
        check=False,
    )


def test_help_names_every_command_with_a_sentence() -> None:
    """What a newcomer types first."""
    result = run("--help")
    assert result.returncode == 0
    listed = result.stdout.partition("Commands:")[2]
    for command in COMMANDS:
        (line,) = [row for row in listed.splitlines() if row.split()[:1] == [command]]
        assert len(line.split()) > 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    """`jarvis COMMAND --help` works without a daemon."""
    assert "Usage" in run(command, "--help").stdout


def test_the_version_is_the_packages() -> None:
    """One place says it."""
    assert run("--version").stdout.strip() == f"jarvis {__version__}"


@pytest.mark.parametrize("command", ["ping", "status", "stop"])
def test_without_a_daemon_it_says_so(command: str, short_path: Path) -> None:
    """One sentence on stderr, its own exit code, no traceback."""
    result = run(command, JARVIS_HOME=str(short_path))
    assert result.returncode == EXIT_NOT_RUNNING
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "jarvis serve" in result.stderr


def test_a_misspelled_setting_is_one_sentence(short_path: Path) -> None:
    """Before anything is started."""
    (short_path / "config.toml").write_text('engin = "mlx"')
    result = run("list", JARVIS_HOME=str(short_path))
    assert result.returncode == EXIT_FAILED
    assert 'Did you mean "engine"?' in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_command_is_a_usage_error() -> None:
    """With click's own exit code."""
    result = run("dance")
    assert result.returncode == 2
    assert "No such command" in result.stderr
