"""What changed in chat.db: new rows become events, the conversation list follows."""

from jarvis.daemon.inbox.changes import ChangedRow, Committed, Follower, Reset
from jarvis.daemon.inbox.inbox import Inbox

__all__ = ["ChangedRow", "Committed", "Follower", "Inbox", "Reset"]
