"""What a machine may lack: then its tests are skipped, or fail where it must be there.

`JARVIS_REQUIRE=mlx,npm,socat` names what must be, so that an installer that failed in
silence does not look like a run in which everything was tried.
"""

from __future__ import annotations

import os
import shutil
from typing import Final, Literal, NoReturn

import pytest

from jarvis.inference.models.selection import mlx_is_installed

Need = Literal["mlx", "npm", "socat"]

REQUIRED: Final = frozenset(os.environ.get("JARVIS_REQUIRE", "").split(","))

needs_mlx = pytest.mark.skipif(
    not mlx_is_installed() and "mlx" not in REQUIRED,
    reason="mlx-lm is not installed on this machine",
)
"""A test of the engine mlx; where it must be there and is not, the test fails by itself."""


def lacking(need: Need, reason: str) -> NoReturn:
    """Skip this test for that reason, or fail it."""
    if need in REQUIRED:
        pytest.fail(f"{reason}, and JARVIS_REQUIRE names {need}")
    pytest.skip(reason)


def needs_program(need: Need, *programs: str) -> None:
    """Skip or fail where one of the programs is not here."""
    for program in programs:
        if shutil.which(program) is None:
            lacking(need, f"{program} is not on this machine")
