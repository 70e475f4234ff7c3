"""What a process of Jarvis is born with."""

from __future__ import annotations

import site
from pathlib import Path

import pytest

from jarvis import processes


def test_only_what_jarvis_needs_is_handed_on() -> None:
    """Ways into a program, and the secrets of a shell, stay with the shell."""
    wanted = {
        "HOME": "/h",
        "LC_ALL": "C",
        "JARVIS_HOME": "/j",
        "https_proxy": "http://127.0.0.1:3128",
        "HF_ENDPOINT": "http://127.0.0.1:8080",
        "MLX_METAL_JIT": "1",
    }
    unwanted = {
        "PYTHONPATH": "/x",
        "PYTHONHOME": "/x",
        "PYTHONINSPECT": "1",
        "PYTHONUTF8": "0",
        "LD_PRELOAD": "/x/x.so",
        "DYLD_INSERT_LIBRARIES": "/x/x.dylib",
        "COVERAGE_PROCESS_START": "/x/rc",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    handed_on = processes.own_environment(wanted | unwanted)
    handed_on.pop("PYTHONPATH", None)
    assert handed_on == wanted


def test_an_installed_jarvis_does_not_come_before_the_standard_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its packages are found without being put in front; those of a source tree are not."""
    root = str(Path(processes.__file__).parent.parent)
    monkeypatch.setattr(site, "getsitepackages", lambda: [])
    assert processes._source_tree() == root
    monkeypatch.setattr(site, "getusersitepackages", lambda: root)
    assert processes._source_tree() is None
