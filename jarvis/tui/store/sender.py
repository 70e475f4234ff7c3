"""Who sends what is written here, or why nobody does, as far as the daemon has said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    def of_status(cls, sending: Mapping[str, Any], *, can_send: bool) -> Sender:
        """As get_status tells; `can_send` is what ping said, where it does not tell."""
        name, reason = sending.get("sender"), sending.get("reason")
        return cls(
            can_send=bool(sending.get("can_send", can_send)),
            name=name if isinstance(name, str) else None,
            reason=reason if isinstance(reason, str) and reason else None,
        )
