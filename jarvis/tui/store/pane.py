"""The panes of the screen, by which the store names what is to be drawn anew."""

from __future__ import annotations

from enum import Flag, auto
from typing import Final


class Pane(Flag):
    """A pane of the screen, by what it shows of the store."""

    LIST = auto()
    """The conversations, and how many are unread."""
    THREAD = auto()
    """The messages of the open conversation, or why there are none."""
    REPLY = auto()
    """The draft and the composer of the open conversation."""
    STATUS = auto()
    """The connection, the model, the keys that count, a line of news."""


EVERYTHING: Final = Pane.LIST | Pane.THREAD | Pane.REPLY | Pane.STATUS
NOTHING: Final = Pane(0)
