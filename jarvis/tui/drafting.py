"""The drafts being written: one request each, tokens into a buffer, buffers into cards.

The task that reads tokens only appends to a list. `drain`, called by the screen's one
timer, moves what has gathered into the cards; so a burst of ten thousand tokens costs
the screen no more than its thirty repaints a second.
"""

from __future__ import annotations

from typing import Final

from jarvis.client import Client
from jarvis.errors import JarvisError
from jarvis.records import ChatId
from jarvis.tui.clock import Clock
from jarvis.tui.store.card import Piece
from jarvis.tui.store.store import Store

CANDIDATES: Final = 3


class Drafting:
    """Every request for a draft that is under way, by conversation."""

    def __init__(self, client: Client, store: Store, clock: Clock) -> None:
        """Begin with none."""
        self._client = client
        self._store = store
        self._clock = clock
        self._buffers: dict[ChatId, list[Piece]] = {}

    async def run(self, chat_id: ChatId) -> None:
        """One request from asking to its end; cancelling it stops the model.

        What was written stays in the card however it ends.
        """
        card = self._store.card_of(chat_id)
        self._buffers[chat_id] = []
        buffer = self._buffers[chat_id]
        try:
            stream = self._client.stream(
                "generate_draft",
                chat_id=chat_id,
                num_suggestions=CANDIDATES,
                skip_cache=card.wants_others,
                on_progress=card.note,
            )
            async with stream:
                async for token in stream:
                    if token.text:
                        buffer.append(Piece(token.suggestion, token.text))
            self._move(chat_id, buffer)
            if self._is_latest(chat_id, buffer):
                card.finish(stream.result)
            self._store.model = self._store.model.after(stream.result)
        except JarvisError as error:
            self._move(chat_id, buffer)
            if self._is_latest(chat_id, buffer):
                card.fail(str(error))
        finally:
            if self._is_latest(chat_id, buffer):
                self.stop(chat_id)

    def stop(self, chat_id: ChatId) -> None:
        """The request is over; who cancels `run` says so here, at once.

        One that was stopped has no say in the next, however long it takes to end.
        """
        if chat_id in self._buffers:
            self._move(chat_id, self._buffers[chat_id])
            del self._buffers[chat_id]
        self._store.card_of(chat_id).stop()

    def _is_latest(self, chat_id: ChatId, buffer: list[Piece]) -> bool:
        return self._buffers.get(chat_id) is buffer

    def drain(self) -> set[ChatId]:
        """Move what has gathered into the cards; the conversations whose card grew."""
        buffers = self._buffers.items()
        return {chat_id for chat_id, buffer in buffers if self._move(chat_id, buffer)}

    def _move(self, chat_id: ChatId, buffer: list[Piece]) -> bool:
        pieces, buffer[:] = tuple(buffer), []
        if self._is_latest(chat_id, buffer):
            self._store.card_of(chat_id).grow(pieces, self._clock.elapsed_s())
        return bool(pieces)
