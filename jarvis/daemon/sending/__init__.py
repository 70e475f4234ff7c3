"""Sending a message: submitted once, then looked for in chat.db."""

from __future__ import annotations

import sys

from jarvis.config import Settings
from jarvis.daemon.sending.backend import SendBackend

__all__ = ["SendBackend", "send_backend_for"]

NO_MESSAGES = (
    "This machine cannot send: messages are sent by the Messages app of a Mac. "
    "Copy the text, or run Jarvis there."
)
SWITCHED_OFF = 'Sending is switched off here: the setting "sender" is "none".'


def send_backend_for(settings: Settings) -> tuple[SendBackend | None, str | None]:
    """What sends on this machine, or why nothing does."""
    sender = settings.sender or ("messages" if sys.platform == "darwin" else None)
    if sender == "demo":
        from jarvis.daemon.sending.demo import DemoBackend

        return DemoBackend(settings.chat_db), None
    if sender == "none":
        return None, SWITCHED_OFF
    if sender == "messages" and sys.platform == "darwin":
        from jarvis.daemon.sending.osascript import MessagesBackend

        return MessagesBackend(), None
    return None, NO_MESSAGES
