"""The lock of a home: for one daemon, and believed only while it is held."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from jarvis.errors import AlreadyRunning, ConfigError
from jarvis.lock import Holder, holder_of, only_daemon


def test_a_second_daemon_is_refused_and_told_the_pid(tmp_path: Path) -> None:
    """The first is not disturbed."""
    lock, socket = tmp_path / "daemon.lock", tmp_path / "s"
    with (
        only_daemon(lock, socket, "1.0", "now"),
        pytest.raises(
            AlreadyRunning, match=f"pid {os.getpid()}, version 1.0"
        ) as refused,
        only_daemon(lock, socket, "1.0", "now"),
    ):
        pass
    assert refused.value.pid == os.getpid()


def test_the_lock_is_free_after_its_holder_ended(tmp_path: Path) -> None:
    """Nothing needs cleaning up, and nobody is taken for its holder."""
    lock = tmp_path / "daemon.lock"
    for _ in range(2):
        with only_daemon(lock, tmp_path / "s", "1.0", "now"):
            assert stat.S_IMODE(lock.stat().st_mode) == 0o600
            holder = holder_of(lock)
            assert holder is not None
            assert (holder.pid, holder.version) == (os.getpid(), "1.0")
            assert holder.socket == str(tmp_path / "s")
        assert lock.read_text(), "its note stays, and may name another's pid by now"
        assert holder_of(lock) is None


@pytest.mark.parametrize("note", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}', "null"])
def test_a_note_that_says_nothing_is_no_holder(tmp_path: Path, note: str) -> None:
    """A daemon may be caught before it has introduced itself."""
    lock = tmp_path / "daemon.lock"
    with only_daemon(lock, tmp_path / "s", "1.0", "now"):
        lock.write_text(note)
        assert holder_of(lock) is None


def test_a_daemon_that_would_die_of_a_call_is_not_called() -> None:
    """As one of a version that did not know it."""
    Holder(os.getpid(), "0.0.1", "2099-01-01T00:00:00+00:00").call()


def test_whoever_has_a_daemons_pid_by_now_is_left_alone(tmp_path: Path) -> None:
    """A note may be a killed daemon's, while the next one holds the lock already."""
    lock = tmp_path / "daemon.lock"
    with subprocess.Popen(["sleep", "60"]) as innocent:
        note = {"pid": innocent.pid, "version": "1.0", "hears_calls": True}
        with only_daemon(lock, tmp_path / "s", "1.0", "now"):
            lock.write_text(
                json.dumps({**note, "started": "2020-01-01T00:00:00+00:00"})
            )
            stale = holder_of(lock)
            lock.write_text(
                json.dumps({**note, "started": "2099-01-01T00:00:00+00:00"})
            )
            fresh = holder_of(lock)
        assert stale is not None
        assert fresh is not None
        stale.call()
        assert not stale.end()
        assert innocent.poll() is None
        assert fresh.end()
        assert innocent.wait(10) != 0


def test_who_listens_elsewhere_is_said_at_once(tmp_path: Path) -> None:
    """However patient one would be."""
    lock = tmp_path / "daemon.lock"
    with (
        only_daemon(lock, tmp_path / "there", "1.0", "now"),
        pytest.raises(AlreadyRunning, match=r"listens at .*there, not at .*here"),
        only_daemon(
            lock,
            tmp_path / "here",
            "1.0",
            "now",
            is_answering=lambda: False,
            patience_s=60,
        ),
    ):
        pass


def test_a_lock_file_that_went_is_laid_anew(tmp_path: Path) -> None:
    """And is as good as the one before."""
    path = tmp_path / "daemon.lock"
    with only_daemon(path, tmp_path / "s", "1.0", "now") as lock:
        assert lock.is_still_ours()
        path.unlink()
        assert lock.is_still_ours()
        assert holder_of(path) is not None
        with (
            pytest.raises(AlreadyRunning),
            only_daemon(path, tmp_path / "s", "1.0", "now"),
        ):
            pass


def test_a_home_that_was_taken_moved_or_deleted_is_lost(tmp_path: Path) -> None:
    """Whoever held it cannot be found there."""
    home = tmp_path / "home"
    path, socket = home / "daemon.lock", home / "s"
    home.mkdir()
    with only_daemon(path, socket, "1.0", "now") as lock:
        path.unlink()
        with only_daemon(path, socket, "2.0", "now"):
            assert not lock.is_still_ours()
        home.rename(tmp_path / "moved")
        assert not lock.is_still_ours()
        home.mkdir()
        assert not lock.is_still_ours()
        assert not path.exists()


def test_a_lock_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """As on a full disk."""
    path = tmp_path / "daemon.lock"
    path.symlink_to("/dev/full")
    with (
        pytest.raises(ConfigError, match=r"Make room|Remove|remove"),
        only_daemon(path, tmp_path / "s", "1.0", "now"),
    ):
        pass
