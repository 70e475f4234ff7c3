"""The one place where Jarvis starts a process: its folder, its environment, its Python.

What lies in the folder that somebody happens to stand in is not Jarvis's: no process of
ours reads modules there, keeps a volume busy, or is born with the caller's variables. A
daemon lives for days; it is the same whoever's shell was the first to need it.
"""

from __future__ import annotations

import errno
import os
import site
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jarvis

if TYPE_CHECKING:
    from asyncio.subprocess import Process

FOLDER: Final = "/"
"""Where they run: no volume that anybody wants to eject, no folder that can go away."""

DEVNULL: Final = subprocess.DEVNULL
PIPE: Final = subprocess.PIPE
STDOUT: Final = subprocess.STDOUT

_KEPT: Final = frozenset(
    {
        # who and where
        *("HOME", "USER", "LOGNAME", "SHELL", "PATH", "TMPDIR", "TMP", "TEMP"),
        # language, letters and clock
        *("LANG", "LANGUAGE", "TZ", "__CF_USER_TEXT_ENCODING"),
        # the way to the hub, and whom to trust there
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        # without these some Pythons do not start at all
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
    }
)
_KEPT_FAMILIES: Final = (
    *("JARVIS_", "LC_", "XDG_", "HF_", "MLX_", "CUDA_"),
    *("OMP_", "OPENBLAS_", "MKL_", "VECLIB_", "TOKENIZERS_", "TRANSFORMERS_"),
)


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Of these variables, those that a process of Jarvis is born with.

    A list of what passes, not of what does not: PYTHONPATH, PYTHONSTARTUP, LD_PRELOAD and
    whatever else makes a program run code of somebody's are not on it, nor are the keys
    and tokens that a shell may hold. docs/security.md says so to people.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() in _KEPT or name.startswith(_KEPT_FAMILIES)
    }
    if _SOURCE_TREE is not None:
        kept["PYTHONPATH"] = _SOURCE_TREE
    return kept


def _source_tree() -> str | None:
    """Where this package lies, unless it is installed.

    Installed packages are found anyway, and must not come before the standard library.
    """
    path = os.path.realpath(Path(__file__).parent.parent)
    installed = [*site.getsitepackages(), site.getusersitepackages()]
    return None if path in map(os.path.realpath, installed) else path


_SOURCE_TREE: Final = _source_tree()


def is_replaced() -> bool:
    """Whether the files of this program are gone, or are others than when it began."""
    return _files() != _FILES


def _files() -> tuple[tuple[int, int, int], ...] | None:
    """What tells this package and this Python from any that take their place."""
    try:
        found = [os.stat(path) for path in (sys.executable, jarvis.__file__)]
    except OSError:
        return None
    return tuple((each.st_dev, each.st_ino, each.st_mtime_ns) for each in found)


_FILES: Final = _files()


def python(*arguments: str) -> list[str]:
    """The words that run this Python, without the current folder on its path."""
    return [sys.executable, "-P", *arguments]


def start_unheard(
    words: Sequence[str],
    *,
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    is_detached: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a process that hears nothing and whose output nobody reads.

    A detached one has no terminal, and goes on when this process ends.

    Raises:
        OSError: it cannot be started.
    """
    return subprocess.Popen(
        words,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
        pass_fds=pass_fds,
        start_new_session=is_detached,
        cwd=FOLDER,
        env=own_environment(environment),
    )


_TIED: Final = """
exec 3<&0
"$@" 3<&- &
child=$!
trap 'kill "$child"' TERM
{ read -r _ <&3; kill "$child"; } 2>/dev/null &
wait "$child"
"""
"""A shell that runs a program, and ends it when its own standard input is closed."""


def start_tied(
    words: Sequence[str], *, environment: Mapping[str, str]
) -> Callable[[], bool]:
    """Start a program that ends with this process, however that ends; whether it has.

    A program that watches nobody would outlive a process that is killed. Its output goes
    where ours does.

    Raises:
        OSError: it cannot be started.
    """
    shell = subprocess.Popen(
        ["/bin/sh", "-c", _TIED, "sh", *words],
        stdin=PIPE,
        cwd=FOLDER,
        env=own_environment(environment),
    )
    return lambda: shell.poll() is not None


def run_to_end(
    words: Sequence[str],
    *,
    environment: Mapping[str, str],
    within_s: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a process to its end; its exit code, and what it said.

    Raises:
        OSError: it cannot be started, or takes too long (TimeoutError) and was ended.
    """
    try:
        return _run(words, environment, within_s)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(errno.ETIMEDOUT, "it takes too long") from error


def _run(
    words: Sequence[str], environment: Mapping[str, str], within_s: float | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        stdin=DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        cwd=FOLDER,
        env=own_environment(environment),
        check=False,
        timeout=within_s,
    )


async def start(
    words: Sequence[str],
    *,
    environment: Mapping[str, str],
    stdin: int | None = DEVNULL,
    stdout: int | None = DEVNULL,
    stderr: int | None = DEVNULL,
    pass_fds: Sequence[int] = (),
) -> Process:
    """Start a process beside an event loop.

    Raises:
        OSError: it cannot be started.
    """
    import asyncio

    return await asyncio.create_subprocess_exec(
        *words,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=pass_fds,
        cwd=FOLDER,
        env=own_environment(environment),
    )


async def start_on_terminal(words: Sequence[str], *, folder: Path) -> Process:
    """Give the terminal to a program that the person named; it sees what they see.

    A program that was named by a path from here is found there still; what else of ours
    lies in the folder that Jarvis was opened in, such as an editor's settings, is not.

    Raises:
        OSError: there is no such program.
    """
    import asyncio

    return await asyncio.create_subprocess_exec(*_from_here(words), cwd=folder)


def _from_here(words: Sequence[str]) -> list[str]:
    """The words, the program by its whole path where it was named by one."""
    program, *arguments = words
    return [os.path.abspath(program) if os.sep in program else program, *arguments]
