"""Carriers for the cases, and the count of those that passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.conformance.carriers import Carrier, InMemory, OverSocket
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.house import House, on_inbox, start

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
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A daemon process with the scripted engine, for all of this folder."""
    app = MessagesApp(tmp_path_factory.mktemp("conformance") / "Messages")
    with TemporaryDirectory(prefix="jv") as home:
        flags = on_inbox(app.path.parent)
        house = start(Path(home), *flags, JARVIS_SCRIPTED_TOKEN_MS="10")
        assert house.process.stderr is not None
        try:
            yield house
        finally:
            house.process.terminate()
            house.process.wait(timeout=50)
            house.process.stderr.close()
            app.close()


@pytest.fixture(params=["in memory", "socket"])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    """Each way to the protocol."""
    if request.param == "in memory":
        return InMemory()
    house: House = request.getfixturevalue("daemon")
    return OverSocket(house.socket)
