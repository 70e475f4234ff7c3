"""What time it is, as a value that is handed down, so that tests can hold it still."""

from __future__ import annotations

import time
from datetime import datetime, tzinfo
from typing import Protocol


class Clock(Protocol):
    """The two questions the screen asks about time."""

    @property
    def zone(self) -> tzinfo | None:
        """The reader's zone; None is the one the machine is set to."""

    def now(self) -> datetime:
        """The moment, in the reader's zone."""

    def elapsed_s(self) -> float:
        """Seconds since some fixed moment; never goes back."""


class SystemClock:
    """The machine's own clock."""

    zone: tzinfo | None = None

    def now(self) -> datetime:
        """The moment, in the machine's zone."""
        return datetime.now().astimezone()

    def elapsed_s(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        return time.monotonic()
