"""Which of two versions is older, and what is said of it."""

from __future__ import annotations

import pytest

from jarvis.client import versions
from jarvis.client.versions import difference, is_older


@pytest.mark.parametrize(
    ("daemon", "ours", "older"),
    [
        ("0.1.0", "0.2.0", True),
        ("0.9.0", "0.10.0", True),
        ("1.0", "1.0.1", True),
        ("0.2.0rc1", "0.2.0", False),
        ("0.2.0", "0.2.0", False),
        ("0.10.0", "0.9.9", False),
        ("", "0.1.0", True),
    ],
)
def test_versions_are_compared_by_their_numbers(
    monkeypatch: pytest.MonkeyPatch, daemon: str, ours: str, older: bool
) -> None:
    """Not as words."""
    monkeypatch.setattr(versions, "__version__", ours)
    assert is_older(daemon) == older
    told = difference(7, daemon)
    assert (told is None) == (daemon == ours)
    if told is not None:
        assert "pid 7" in told
        assert ("jarvis stop" in told) == older
