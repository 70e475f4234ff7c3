"""The progress of a streaming call, and the words for it that a person reads."""

from __future__ import annotations

from typing import NamedTuple


class StreamProgress(NamedTuple):
    """A sign of life: `phase` is queued, loading, reading or writing.

    A newer daemon may have others. What `done` and `total` count in each, the event
    `stream.progress` of docs/protocol.md says; `total` is None where nobody knows.
    """

    phase: str
    done: int
    total: int | None

    @property
    def words(self) -> str:
        """The progress in a few words: `reading 640 of 1,900 tokens`."""
        match self.phase:
            case "queued":
                return _queued(self.done, self.total)
            case "loading":
                return "loading the model"
            case "reading" if self.total:
                return f"reading {self.done:,} of {self.total:,} tokens"
            case "reading":
                return "reading the conversation"
            case "writing" if self.done:
                return f"writing, {self.done:,} token{_s(self.done)} so far"
        return self.phase


def _queued(done: int, total: int | None) -> str:
    if total is None:
        return "waiting for other texts"
    ahead = total - done
    return f"waiting for {ahead} other text{_s(ahead)}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
