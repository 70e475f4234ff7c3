"""A folder full of somebody else's programs, under names that Python looks for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_CODE = """
import os
with open({ran!r}, "a") as seen:
    seen.write({name!r} + " in process " + str(os.getpid()) + chr(10))
"""
_NAMES = (
    *("json", "typing", "socket", "select", "subprocess", "logging", "asyncio"),
    *("click", "msgspec", "aiosqlite", "psutil", "numpy", "mlx_lm", "urllib"),
    *("sitecustomize", "usercustomize"),
)


class ForeignFolder:
    """A folder whose modules write down that they were run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ran = path.parent / "ran"
        path.mkdir()
        for name in (*_NAMES, "jarvis/__init__", "startup"):
            file = path / f"{name}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text(_CODE.format(ran=str(self._ran), name=name))
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        site = path / "lib" / version / "site-packages"
        site.mkdir(parents=True)
        (site / "foreign.pth").write_text(f"{path}\nimport startup\n")

    @property
    def ran(self) -> str:
        """What was run of it, a line each; nothing, if all is well."""
        return self._ran.read_text() if self._ran.exists() else ""

    def stand_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be a caller who stands in it and whose variables point at it, in every way."""
        monkeypatch.chdir(self.path)
        monkeypatch.setenv("PYTHONPATH", str(self.path))
        monkeypatch.setenv("PYTHONSTARTUP", str(self.path / "startup.py"))
        monkeypatch.setenv("PYTHONUSERBASE", str(self.path))
        monkeypatch.setenv("PYTHONHOME", str(self.path))
        monkeypatch.setenv("PYTHONINSPECT", "1")
        monkeypatch.setenv("SECRET_TOKEN", "nobody's business")
