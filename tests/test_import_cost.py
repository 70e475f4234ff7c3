"""What starts quickly stays so: who may load what, seen in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon.inbox.messages_app import MessagesApp

HEAVY = {
    "textual",
    "starlette",
    "uvicorn",
    "httpx",
    "numpy",
    "mlx",
    "mlx_lm",
    "torch",
    "transformers",
    "watchfiles",
    "phonenumbers",
    "regex",
}


def loaded(code: str) -> set[str]:
    """The modules in memory after this code ran."""
    script = f"{code}\nimport sys\nprint(*sys.modules, sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(result.stdout.split())


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        (
            "from jarvis.cli.main import COMMANDS, jarvis\n"
            "for name in COMMANDS: jarvis.get_command(None, name)",
            HEAVY | {"asyncio", "msgspec", "aiosqlite", "rich", "jarvis.daemon"},
        ),
        (
            "import jarvis.client",
            HEAVY | {"asyncio", "msgspec", "socket", "json", "subprocess"},
        ),
        (
            "from jarvis.client import BlockingClient, RemoteError",
            HEAVY | {"asyncio", "msgspec", "subprocess", "jarvis.protocol"},
        ),
        ("from jarvis.client import start_daemon", HEAVY | {"asyncio", "msgspec"}),
        (
            "from jarvis.client import Client, Gap",
            HEAVY | {"jarvis.daemon", "aiosqlite", "jarvis.client.blocking"},
        ),
        (
            "import jarvis.tui.app",
            (HEAVY - {"textual"})
            | {"aiosqlite", "sqlite3", "jarvis.daemon", "jarvis.stores"},
        ),
        (
            "import jarvis.cli.entry, jarvis.cli.serving, jarvis.daemon.main",
            HEAVY
            | {
                "click",
                *("jarvis.inference.engines.mlx.engine", "rich", "psutil"),
                *("plistlib", "shutil", "tempfile", "importlib.resources"),
                *("hashlib", "shlex", "jarvis.stores.index.forgetting"),
                *("jarvis.daemon.sending.sending", "jarvis.protocol.openrpc"),
                *("jarvis.daemon.handlers.writing", "jarvis.assistant.history"),
                *("jarvis.assistant.language", "jarvis.assistant.screening"),
                *("jarvis.cli.composition", "jarvis.inference.models"),
                *("jarvis.inference.pool", "jarvis.daemon.prefetch"),
                *("jarvis.daemon.assisting", "jarvis.daemon.assistance"),
                *("json", "pickle", "logging.handlers"),
                *("jarvis.stores.chatdb.messages", "jarvis.stores.typedstream"),
            },
        ),
        (
            "import jarvis.daemon.search, jarvis.daemon.handlers.searching",
            HEAVY,
        ),
        (
            "import jarvis.cli.worker",
            HEAVY | {"asyncio", "aiosqlite", "psutil", "urllib"},
        ),
    ],
    ids=[
        *("jarvis --help", "client's names", "jarvis ping", "starting", "client"),
        *("tui", "daemon", "search", "worker"),
    ],
)
def test_a_floor_costs_only_that_floor(code: str, forbidden: set[str]) -> None:
    """Importing it loads none of what other floors need."""
    assert not loaded(code) & forbidden


FLOOR = "import asyncio, msgspec, aiosqlite"
"""What any daemon of this make loads before its first line (benchmarks/start.py)."""

STARTING = """
import os, pathlib, signal, sys
import jarvis.cli.entry, jarvis.cli.serving
from jarvis.config import load_settings
from jarvis.daemon.main import serve
home = pathlib.Path({home!r})
settings = load_settings(dict(home=home, chat_db=home / "chat.db"), {{}})
def ready():
    print(*sys.modules, sep="\\n", flush=True)
    {end}
serve(settings, ready, kinds=lambda: sys.exit("a ping needs no model"))
"""


def test_a_daemon_is_ready_with_few_modules(short_path: Path) -> None:
    """With a home from before, until it answers ok: each costs a fifth of a millisecond."""
    MessagesApp(short_path).close()
    # A first start asks the world's numbering plans.
    stop, end = "os.kill(os.getpid(), signal.SIGTERM)", "os._exit(0)"
    loaded(STARTING.format(home=str(short_path), end=stop))
    ready = loaded(STARTING.format(home=str(short_path), end=end))
    brought = ready - loaded(FLOOR)
    own = {name for name in brought if name.split(".")[0] == "jarvis"}
    assert "jarvis.stores.chatdb.chats" in own
    assert len(own) <= 138
    assert len(brought - own) <= 20


LOADING = """
import asyncio, sys, threading
from jarvis.daemon.handlers import WRITING
class Seen:
    threads = []
    def find_spec(self, name, path=None, target=None):
        if name == "jarvis.daemon.handlers.writing":
            self.threads.append(threading.current_thread())
sys.meta_path.insert(0, Seen())
async def main():
    one, other = await asyncio.gather(WRITING.load(), WRITING.load())
    assert one is other and callable(one.generate_draft)
asyncio.run(main())
assert Seen.threads and threading.main_thread() not in Seen.threads
"""


def test_what_writes_is_loaded_beside_the_event_loop() -> None:
    """Once, however many ask for it at a time, and never in the loop's own thread."""
    assert "jarvis.daemon.handlers.writing" in loaded(LOADING)
