"""What the reader does with a draft, told to the daemon, which learns from it."""

from __future__ import annotations

import contextlib

from jarvis.client import Client
from jarvis.errors import JarvisError
from jarvis.records import ChatId
from jarvis.tui.store.card import Outcome


async def record_outcome(client: Client, chat_id: ChatId, outcome: Outcome) -> None:
    """Say what became of a draft; where nobody hears it, nothing is lost but that."""
    with contextlib.suppress(JarvisError):
        await client.call(
            "record_feedback",
            chat_id=chat_id,
            action=outcome.action,
            suggestion_text=outcome.text,
        )
