"""What the numbering plans said of the numbers met so far, in jarvis.db."""

from __future__ import annotations

import asyncio
import os
from importlib.util import find_spec
from typing import Any

import aiosqlite
import msgspec

from jarvis.stores import numbers
from jarvis.stores.numbers import Plans

_answers = msgspec.json.Decoder(dict[str, Any])


async def read_plans(db: aiosqlite.Connection) -> Plans:
    """The plans, with what they said earlier; without it where they may be others now."""
    for version, answers in await db.execute_fetchall("SELECT * FROM numbering"):
        if version == await asyncio.to_thread(_version):
            return Plans(_answers.decode(answers))
    return Plans()


async def write_plans(db: aiosqlite.Connection, plans: Plans) -> None:
    """Keep what was asked of them, and nothing of before. Inside a transaction."""
    version = await asyncio.to_thread(_version)
    await db.execute("DELETE FROM numbering")
    await db.execute(
        "INSERT INTO numbering VALUES (?, ?)",
        (version, msgspec.json.encode(plans.used)),
    )


def _version() -> str:
    """What differs where the plans do, or how we read them; without loading them."""
    plans = find_spec("phonenumbers")
    assert plans is not None
    assert plans.origin is not None
    found = [os.stat(file) for file in (plans.origin, numbers.__file__)]
    return " ".join(f"{each.st_size}:{each.st_mtime_ns}" for each in found)
