"""The daemon's log: a line a record, for its user alone, and never too large."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path

import pytest

from jarvis.daemon import logs
from jarvis.daemon.logs import KEPT_FILES, logging_to

log = logging.getLogger("jarvis.test")


def test_a_record_is_a_line_of_json(tmp_path: Path) -> None:
    """When, how bad, where and what; all of it is there once the daemon has ended."""
    with logging_to(tmp_path / "daemon.log"):
        for number in range(100):
            log.info("poll %s: %s", number, "caf\u00e9")
    lines = (tmp_path / "daemon.log").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert [each["what"] for each in records] == [
        f"poll {number}: caf\u00e9" for number in range(100)
    ]
    assert {(each["level"], each["room"]) for each in records} == {
        ("info", "jarvis.test")
    }
    assert stat.S_IMODE((tmp_path / "daemon.log").stat().st_mode) == 0o600


def test_a_full_one_is_put_aside_and_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many are kept beside the one that is written, the newest first."""
    monkeypatch.setattr(logs, "MAX_FILE_BYTES", 1)
    with logging_to(tmp_path / "daemon.log"):
        for number in range(KEPT_FILES + 2):
            log.info("%s", number)
    kept = [f"daemon.log.{number}" for number in range(1, KEPT_FILES + 1)]
    assert sorted(os.listdir(tmp_path)) == kept
    said = [json.loads((tmp_path / name).read_text())["what"] for name in kept]
    assert said == [str(KEPT_FILES + 1 - number) for number in range(KEPT_FILES)]


def test_a_disk_that_takes_nothing_holds_up_nobody(tmp_path: Path) -> None:
    """What cannot be written is lost; what comes after it is written again."""
    path = tmp_path / "gone" / "daemon.log"
    with logging_to(path):
        log.info("lost")
    path.parent.mkdir()
    with logging_to(path):
        log.info("kept")
    assert "kept" in path.read_text()
    assert "lost" not in path.read_text()
