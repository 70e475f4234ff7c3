"""Files to listen to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.watching.files import Files


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    """A database with its log, in a directory that is two levels of its own."""
    files = Files(tmp_path / "Library" / "Messages")
    files.make()
    yield files
    files.close()
