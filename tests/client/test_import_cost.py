"""What importing the client costs, seen in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

import jarvis.client


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
            "import jarvis.client",
            {"asyncio", "msgspec", "socket", "json", "subprocess"},
        ),
        (
            "from jarvis.client import BlockingClient, RemoteError",
            {"asyncio", "msgspec", "subprocess", "jarvis.protocol", "jarvis.records"},
        ),
        ("from jarvis.client import start_daemon", {"asyncio", "msgspec"}),
        ("from jarvis.client import Client, Gap", {"jarvis.client.blocking"}),
    ],
    ids=["package", "blocking", "spawn", "async"],
)
def test_a_name_costs_only_what_it_needs(code: str, forbidden: set[str]) -> None:
    """Naming one way to speak to the daemon does not load the other."""
    assert not loaded(code) & forbidden


def test_every_public_name_can_be_imported() -> None:
    """And any other name is an AttributeError, as of any module."""
    for name in jarvis.client.__all__:
        assert getattr(jarvis.client, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Fax'"):
        _ = jarvis.client.Fax  # type: ignore[attr-defined]  # that it is none is the test
