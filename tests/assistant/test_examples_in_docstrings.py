"""The examples in docstrings: what they show is so."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from jarvis.assistant.drafting import calibration
from jarvis.assistant.history import reply_history


@pytest.mark.parametrize("module", [reply_history, calibration])
def test_an_example_gives_what_it_shows(module: ModuleType) -> None:
    """Whoever meets the class for the first time sees it at work."""
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
