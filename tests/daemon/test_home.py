"""The directory and its lock: private, writable, and for one daemon."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jarvis.daemon.home import only_daemon, prepare_home
from jarvis.errors import AlreadyRunning, ConfigError


def test_a_new_home_is_for_its_user_alone(tmp_path: Path) -> None:
    """Mode 0700, parents included where missing."""
    home = tmp_path / "a" / "b"
    prepare_home(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_an_open_home_is_closed_to_others(tmp_path: Path) -> None:
    """Messages are nobody else's business."""
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    prepare_home(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    """With a sentence that names it."""
    home = tmp_path / "home"
    home.write_text("")
    with pytest.raises(ConfigError, match="is a file"):
        prepare_home(home)
    with pytest.raises(ConfigError, match="cannot be made"):
        prepare_home(home / "inside")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_home_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(ConfigError, match="Set JARVIS_HOME"):
        prepare_home(tmp_path / "shut" / "home")


def test_a_second_daemon_is_refused_and_told_the_pid(tmp_path: Path) -> None:
    """The first is not disturbed."""
    lock = tmp_path / "daemon.lock"
    with (
        only_daemon(lock, "1.0", "now"),
        pytest.raises(AlreadyRunning, match=f"pid {os.getpid()}, version 1.0"),
        only_daemon(lock, "1.0", "now"),
    ):
        pass


def test_the_lock_is_free_after_its_holder_ended(tmp_path: Path) -> None:
    """Nothing needs cleaning up."""
    lock = tmp_path / "daemon.lock"
    for _ in range(2):
        with only_daemon(lock, "1.0", "now"):
            assert stat.S_IMODE(lock.stat().st_mode) == 0o600
