"""Screens a summary while it streams: only lines that belong to one come out."""

from __future__ import annotations

import re
from typing import Final

from jarvis.assistant.screening.announcing import preamble_end
from jarvis.assistant.screening.judging import Judge
from jarvis.assistant.screening.repeating import without_loop
from jarvis.assistant.screening.sentences import Sentence, is_whole, sentences_in

_FENCE: Final = re.compile(r"\s*(?:```|~~~)\w*\s*")
POINT_LABELS: Final = ("Decided", "Asked of you", "Open", "When")
"""What a point begins with, as prompts ask for it: "Decided: …"."""
_EMPTY_POINT: Final = re.compile(
    rf"\W*(?:{'|'.join(POINT_LABELS)})\W*:[\W_]*", re.IGNORECASE
)
_TURN: Final = re.compile(
    r"\W*(?:user|chat|assistant|me|you|human|system|bot)(?: \w+)?\s?:\s", re.IGNORECASE
)
"""A line of a conversation that the model goes on with."""


class SummaryScreen:
    """Takes pieces of a summary and gives back the lines that belong to it.

    They come out whole, with a newline behind each. Left out are announcements, sentences
    that hold the prompt's own words, speak of the assistant or say the same again, points
    without a word, and turns of a conversation. However the summary is split into pieces,
    the same comes out.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._held = ""
        self._passed: list[str] = []

    def feed(self, piece: str) -> str:
        """The lines that this piece makes whole."""
        *lines, self._held = (self._held + piece).split("\n")
        return "".join(map(self._line, lines))

    def finish(self, *, is_cut: bool = False) -> str:
        """Return the last line; where the model was cut off, only whole sentences of it."""
        rest, self._held = self._held, ""
        if is_cut and not is_whole(rest):
            rest = "" if self._passed else _whole_sentences(rest)
        return self._line(rest)

    def _line(self, line: str) -> str:
        if not self._passed:
            line = line[preamble_end(line) :]
        if not line.strip():
            return "\n" if self._passed else ""
        if _FENCE.fullmatch(line) or _EMPTY_POINT.fullmatch(line) or _TURN.match(line):
            return ""
        sentences = sentences_in(line)
        if any(self._judge.reason(each.text) == "frame" for each in sentences):
            # The rest of the line is the prompt's, too.
            return ""
        kept = "".join(map(self._sentence, sentences)).rstrip()
        return f"{kept}\n" if kept else ""

    def _sentence(self, sentence: Sentence) -> str:
        if self._judge.reason(sentence.text, self._passed) is not None:
            return ""
        once = without_loop(sentence.text)
        if once.strip():
            self._passed.append(once)
        return once + sentence.blanks


def _whole_sentences(text: str) -> str:
    return "".join(
        each.text + each.blanks for each in sentences_in(text) if is_whole(each.text)
    )
