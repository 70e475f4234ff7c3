"""When the machine is needed for something else than making vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from jarvis.inference.models.record import ModelRecord
from jarvis.machine import Machine

FEW_TEXTS: Final = 64
"""So many texts are a moment's work: new mail is embedded on battery too."""
DRAFTING: Final = "a reply is being written"


class Throttle:
    """Asked before each batch. `may_drain`: a person said that power does not matter."""

    def __init__(self, machine: Machine, is_drafting: Callable[[], bool]) -> None:
        self.may_drain = False
        self._machine = machine
        self._is_drafting = is_drafting

    async def objection(self, model: ModelRecord, texts: int) -> str | None:
        """Why so many texts should not be embedded now; null: they may."""
        if self._is_drafting():
            return DRAFTING
        return await self._machine.objection(
            model.memory_bytes or model.size_bytes,
            may_drain=self.may_drain or texts <= FEW_TEXTS,
        )
