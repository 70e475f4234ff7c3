"""The country that a machine is set to."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from jarvis.stores.regions import machine_region


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"LANG": "en_GB.UTF-8"}, "GB"),
        ({"LANG": "en_US.UTF-8", "LC_TELEPHONE": "de_AT@euro"}, "AT"),
        ({"LC_ALL": "C", "LANG": "zh_Hant_TW"}, "TW"),
        ({"LANG": "C.UTF-8"}, None),
        ({}, None),
    ],
)
def test_the_environment_tells_it(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variables: dict[str, str],
    region: str | None,
) -> None:
    """The locale of telephone numbers before that of the language."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("LC_ALL", "LC_TELEPHONE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert machine_region() == region


def test_a_macs_preferences_tell_it_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before the environment; a file that is none tells nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    file = tmp_path / "Library/Preferences/.GlobalPreferences.plist"
    file.parent.mkdir(parents=True)
    file.write_bytes(plistlib.dumps({"AppleLocale": "en_DE@calendar=iso8601"}))
    assert machine_region() == "DE"
    file.write_bytes(b"no plist")
    assert machine_region() == "US"
