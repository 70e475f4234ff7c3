"""get_status across versions: records here, and the JSON that every client knows."""

from __future__ import annotations

import json

import msgspec
import pytest

from jarvis.protocol.methods.status import Status, WatcherStatus
from tests.status import STATUS

OF_THE_FIRST_RELEASE: dict[str, dict[str, object]] = {
    "daemon": {
        "status": "ok",
        "pid": 1,
        "version": "0.1.0",
        "protocol_version": 1,
        "uptime_s": 1.5,
        "rss_bytes": 1,
        "home": "/h",
        "socket": "/h/s",
        "log": "/h/l",
    },
    "stores": {
        "chat_db": "/c",
        "problem": None,
        "jarvis_db": "/h/j",
        "notice": None,
        "epoch": None,
        "seq": None,
        "conversations": None,
        "waiting_rows": None,
    },
    "contacts": {"location": "/a", "names": None, "sources": [], "problems": []},
    "model": {
        "engine": "mlx",
        "model": None,
        "state": "unloaded",
        "reason": None,
        "pid": None,
        "rss_bytes": None,
        "tokens": 0,
        "crashes": 0,
        "waiting": 0,
    },
    "watcher": {},
    "sessions": {"open": 1},
}
"""Every member that the first daemons told, before their databases were open."""


def test_the_status_of_the_first_daemons_is_still_read() -> None:
    """What they did not tell is unknown, not wrong."""
    status = msgspec.convert(OF_THE_FIRST_RELEASE, Status)
    assert status.daemon.home == "/h"
    assert status.watcher == WatcherStatus()
    assert status.sessions.busy is None
    assert status.sending.can_send is None
    assert status.index.state == "waiting"


def test_clients_of_the_first_daemons_find_every_member_they_know() -> None:
    """Members are added, none moves: what was a null, a number or a list still is."""
    told = json.loads(msgspec.json.encode(STATUS))
    for part, facts in OF_THE_FIRST_RELEASE.items():
        assert facts.keys() <= told[part].keys()
    assert list(told) == [
        *("daemon", "stores", "contacts", "model", "watcher", "sessions", "sending"),
        "index",
    ]
    assert told["contacts"]["sources"] == []


@pytest.mark.parametrize(
    "part", ["daemon", "stores", "model", "watcher", "sending", "index"]
)
def test_what_a_newer_daemon_adds_is_passed_over(part: str) -> None:
    """A part with members that this version does not know is read all the same."""
    told = json.loads(msgspec.json.encode(STATUS))
    told[part]["battery"] = {"is_low": True}
    told["weather"] = {}
    assert msgspec.convert(told, Status) == STATUS
