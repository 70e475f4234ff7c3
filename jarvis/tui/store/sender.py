"""Who sends what is written here, or why nobody does, as far as the daemon has said."""

from __future__ import annotations

from dataclasses import dataclass

from jarvis.protocol.methods.status import SendingStatus

DEMO = "demo"


@dataclass(frozen=True)
class Sender:
    """Whether messages can be sent, by what, and where they cannot, why."""

    can_send: bool = False
    name: str | None = None
    reason: str | None = None

    @property
    def is_demo(self) -> bool:
        """Whether what is sent stays in the made-up inbox; said wherever one writes."""
        return self.name == DEMO

    @property
    def refusal(self) -> str:
        """Why nothing can be sent, as a sentence."""
        return self.reason or "this Jarvis cannot send."

    @classmethod
    def of_status(cls, sending: SendingStatus, *, can_send: bool) -> Sender:
        """As get_status tells; `can_send` is what ping said, where it does not tell."""
        return cls(
            can_send=can_send if sending.can_send is None else sending.can_send,
            name=sending.sender,
            reason=sending.reason or None,
        )
