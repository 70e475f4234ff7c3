"""What prompts are asked with in the assistant's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from jarvis.assistant.generation.prompt_style import ReplyAsk, SummaryAsk
from tests.assistant.thread import CHAT

NOW: Final = datetime(2025, 11, 18, 18, 5, tzinfo=UTC)
SUMMARY_ASK: Final = SummaryAsk(chat_id=CHAT, now=NOW)


def reply_ask(**asked: Any) -> ReplyAsk:
    """An ask for a reply in the chat."""
    return ReplyAsk(**{"chat_id": CHAT, "now": NOW, **asked})
