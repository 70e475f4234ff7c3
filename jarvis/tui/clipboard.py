"""Copying text out: to the Mac's own clipboard when local, else through the terminal."""

from __future__ import annotations

import os
import sys
from typing import Final

from textual.app import App

from jarvis.processes import PIPE, start

MOST_BYTES: Final = 75_000
"""What terminals take in one escape sequence; a longer one is dropped without a word."""


async def copy(app: App[object], text: str) -> bool:
    """Copy the text; False when it is too long for a terminal to carry."""
    if sys.platform == "darwin" and "SSH_CONNECTION" not in os.environ:
        return await _pbcopy(text)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return False
    app.copy_to_clipboard(text)
    return True


async def _pbcopy(text: str) -> bool:
    process = await start(["/usr/bin/pbcopy"], environment=os.environ, stdin=PIPE)
    await process.communicate(text.encode("utf-8", "replace"))
    return process.returncode == 0
