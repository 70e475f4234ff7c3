"""The floors of the house, held by import-linter, and what one place alone may do."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    """What the import linter says of the package in this directory."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=60, check=False
    )


def test_every_floor_uses_only_what_lies_below_it() -> None:
    """The contracts of pyproject.toml are kept."""
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("protocol/framing.py", "import jarvis.stores", "The floors"),
        ("protocol/peer.py", "import asyncio", "The protocol does no I/O"),
        ("client/client.py", "import jarvis.daemon.dispatch", "Clients do not load"),
        (
            "assistant/drafting/draft.py",
            "import mlx_lm",
            "The mlx engine alone touches mlx",
        ),
        ("demo/inbox.py", "import fixtures.inbox", "Jarvis runs without"),
        ("newcomer.py", "", "The floors"),
    ],
    ids=["a floor above", "I/O", "the brain", "mlx", "fixtures", "no floor"],
)
def test_a_breach_is_caught(
    tmp_path: Path, file: str, line: str, contract: str
) -> None:
    """One forbidden import in a copy of the package breaks the contract it should."""
    ignored = shutil.ignore_patterns("__pycache__", "*.safetensors")
    shutil.copytree(ROOT / "jarvis", tmp_path / "jarvis", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "jarvis" / file
    before = path.read_text() if path.exists() else '"""A file without a floor."""\n'
    path.write_text(f"{before}\n{line}\n")
    result = lint_imports(tmp_path)
    assert result.returncode != 0
    broken = [row for row in result.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(row.startswith(contract) for row in broken) or contract in result.stdout


STARTS_PROCESSES = {
    *("subprocess", "multiprocessing", "pty", "ProcessPoolExecutor"),
    *("create_subprocess_exec", "create_subprocess_shell", "subprocess_exec"),
    *("subprocess_shell", "system", "popen", "fork", "forkpty", "posix_spawn"),
    *("posix_spawnp", "spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv"),
    *("spawnve", "spawnvp", "spawnvpe", "execl", "execle", "execlp", "execlpe"),
    *("execv", "execve", "execvp", "execvpe"),
}
"""Names of modules and functions by which Python starts another program."""


def named_in(tree: ast.AST) -> Iterator[str]:
    """What it imports or takes from something, by its last name; types do not count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_processes_are_started_in_one_place() -> None:
    """There they get a folder and an environment of their own."""
    for path in sorted((ROOT / "jarvis").rglob("*.py")):
        names = set(named_in(ast.parse(path.read_text())))
        if path != ROOT / "jarvis" / "processes.py":
            assert not names & STARTS_PROCESSES, path


@pytest.mark.parametrize(
    "line",
    [
        "import subprocess",
        "import subprocess as quiet",
        "from subprocess import Popen",
        "from asyncio.subprocess import create_subprocess_exec as go",
        "os.execvp('vi', ['vi'])",
        "loop.subprocess_exec",
    ],
)
def test_another_place_would_be_seen(line: str) -> None:
    """Whatever way it takes."""
    assert set(named_in(ast.parse(line))) & (STARTS_PROCESSES | {"Popen"})
