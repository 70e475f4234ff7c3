"""`jarvis status`, asked of a daemon that answers what the test says."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from jarvis.daemon.dispatch import Caller
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.status import Status
from tests.cli.commands import run_against
from tests.status import STATUS


async def get_status(_services: None, _params: NoParams, _caller: Caller) -> Status:
    """A daemon that is well."""
    return STATUS


async def shown(home: Path, *flags: str) -> str:
    """What the command prints."""
    done = await run_against({"get_status": get_status}, home, "status", *flags)
    assert done.code == 0
    return done.out


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
