"""The socket file: private, replaced when stale, removed when ours."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from jarvis.daemon.unix import SUN_PATH_BYTES, has_hung_up, is_own_user, listening
from jarvis.errors import ConfigError


def test_the_socket_is_for_its_user_alone_and_goes_at_the_end(short_path: Path) -> None:
    """Mode 0600 before anybody can connect."""
    path = short_path / "s"
    with listening(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_a_stale_socket_is_replaced(short_path: Path) -> None:
    """What a killed daemon left behind is no obstacle."""
    path = short_path / "s"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with listening(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_a_file_that_is_no_socket_is_left_alone(short_path: Path) -> None:
    """It may be precious."""
    path = short_path / "s"
    path.write_text("precious")
    with pytest.raises(ConfigError, match="is no socket"), listening(path):
        pass
    assert path.read_text() == "precious"


def test_a_socket_that_took_its_place_is_not_removed(short_path: Path) -> None:
    """Inode and device must still match at the end."""
    path = short_path / "s"
    with listening(path), socket.socket(socket.AF_UNIX) as other:
        path.unlink()
        other.bind(str(path))
    assert path.exists()


def test_a_path_too_long_is_refused_with_its_length(short_path: Path) -> None:
    """And with the setting that shortens it."""
    path = short_path / ("s" * SUN_PATH_BYTES)
    reason = f"{len(os.fsencode(path))} bytes.*JARVIS_SOCKET"
    with pytest.raises(ConfigError, match=reason), listening(path):
        pass


def test_a_directory_that_is_missing_is_said(short_path: Path) -> None:
    """The sentence names the path."""
    missing = short_path / "no" / "s"
    with pytest.raises(ConfigError, match="No socket can be made"), listening(missing):
        pass


def test_the_other_end_is_this_user() -> None:
    """Checked by the kernel, not by a file mode alone."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert is_own_user(ours)


def test_half_closing_is_not_hanging_up() -> None:
    """Only when nobody is left to read."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours:
        assert not has_hung_up(ours)
        theirs.shutdown(socket.SHUT_WR)
        assert not has_hung_up(ours)
        theirs.close()
        assert has_hung_up(ours)
