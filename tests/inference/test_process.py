"""What a worker process sees and where it prints, and how its end is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jarvis.inference.process import describe_end, open_log, worker_environment


def test_a_worker_sees_no_network() -> None:
    """Its libraries are told to stay offline; what was set otherwise stays."""
    environment = worker_environment({"HOME": "/h"})
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["HOME"] == "/h"
    is_mac = sys.platform == "darwin"
    assert is_mac or environment["MLX_DISABLE_COMPILE"] == "1"


def test_a_log_that_has_grown_long_is_put_aside(tmp_path: Path) -> None:
    """The one before is kept, so there are never more than two."""
    log = tmp_path / "worker.log"
    log.write_text("x" * (2**20 + 1))
    for text in (b"a", b"b"):
        descriptor = open_log(log)
        os.write(descriptor, text)
        os.close(descriptor)
    assert log.read_text() == "ab"
    assert (tmp_path / "worker.log.1").stat().st_size > 2**20


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (3, "ended with exit code 3"),
        (-9, "was ended by SIGKILL"),
        (-99, "was ended by signal 99"),
        (None, "could not be ended"),
    ],
)
def test_the_end_of_a_process_is_told_in_words(code: int | None, told: str) -> None:
    """By its exit code, or by the signal's name where it has one."""
    assert describe_end(code) == told
