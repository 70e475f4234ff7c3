"""Finds repetition: words in a loop, sentences said twice, messages given back; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from jarvis.assistant.language.text import words_of

_MOST_UNIT_WORDS: Final = 12
_MOST_TIMES: Final = 2
"""So often in a row several words may stand, for emphasis."""
_MOST_ONE_WORD: Final = 6
_ONE_PATTERN: Final = re.compile(r"(\S{1,12}?)\1{19,}|(\S)\2{29,}", re.DOTALL)
_ALIKE: Final = 0.85
_FEWEST_ALIKE: Final = 4
_ECHO_WORDS: Final = 6
_ECHO_QUESTION_WORDS: Final = 3
_WORD: Final = re.compile(r"\S+")


def without_loop(sentence: str) -> str:
    """Cut a sentence where it begins to repeat the same words over and over."""
    if found := _ONE_PATTERN.search(sentence):
        sentence = sentence[: found.start()].rstrip()
    places = list(_WORD.finditer(sentence))
    words = [place[0].casefold().strip(".,!?;:…") for place in places]
    for start in range(len(words)):
        for size in range(1, min(_MOST_UNIT_WORDS, (len(words) - start) // 3) + 1):
            most = _MOST_ONE_WORD if size == 1 else _MOST_TIMES
            times = _times(words, start, size)
            if times > most:
                end = start + size
                return sentence[: places[end - 1].end()].rstrip(",;: ")
    return sentence


def _times(words: list[str], start: int, size: int) -> int:
    """Count how often in a row the `size` words from `start` on stand there."""
    unit, times = words[start : start + size], 1
    while words[start + times * size : start + (times + 1) * size] == unit:
        times += 1
    return times


def says_again(sentence: str, before: Iterable[str]) -> bool:
    """Whether a sentence repeats an earlier one of the same text.

    One word may be said twice, and so may a few in a row within other words.
    """
    words = words_of(sentence)
    said = [words_of(each) for each in before]
    if _most_often(words, *said) > _MOST_TIMES:
        return True
    if len(words) <= 1:
        return bool(words) and said.count(words) > 1
    return any(are_alike(words, each) for each in said)


def begins_again(text: str) -> bool:
    """Whether a text holds the same four words in a row twice."""
    return _most_often(words_of(text)) > 1


def _most_often(*texts: list[str]) -> int:
    """Count how often the commonest four words in a row stand in the texts."""
    runs = Counter(
        tuple(words[start : start + _FEWEST_ALIKE])
        for words in texts
        for start in range(len(words) - _FEWEST_ALIKE + 1)
    )
    return max(runs.values(), default=0)


def echoes(sentence: str, message: str) -> bool:
    """Whether a sentence only repeats a message.

    What people say to each other in the same words, as "good night", is not.
    """
    words, asked = words_of(sentence), words_of(message)
    is_question = message.rstrip().endswith(("?", "？", "؟"))
    enough = _ECHO_QUESTION_WORDS if is_question else _ECHO_WORDS
    return len(words) >= enough and are_alike(words, asked)


def are_alike(words: list[str], others: list[str]) -> bool:
    """Whether both are the same words, or nearly so where there are several."""
    if words == others:
        return True
    if min(len(words), len(others)) < _FEWEST_ALIKE:
        return False
    return SequenceMatcher(None, words, others, autojunk=False).ratio() >= _ALIKE
