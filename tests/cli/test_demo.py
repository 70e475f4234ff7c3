"""`jarvis demo`: brought up twice in a row without leaving anything behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil

from jarvis.cli.demo_home import DemoHome
from jarvis.client import BlockingClient


def mail_writers(home: Path) -> list[psutil.Process]:
    """Processes that write mail into this demo."""
    return [
        process
        for process in psutil.Process().children()
        if process.status() != psutil.STATUS_ZOMBIE
        and {"play", str(home / "d" / "Messages")} <= set(process.cmdline())
    ]


def test_a_demo_whose_daemon_was_killed_comes_up_again(short_path: Path) -> None:
    """One daemon, one writer of mail, and none after."""
    demo = DemoHome(short_path / "d")
    try:
        demo.bring_up()
        with BlockingClient(demo.socket) as client:
            os.kill(client.call("ping")["pid"], 9)
        demo.bring_up()
        with BlockingClient(demo.socket) as client:
            assert client.call("ping")["status"] == "ok"
            assert client.call("list_conversations")["total_count"] > 30
        assert len(mail_writers(short_path)) == 1
    finally:
        demo.take_down()
    assert not mail_writers(short_path)
    assert not demo.socket.exists()


def test_without_a_terminal_it_prints_the_tour(short_path: Path) -> None:
    """Each thing once, and an end."""
    result = subprocess.run(
        [sys.executable, "-m", "jarvis", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "JARVIS_HOME": str(short_path)},
        check=True,
    )
    for heading in ("ping", "list_conversations", "generate_draft", "new_message"):
        assert f"\n{heading}" in result.stdout
