"""One conversation's draft: asked, streaming, done, stopped or failed, and its suggestions.

No clock and no tokens of its own: both are handed in, so a test steps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from jarvis.client import StreamProgress
from jarvis.records import Draft, SuggestionSource


class Phase(StrEnum):
    """How far a draft has come."""

    ASKING = "asking"
    STREAMING = "streaming"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Outcome(NamedTuple):
    """What became of a suggestion, as record_feedback is told."""

    action: Literal["sent", "edited", "dismissed"]
    text: str
    """The suggestion's."""


class Piece(NamedTuple):
    """Some text of one of a request's streams."""

    stream: int
    text: str


@dataclass
class Suggestion:
    """One text that could be sent."""

    text: str
    stream: int
    source: SuggestionSource | None = None
    confidence: float | None = None
    foreign: tuple[str, ...] = ()


class Card:
    """The suggestions of one conversation, and how the latest request for them goes."""

    def __init__(self) -> None:
        """Hold nothing; `ask` begins."""
        self.phase = Phase.DONE
        self.suggestions: list[Suggestion] = []
        self.shown = 0
        self.is_open = False
        self.is_outdated = False
        self.taken: str | None = None
        """The suggestion that the reader took into the composer."""
        self.skip_cache = False
        """Whether the latest request asks for other texts than were written already."""
        self.reason: str | None = None
        self.model: str | None = None
        self.is_prefetched = False
        """Whether the texts were ready before they were asked for."""
        self.progress: StreamProgress | None = None
        """What the latest request is at, until its first text."""
        self.asked_at_s = 0.0
        self.first_token_ms: float | None = None
        self.total_ms: float | None = None
        self.tokens_per_second: float | None = None
        self.tokens = 0
        self._expected = 0
        self._earlier = 0
        self._has_walked = False
        self._written_last: set[int] = set()

    @property
    def is_live(self) -> bool:
        """Whether a request for it is under way."""
        return self.phase in (Phase.ASKING, Phase.STREAMING)

    @property
    def current(self) -> Suggestion | None:
        """The suggestion on screen."""
        return self.suggestions[self.shown] if self.suggestions else None

    @property
    def count(self) -> int:
        """How many suggestions there are, or are on their way."""
        if not self.is_live:
            return len(self.suggestions)
        return max(len(self.suggestions), self._earlier + self._expected)

    @property
    def is_growing(self) -> bool:
        """Whether the suggestion on screen is the one, or of those, being written."""
        in_this_round = self.shown >= self._earlier
        return (
            self.phase is Phase.STREAMING
            and in_this_round
            and self.shown < len(self.suggestions)
            and self.suggestions[self.shown].stream in self._written_last
        )

    def ask(self, now_s: float, expected: int, *, keep: bool) -> None:
        """A request goes out for `expected` suggestions; `keep` those there are."""
        self.skip_cache = bool(self.suggestions) and not self.is_outdated
        if not keep:
            self.suggestions = []
        self._earlier = len(self.suggestions)
        self._expected = expected
        self._has_walked = False
        self.phase = Phase.ASKING
        self.is_open, self.is_outdated, self.is_prefetched = True, False, False
        self.taken = None
        self.reason = self.model = self.progress = None
        self.asked_at_s = now_s
        self.first_token_ms = self.total_ms = self.tokens_per_second = None
        self.tokens = 0

    def note(self, progress: StreamProgress) -> None:
        """The daemon says what the request is at; told once the next tick draws it."""
        if self.phase is Phase.ASKING:
            self.progress = progress

    def grow(self, pieces: Iterable[Piece], now_s: float) -> None:
        """Text arrived; ignored once the request has ended."""
        if not self.is_live:
            return
        pieces = tuple(pieces)
        if pieces:
            self._written_last = {piece.stream for piece in pieces}
        for piece in pieces:
            if self.phase is Phase.ASKING:
                self.phase = Phase.STREAMING
                self.first_token_ms = (now_s - self.asked_at_s) * 1000
                self.shown = self._earlier
            self.tokens += 1
            self._of_stream(piece.stream).text += piece.text
        if self.first_token_ms is not None:
            writing_s = now_s - self.asked_at_s - self.first_token_ms / 1000
            if writing_s > 0:
                self.tokens_per_second = self.tokens / writing_s

    def finish(self, draft: Draft) -> None:
        """The answer came: the daemon's texts, order and times are the ones that count."""
        watched = self._watched_stream()
        self.suggestions[self._earlier :] = [
            Suggestion(
                suggestion.text,
                suggestion.suggestion,
                suggestion.source,
                suggestion.confidence,
                suggestion.foreign,
            )
            for suggestion in draft.suggestions
        ]
        self.phase = Phase.DONE
        self.model, self.reason = draft.model, draft.reason
        self.is_prefetched = draft.prefetched
        self.first_token_ms = draft.timing.first_token_ms
        self.total_ms = draft.timing.total_ms
        self.tokens_per_second = draft.timing.tokens_per_second
        self._keep_watching(watched)

    def stop(self) -> None:
        """The reader took the request back; what was written stays."""
        if self.is_live:
            self.phase = Phase.STOPPED

    def fail(self, reason: str) -> None:
        """The request ended without an answer; what was written stays."""
        self.phase, self.reason = Phase.FAILED, reason

    def outcome_of(self, sent: str) -> Outcome | None:
        """What sending a text says of the suggestions; None without one that is whole."""
        if self.phase is not Phase.DONE or self.current is None:
            return None
        for suggestion in self.suggestions:
            if suggestion.text.strip() == sent.strip():
                return Outcome("sent", suggestion.text)
        if self.taken is not None:
            return Outcome("edited", self.taken)
        return self.dismissal

    @property
    def dismissal(self) -> Outcome | None:
        """What putting the card away says of the suggestion on it."""
        current = self.current
        if self.phase is not Phase.DONE or current is None or self.taken is not None:
            return None
        return Outcome("dismissed", current.text)

    def walk(self, step: int) -> None:
        """Show another suggestion, round and round."""
        if self.suggestions:
            self.shown = (self.shown + step) % len(self.suggestions)
            self._has_walked = True

    def _of_stream(self, stream: int) -> Suggestion:
        for suggestion in self.suggestions[self._earlier :]:
            if suggestion.stream == stream:
                return suggestion
        suggestion = Suggestion("", stream)
        self.suggestions.append(suggestion)
        return suggestion

    def _watched_stream(self) -> int | None:
        """The stream the reader is reading; None if it is of an earlier request."""
        current = self.current
        if current is None or self.shown < self._earlier:
            return None
        return current.stream

    def _keep_watching(self, stream: int | None) -> None:
        """Leave the text under the eye where it is, wherever it went in the order."""
        if stream is None and self._has_walked:
            return
        for index in range(self._earlier, len(self.suggestions)):
            if self.suggestions[index].stream == stream:
                self.shown = index
                return
        self.shown = min(self._earlier, max(0, len(self.suggestions) - 1))
