"""What a model wraps around a reply is taken off while the reply streams."""

from __future__ import annotations

from typing import Final

_CLOSING_QUOTE: Final = {'"': '"', "“": "”", "„": "“", "«": "»"}
_PREFIXES: Final = ("me:", "you:", "reply:", "draft:", "message:")
_LONGEST_PREFIX: Final = max(map(len, _PREFIXES))


class ReplyTrimmer:
    """Takes pieces of a reply and gives back what of it is certain to stay.

    Taken off are blanks at both ends, a speaker's name in front, and the first pair of
    quotation marks if the reply begins with one. However the reply is split into pieces,
    the same comes out.
    """

    def __init__(self) -> None:
        self._held = ""
        self._begun = False
        self._has_text = False
        self._closing_quote: str | None = None

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        self._held += piece
        self._begun = self._begun or self._skip_front()
        if not self._begun:
            return ""
        if self._closing_quote and self._closing_quote in self._held:
            self._held = self._held.replace(self._closing_quote, "", 1)
            self._closing_quote = None
        if not self._has_text:
            self._held = self._held.lstrip()
        end = len(self._held.rstrip())
        self._has_text = self._has_text or end > 0
        text, self._held = self._held[:end], self._held[end:]
        return text

    def finish(self) -> str:
        """What was held back and proved to belong to the reply, which ends here."""
        return "" if self._begun else self._held.rstrip()

    def _skip_front(self) -> bool:
        """Drop what stands in front of the reply; whether it has begun."""
        self._held = self._held.lstrip()
        while prefix := self._prefix():
            self._held = self._held[len(prefix) :].lstrip()
        start = self._held.lower()
        if any(prefix.startswith(start) for prefix in _PREFIXES):
            return False
        self._closing_quote = _CLOSING_QUOTE.get(self._held[0])
        if self._closing_quote:
            self._held = self._held[1:]
        return True

    def _prefix(self) -> str | None:
        start = self._held[:_LONGEST_PREFIX].lower()
        return next((known for known in _PREFIXES if start.startswith(known)), None)
