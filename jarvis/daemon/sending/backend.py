"""What every backend of messages promises."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from jarvis.errors import JarvisError
from jarvis.records import ChatId


class SendTarget(msgspec.Struct, frozen=True):
    """The chat that a message goes to; `address` is the other's, None in a group."""

    guid: ChatId
    service: str | None
    address: str | None


class NotSubmitted(JarvisError):
    """It was certainly not sent; the sentence says why."""


class MaybeSubmitted(JarvisError):
    """Nobody can say whether it was submitted; what appears in chat.db tells."""


class SendBackend(Protocol):
    """Submits a message to whatever sends it."""

    @property
    def name(self) -> Literal["messages", "demo"]:
        """What status calls it."""
        ...

    async def submit(self, target: SendTarget, text: str) -> None:
        """Ask once for the message to be sent. That it was taken says no more than that.

        Raises:
            CannotSend: this machine may not send; nothing was.
            NotSubmitted: this message cannot be sent.
            MaybeSubmitted: it went wrong in the middle.
        """
        ...
