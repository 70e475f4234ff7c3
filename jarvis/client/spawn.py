"""Starting the daemon when none runs, and waiting until it listens or says why not.

The daemon is a process of its own, detached from the terminal. It writes one line of JSON
into a pipe: that it listens, or why it cannot.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from jarvis.config import in_full
from jarvis.errors import NotRunning
from jarvis.later import later
from jarvis.processes import python, start_unheard

if TYPE_CHECKING:
    import json

    import msgspec
else:
    json, msgspec = later("json"), later("msgspec")  # to read it, and to write it

START_WITHIN_S: Final = 20.0
IDLE_EXIT_S: Final = 600


def start_daemon(
    arguments: Sequence[str] = (),
    *,
    environment: Mapping[str, str] | None = None,
    idle_exit_s: float = IDLE_EXIT_S,
) -> int:
    """Start `jarvis serve` detached and wait until it listens; its pid.

    Another daemon that was quicker counts as success. `arguments` are flags of `serve`.

    Raises:
        NotRunning: it could not start; the sentence is the daemon's own.
    """
    reading, writing = os.pipe()
    try:
        flags = ("--ready-fd", str(writing), "--idle-exit-s", str(idle_exit_s))
        _launch(
            python("-m", "jarvis", "serve", *flags, *arguments),
            in_full(os.environ if environment is None else environment),
            writing,
        )
        os.close(writing)
        writing = -1
        return _read_readiness(reading)
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)


def _launch(words: Sequence[str], environment: Mapping[str, str], pipe: int) -> None:
    try:
        process = start_unheard(
            words, environment=environment, pass_fds=(pipe,), is_detached=True
        )
    except OSError as error:
        raise NotRunning(
            f"{words[0]} cannot be started ({error.strerror}), so no daemon can be. If "
            "Jarvis was updated or moved meanwhile, run it anew; else install it again."
        ) from error
    # It outlives this process on purpose: nobody here waits for its end.
    process.returncode = 0


def _read_readiness(pipe: int) -> int:
    """Read the daemon's one line; its pid."""
    line = b""
    end = time.monotonic() + START_WITHIN_S
    while b"\n" not in line:
        readable, _, _ = select.select([pipe], [], [], max(0.0, end - time.monotonic()))
        if not readable:
            reason = (
                f"The daemon did not answer within {START_WITHIN_S:g} s. What it does "
                "stands in daemon.log, in its home."
            )
            raise NotRunning(reason)
        data = os.read(pipe, 65536)
        if not data:
            raise NotRunning(
                "The daemon ended before it listened. To see why: jarvis serve."
            )
        line += data
    answer = json.loads(line)
    if "error" in answer:
        raise NotRunning(str(answer["error"]))
    return int(answer["ok"])


def readiness_line(*, pid: int | None = None, error: str | None = None) -> bytes:
    """What the daemon writes into the pipe: {"ok": pid} or {"error": sentence}."""
    answer = {"ok": pid} if error is None else {"error": error}
    return msgspec.json.encode(answer) + b"\n"
