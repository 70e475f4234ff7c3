"""What became of suggestions: noted as clients say it, and held against confidences."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence

from jarvis.assistant.drafting.calibration import WORTH, Action, Calibration, Outcome
from jarvis.assistant.drafting.confidence import confidence_of
from jarvis.errors import StoreUnavailable
from jarvis.records import ChatId, Suggestion
from jarvis.stores import outcomes
from jarvis.stores.jarvisdb import JarvisDb

log = logging.getLogger("jarvis.feedback")


class Feedback:
    """Knows what was offered and what was taken; `calibration` is what follows from it."""

    def __init__(self, writer: JarvisDb, tasks: asyncio.TaskGroup) -> None:
        self.calibration = Calibration()
        self._writer = writer
        self._tasks = tasks
        self._storing: set[asyncio.Task[None]] = set()
        self._key = b""

    async def begin(self) -> None:
        """Learn what jarvis.db knows."""
        self._key = await outcomes.hash_key(self._writer.connection)
        known = await outcomes.known_outcomes(self._writer.connection)
        self.calibration = Calibration(
            Outcome(confidence, worth)
            for confidence, action in known
            if (worth := _worth(action)) is not None
        )

    def note_offers(self, chat_id: ChatId, suggestions: Iterable[Suggestion]) -> None:
        """These were shown for a chat; those without a confidence teach nothing."""
        offers = [
            (self._hash(chat_id, each.text), confidence)
            for each in suggestions
            if (confidence := confidence_of(each.confidence_parts or {})) is not None
        ]
        if offers:
            storing = self._tasks.create_task(self._store(offers))
            self._storing.add(storing)
            storing.add_done_callback(self._storing.discard)

    async def _store(self, offers: Sequence[tuple[bytes, float]]) -> None:
        try:
            async with self._writer.transaction() as db:
                await outcomes.note_offers(db, offers, _now_ms())
        except StoreUnavailable:
            # A full disk must not cost the draft.
            log.warning("offers could not be stored")

    async def record(self, chat_id: ChatId, action: Action, text: str) -> None:
        """Somebody says what became of a suggestion.

        Raises:
            StoreUnavailable: it could not be stored.
        """
        if self._storing:
            await asyncio.wait(self._storing)
        async with self._writer.transaction() as db:
            hashed = self._hash(chat_id, text)
            await outcomes.note_outcome(db, hashed, action, _now_ms())
        await self.begin()

    async def outcomes(self) -> tuple[list[tuple[str, int]], bool]:
        """Action and moment (ms since 1970) of all that are kept, oldest first.

        And whether there were older ones.
        """
        db = self._writer.connection
        return await outcomes.all_outcomes(db), await outcomes.has_let_go(db)

    def _hash(self, chat_id: ChatId, text: str) -> bytes:
        return outcomes.text_hash(self._key, f"{chat_id}\n{text.strip()}")


def _worth(action: str) -> float | None:
    """What a stored action counts; None for one that this version does not know."""
    return next((worth for known, worth in WORTH.items() if known == action), None)


def _now_ms() -> int:
    return int(time.time() * 1000)
