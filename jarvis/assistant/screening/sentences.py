"""Splits a text that grows into sentences and lines; pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from jarvis.assistant.language.facts import words
from jarvis.assistant.language.text import EMOJI

# A sentence ends with its marks and what closes behind them, once a blank has come; in
# scripts without blanks, once something has come that is neither. A line ends, too.
_CLOSING: Final = "\"'”’»)\\]*_"
_END: Final = re.compile(
    rf"(?:[.!?…؟।]+[{_CLOSING}]*(?=\s)|[。！？]+[{_CLOSING}」』]*(?=[^。！？{_CLOSING}」』])|\n)"
)
_ABBREVIATIONS: Final = "|".join(
    map(re.escape, sorted(words(lambda facts: facts.abbreviations)))
)
_ABBREVIATION: Final = re.compile(
    rf"(?:^|[\s(\"])(?:{_ABBREVIATIONS}|[a-z]|\d{{1,2}})\.$", re.IGNORECASE
)
_WHOLE: Final = re.compile(rf"[.!?…。！？؟।][{_CLOSING}」』]*$")


class Sentence(NamedTuple):
    """One sentence, or a line that is none, and the blanks behind it."""

    text: str
    blanks: str


class Sentences:
    """Takes pieces of a text and gives back the sentences that are whole.

    A sentence is whole when what follows it has come, blanks included. However the text
    is split into pieces, the same sentences come out.
    """

    def __init__(self) -> None:
        self.rest = ""
        """What has come of the sentence that is not whole."""

    def feed(self, piece: str) -> list[Sentence]:
        """The sentences that this piece makes whole."""
        self.rest += piece
        found = []
        while (sentence := self._next()) is not None:
            found.append(sentence)
        return found

    def _next(self) -> Sentence | None:
        start = len(self.rest) - len(self.rest.lstrip())
        for end in _END.finditer(self.rest, start):
            text = self.rest[: end.end()].rstrip("\n")
            if end[0] != "\n" and _ABBREVIATION.search(text):
                continue
            behind = self.rest[len(text) :]
            blanks = behind[: len(behind) - len(behind.lstrip())]
            if len(blanks) == len(behind):
                # More blanks may come; a blank line ends more than a sentence does.
                return None
            self.rest = behind[len(blanks) :]
            return Sentence(text, blanks)
        return None


def is_whole(text: str) -> bool:
    """Whether a text ends as sentences do, or with an emoji."""
    text = text.rstrip()
    if not text or _ABBREVIATION.search(text):
        return False
    *_, last = [None, *EMOJI.finditer(text)]
    return bool(_WHOLE.search(text)) or (last is not None and last.end() == len(text))


def sentences_in(text: str) -> list[Sentence]:
    """Split a whole text; its last sentence counts whether it ends or not."""
    sentences = Sentences()
    found = sentences.feed(text)
    return [*found, Sentence(sentences.rest, "")] if sentences.rest.strip() else found
