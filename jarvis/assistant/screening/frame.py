"""Finds words of the prompt itself in what a model wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from jarvis.assistant.language.text import words_of

_RUN: Final = 4
"""So many words in a row of the prompt's own sentences are no accident."""
_FEWEST_WORDS: Final = 3
"""A whole sentence of the prompt counts from so many on."""
_SENTENCE: Final = re.compile(r"[^.!?:\n]+")
_MARKS: Final = re.compile(
    r"</?\s?chat\b|\bchat[\s:_-]{0,2}(?=[a-f]{0,7}\d)[0-9a-f]{6,8}\b|"
    r"\"(?:from|at|text|note|reactions)\"\s*:|"
    r"[\[{]\s*[{\"']|[\"'}]\s*[}\]],?|"
    r"^\W*my next message\b|"
    r"^\s*(?:task|intent)\s*:|^\s*chat with\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Fences, keys, brackets and notes as prompts write them."""
PROMPT_TIME: Final = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}[ T]+\d{1,2}:\d{2}|day,? \d{4}-\d{1,2}-\d{1,2}",
    re.IGNORECASE,
)
"""A time as prompts write it, and people do not write to each other."""


class Frame:
    """The words of a prompt that are neither the conversation's nor the user's wish."""

    def __init__(self, own_words: str, known: Iterable[str]) -> None:
        """Take what a prompt says by itself; what stands in `known` texts may be said."""
        said = {run for text in known for run in _runs(text)}
        lines = own_words.split("\n")
        self._runs = {run for line in lines for run in _runs(line)} - said
        self._sentences = {
            words
            for sentence in _SENTENCE.findall(own_words)
            if len(words := tuple(words_of(sentence))) >= _FEWEST_WORDS
        }
        self._notes = {line for line in lines if line.startswith("[")}
        self._said = said

    def is_in(self, text: str) -> bool:
        """Whether a text holds marks of the prompt, or several of its words in a row."""
        if _MARKS.search(text) or text.strip() in self._notes:
            return True
        words = tuple(words_of(text))
        is_sentence = words in self._sentences and not {*_runs(text)} & self._said
        return is_sentence or not self._runs.isdisjoint(_runs(text))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = words_of(text)
    for start in range(len(words) - _RUN + 1):
        yield tuple(words[start : start + _RUN])
