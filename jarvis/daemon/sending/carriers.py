"""Which carrier this machine has."""

from __future__ import annotations

import sys

from jarvis.config import Settings
from jarvis.daemon.sending.carrier import Carrier
from jarvis.daemon.sending.made_up import DemoCarrier
from jarvis.daemon.sending.osascript import MessagesCarrier

NO_MESSAGES = (
    "This machine cannot send: messages are sent by the Messages app of a Mac. "
    "Copy the text, or run Jarvis there."
)
SWITCHED_OFF = 'Sending is switched off here: the setting "sender" is "none".'


def carrier_for(settings: Settings) -> tuple[Carrier | None, str | None]:
    """The carrier, or why there is none."""
    sender = settings.sender or ("messages" if sys.platform == "darwin" else None)
    if sender == "demo":
        return DemoCarrier(settings.chat_db), None
    if sender == "none":
        return None, SWITCHED_OFF
    if sender == "messages" and sys.platform == "darwin":
        return MessagesCarrier(), None
    return None, NO_MESSAGES
