"""The directory: private, writable, and its user's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jarvis.daemon.home import prepare_home
from jarvis.errors import ConfigError


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


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make what others own")
def test_root_makes_no_home_for_somebody_else(tmp_path: Path) -> None:
    """`sudo jarvis` would leave them one that they cannot use."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 54321, 54321)
    with pytest.raises(ConfigError, match=r"belongs to 54321.*Run jarvis as that user"):
        prepare_home(theirs / "a" / ".jarvis")
    assert not list(theirs.iterdir())
    with pytest.raises(ConfigError, match="Run jarvis as 54321"):
        prepare_home(theirs)


def test_a_home_of_roots_is_said_with_its_mending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose it is, and the command that gives it back."""
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(ConfigError, match=r"chown -R|Run jarvis as"):
        prepare_home(tmp_path)


def test_a_dangling_link_is_called_one(tmp_path: Path) -> None:
    """With where it leads."""
    (tmp_path / "home").symlink_to("nowhere")
    with pytest.raises(ConfigError, match="is a link to nowhere"):
        prepare_home(tmp_path / "home")
