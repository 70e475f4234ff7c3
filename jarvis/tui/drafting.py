"""Drafts: one request each, tokens into a buffer, buffers into cards; and their outcome.

The task that reads tokens only appends to a list. `drain`, called by the screen's one
timer, moves what has gathered into the cards; so a burst of ten thousand tokens costs
the screen no more than its thirty repaints a second.
"""

from __future__ import annotations

import contextlib
from typing import Final

from jarvis.errors import JarvisError
from jarvis.records import ChatId, Draft
from jarvis.tui.client import ClientLike
from jarvis.tui.clock import Clock
from jarvis.tui.store.card import Outcome, Phase, Piece
from jarvis.tui.store.pane import Pane
from jarvis.tui.store.store import Store

SUGGESTIONS: Final = 3


class Drafting:
    """Every request for a draft that is under way, by conversation."""

    def __init__(self, client: ClientLike, store: Store, clock: Clock) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._buffers: dict[ChatId, list[Piece]] = {}

    async def run(self, chat_id: ChatId) -> None:
        """One request from asking to its end; cancelling it stops the model.

        What was written stays in the card however it ends.
        """
        card, buffer = self._store.card_of(chat_id), list[Piece]()
        self._buffers[chat_id] = buffer
        outcome: Draft | JarvisError | None = None
        try:
            stream = self._client.stream(
                "generate_draft",
                chat_id=chat_id,
                num_suggestions=SUGGESTIONS,
                skip_cache=card.skip_cache,
                on_progress=card.note,
            )
            async with stream:
                async for token in stream:
                    if token.text:
                        buffer.append(Piece(token.suggestion, token.text))
            outcome = stream.result
            self._store.model = self._store.model.after(outcome)
        except JarvisError as error:
            outcome = error
        finally:
            if self._buffers.get(chat_id) is buffer:
                self.stop(chat_id, outcome)

    def stop(self, chat_id: ChatId, outcome: Draft | JarvisError | None = None) -> None:
        """End the request in the store, at once; whoever cancels `run` calls this.

        A stopped request no longer changes the card, however long it takes to end.
        """
        card, pieces = self._store.card_of(chat_id), self._buffers.pop(chat_id, [])
        # A draft that was ready comes whole, and in its order: nobody has seen a piece.
        is_unseen = card.phase is Phase.ASKING and isinstance(outcome, Draft)
        card.grow(() if is_unseen else pieces, self._clock.elapsed_s())
        match outcome:
            case None:
                card.stop()
            case JarvisError():
                card.fail(str(outcome))
            case _:
                card.finish(outcome)
        self._store.touch(Pane.LIST | Pane.REPLY)

    def drain(self) -> None:
        """Move what has gathered into the cards."""
        for chat_id, buffer in self._buffers.items():
            self._store.card_of(chat_id).grow(buffer, self._clock.elapsed_s())
            buffer.clear()
        self._store.touch(Pane.REPLY)


async def record_outcome(client: ClientLike, chat_id: ChatId, outcome: Outcome) -> None:
    """Tell the daemon what became of a draft, and it learns from that.

    Where nobody answers only that is lost.
    """
    with contextlib.suppress(JarvisError):
        await client.call(
            "record_feedback",
            chat_id=chat_id,
            action=outcome.action,
            suggestion_text=outcome.text,
        )
