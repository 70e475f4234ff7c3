"""Carriers for the cases, and the count of those that passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.conformance.carriers import Carrier, InMemory, OverSocket
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, on_inbox, start

FOLDER: Final = "tests/conformance/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cases passed: the number that a reader of the protocol looks for."""
    counts = {
        outcome: sum(
            isinstance(report, pytest.TestReport) and FOLDER in report.nodeid
            for report in terminalreporter.getreports(outcome)
        )
        for outcome in ("passed", "failed", "error")
    }
    total = sum(counts.values())
    if total:
        terminalreporter.write_line(f"conformance: {counts['passed']} of {total} cases")


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    """A daemon process with the scripted engine, for all of this folder."""
    app = MessagesApp(tmp_path_factory.mktemp("conformance") / "Messages")
    with TemporaryDirectory(prefix="jv") as home:
        flags = on_inbox(app.path.parent)
        daemon = start(Path(home), *flags, JARVIS_SCRIPTED_TOKEN_MS="10")
        assert daemon.process.stderr is not None
        try:
            yield daemon
        finally:
            daemon.process.terminate()
            daemon.process.wait(timeout=50)
            daemon.process.stderr.close()
            app.close()


@pytest.fixture(params=["in memory", "socket"])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    """Each way to the protocol."""
    if request.param == "in memory":
        return InMemory()
    daemon: DaemonProcess = request.getfixturevalue("daemon")
    return OverSocket(daemon.socket)
