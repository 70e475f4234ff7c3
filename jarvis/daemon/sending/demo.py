"""The demo: a process of its own writes into the made-up inbox, as Messages would."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from jarvis.daemon.sending.backend import MaybeSubmitted, NotSubmitted, SendTarget
from jarvis.daemon.sending.child import run_child
from jarvis.processes import python

WITHIN_S: Final = 15.0


class DemoBackend:
    """Nothing leaves the machine; inboxes that Jarvis did not make up are refused."""

    name: Literal["messages", "demo"] = "demo"

    def __init__(self, chat_db: Path) -> None:
        self._chat_db = chat_db

    async def submit(self, target: SendTarget, text: str) -> None:
        """Have it written."""
        command = python("-m", "jarvis.demo.sending", str(self._chat_db))
        given = msgspec.json.encode({"chat": target.guid, "text": text})
        try:
            ended = await run_child(command, given, within_s=WITHIN_S)
        except OSError as error:
            reason = f"The demo cannot send ({error.strerror})."
            raise NotSubmitted(reason) from error
        if ended.code is None:
            raise MaybeSubmitted("The demo did not answer in time.")
        if ended.code:
            raise NotSubmitted(ended.complaint or "The demo could not send.")
