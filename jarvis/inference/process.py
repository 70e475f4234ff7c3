"""A worker process: its environment, its log, and its end as a sentence."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jarvis.errors import ModelUnavailable
from jarvis.processes import is_replaced

_LONGEST_LOG_BYTES: Final = 2**20


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a worker: no network, no run-time compiler."""
    changed: dict[str, str] = {
        **environment,
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
    }
    if not _has_metal():
        # Without Metal, mlx compiles C++ while it runs: seconds for the first token, and
        # libraries loaded from a shared temporary directory.
        changed["MLX_DISABLE_COMPILE"] = "1"
    return changed


def check_program() -> None:
    """Check that the program on disk is still this version, before a process is started.

    Raises:
        ModelUnavailable: the program's files are gone, or those of another version.
    """
    if is_replaced():
        raise ModelUnavailable(
            "Jarvis was updated or removed while this daemon ran, so it can start nothing "
            "more. It ends when nobody waits for it; ask again, and a new one does it."
        )


def _has_metal() -> bool:
    return sys.platform == "darwin" and os.uname().machine == "arm64"


def open_log(path: Path) -> int:
    """Open the log for appending; one that has grown long is put aside first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LONGEST_LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def describe_end(code: int | None) -> str:
    """How a process ended, as the end of a sentence; null: it did not."""
    if code is None:
        return "could not be ended"
    if code < 0:
        names = {number.value: number.name for number in signal.Signals}
        return f"was ended by {names.get(-code, f'signal {-code}')}"
    return f"ended with exit code {code}"
