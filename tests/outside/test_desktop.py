"""The TypeScript example of docs/desktop.md: strict types, and it runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from contract.files import ROOT
from tests.outside.conftest import HERE, Node, Served

pytestmark = pytest.mark.timeout(240)  # the first test installs

EXAMPLE = HERE / "desktop_example.ts"
STRICT = ("--strict", "--target", "es2022", "--lib", "es2022")


def compiler(node: Node, *arguments: str) -> None:
    """Run tsc; what it complains about fails the test."""
    command = [str(node.modules / ".bin" / "tsc"), *STRICT, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout


def test_the_types_compile_under_strict(node: Node) -> None:
    """All of them, by themselves."""
    compiler(node, "--noEmit", str(ROOT / "contract" / "jarvis.d.ts"))


def test_the_example_compiles_and_runs(
    node: Node, served: Served, tmp_path: Path
) -> None:
    """Calls, a stream, a cancellation, an error and a resumed subscription."""
    shutil.copy(ROOT / "contract" / "jarvis.d.ts", tmp_path)
    shutil.copy(EXAMPLE, tmp_path)
    compiler(
        node,
        *("--module", "commonjs", "--types", "node"),
        *("--typeRoots", str(node.modules / "@types")),
        *("--outDir", str(tmp_path / "out"), str(tmp_path / EXAMPLE.name)),
    )
    made = str(tmp_path / "out" / "desktop_example.js")
    arguments = (str(served.socket), served.chat_id, made)
    seen = node.run("desktop_example_run.cjs", *arguments)
    assert seen["shown"] == seen["text"]
    assert (seen["gap"], seen["missed"], seen["listed"]) == (False, False, 3)
    assert seen["cancelled"] == "Cancelled"
    assert seen["unknown"] == [-32001, "UnknownChat"]


def test_the_page_shows_the_example_that_runs() -> None:
    """Word for word."""
    page = (ROOT / "docs" / "desktop.md").read_text(encoding="utf-8")
    shown = page.partition("```ts\n")[2].partition("```")[0]
    assert shown == EXAMPLE.read_text(encoding="utf-8")
