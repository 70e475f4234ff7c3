"""The terminal that all screens of the tests are drawn for."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

PLAIN_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def plain_terminal(wanted: Mapping[str, str]) -> None:
    """Forget what the person's own terminal is like."""
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS", "COLORFGBG"):
        os.environ.pop(name, None)
    os.environ.update(wanted)


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in PLAIN_TERMINAL.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def blockbuster() -> None:
    """Not here: Textual reads its styles on the loop when an application is made."""
