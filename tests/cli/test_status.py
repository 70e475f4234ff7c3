"""`jarvis status`, asked of a daemon that answers what the test says."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import msgspec

from jarvis.daemon.dispatch import Caller
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.status import Status
from tests.daemon.server import open_server
from tests.status import STATUS


async def get_status(_services: None, _params: NoParams, _caller: Caller) -> Status:
    """A daemon that is well."""
    return STATUS


async def shown(home: Path, *flags: str) -> str:
    """What the command prints."""
    async with open_server(home / "jarvis.sock", {"get_status": get_status}):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jarvis", "status", *flags),
            env=os.environ | {"JARVIS_HOME": str(home), "HOME": str(home)},
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            told, _ = await process.communicate()
    assert process.returncode == 0
    return told.decode()


async def test_every_part_is_shown_with_what_is_known_of_it(short_path: Path) -> None:
    """A line a fact under the part's name; what is unknown is a dash."""
    lines = (await shown(short_path)).splitlines()
    parts = [line for line in lines if not line.startswith(" ")]
    assert parts == list(Status.__struct_fields__)
    facts = dict(line.split(maxsplit=1) for line in lines if line.startswith(" "))
    assert facts["engine"] == "mlx"
    assert facts["problems"] == "none"
    assert facts["can_send"] == "no"
    assert facts["sender"] == "-"


async def test_scripts_get_the_answer_as_it_came(short_path: Path) -> None:
    """All of it, in the daemon's own words."""
    told = json.loads(await shown(short_path, "--json"))
    assert told == json.loads(msgspec.json.encode(STATUS))
