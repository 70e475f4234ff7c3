"""A daemon for outside clients, and node with the packages that they come in."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import on_inbox, start
from tests.needs import lacking, needs_program

HERE = Path(__file__).parent
INSTALL = (
    *("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"),
    "--no-package-lock",
)
PATIENCE_S = 200.0
TOKEN_MS = "10"  # slow enough that a client can still cancel after the first tokens


@dataclass(frozen=True)
class Served:
    """A daemon's socket, and a conversation to ask about."""

    socket: Path
    chat_id: str


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A daemon on a small inbox, writing by script, sending into it; for the folder."""
    app = MessagesApp(tmp_path_factory.mktemp("outside") / "Messages")
    with TemporaryDirectory(prefix="jv") as home:
        flags = on_inbox(app.path.parent)
        environment = {"JARVIS_SCRIPTED_TOKEN_MS": TOKEN_MS, "JARVIS_SENDER": "demo"}
        daemon = start(Path(home), *flags, **environment)
        assert daemon.process.stderr is not None
        try:
            yield Served(daemon.socket, app.chat_guid)
        finally:
            daemon.process.terminate()
            daemon.process.wait(timeout=50)
            daemon.process.stderr.close()
            app.close()


@dataclass(frozen=True)
class Node:
    """Runs scripts of this folder."""

    modules: Path

    def run(self, script: str, *arguments: str, given: str = "") -> Any:
        """What the script printed last, as JSON."""
        ended = subprocess.run(
            ["node", str(HERE / script), *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=50,
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    def ask(self, script: str, served: Served) -> Any:
        """What a client saw that was run on a daemon."""
        return self.run(script, str(served.socket), served.chat_id)


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages of package.json, installed once."""
    needs_program("npm", "node", "npm")
    with (HERE / "package.json").open(encoding="utf-8") as only_one:
        # Tests may run side by side: who comes second finds it installed.
        fcntl.flock(only_one, fcntl.LOCK_EX)
        return _installed()


def _installed() -> Node:
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    modules = HERE / "node_modules"
    stamp = modules / ".installed"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        ended = subprocess.run(
            INSTALL, cwd=HERE, capture_output=True, text=True, timeout=PATIENCE_S
        )
        if ended.returncode != 0:
            lacking("npm", "npm could not install what outside clients need")
        stamp.write_text(wanted, encoding="utf-8")
    return Node(modules)
