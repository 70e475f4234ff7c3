"""Decides whether a sentence of a model could be said in the conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from jarvis.assistant.language.facts import any_of
from jarvis.assistant.language.text import words_of
from jarvis.assistant.screening.frame import PROMPT_TIME, Frame
from jarvis.assistant.screening.repeating import are_alike, echoes, says_again
from jarvis.assistant.screening.unsendable import CODE, PLACEHOLDER

DropReason = Literal[
    "nothing",
    "thought",
    "frame",
    "about_task",
    "echo",
    "repetition",
    "code",
    "placeholder",
    "turn",
    "cut",
    "same",
    "filtered",
]
"""Why a text was not offered, as get_routing_metrics counts it."""

REASONS: Final[Mapping[DropReason, str]] = {
    "nothing": "it wrote nothing",
    "thought": "it only thought",
    "frame": "it gave the prompt back",
    "about_task": "it wrote about the task",
    "echo": "it gave back what was said",
    "repetition": "it said the same again and again",
    "code": "it wrote code",
    "placeholder": "it left gaps to be filled",
    "turn": "it wrote for somebody else",
    "cut": "its sentence did not end",
    "same": "it said what an earlier one says",
    "filtered": "its safety filter stopped it",
}
"""The same in words."""

_ABOUT_ITSELF: Final = re.compile(
    any_of(lambda facts: facts.model_talk.about_itself), re.IGNORECASE
)
_ABOUT_TASK: Final = re.compile(
    any_of(lambda facts: facts.model_talk.about_task), re.IGNORECASE
)
_ORDER: Final = re.compile(
    rf"(?:{any_of(lambda facts: facts.model_talk.please)} )?"
    rf"{any_of(lambda facts: facts.model_talk.orders)}\b",
    re.IGNORECASE,
)
"""How an instruction begins that is none of the words to send."""


class Judge:
    """Holds sentences of a model against the prompt, the messages and the user's wish."""

    def __init__(
        self,
        frame: Frame,
        *,
        known: Sequence[str],
        messages: Sequence[str] = (),
        instruction: str | None = None,
        may_tell: bool = False,
    ) -> None:
        """Take what texts are held against.

        Args:
            frame: the prompt's own words.
            known: all that was said: what stands there may be said again.
            messages: what must not come back as an answer: the others' messages, and
                the user's own that wait for one.
            instruction: what the user wished for.
            may_tell: sentences may speak of the conversation as such, as summaries do.
        """
        self._frame = frame
        self._known = "\n".join(known).casefold()
        self._messages = messages
        self._instruction = instruction
        self._may_tell = may_tell
        self._about = (_ABOUT_ITSELF,) if may_tell else (_ABOUT_ITSELF, _ABOUT_TASK)

    def reason(self, sentence: str, before: Sequence[str] = ()) -> DropReason | None:
        """Why a sentence cannot follow these; null where it can."""
        if self._frame.is_in(sentence) or self._tells_time(sentence):
            return "frame"
        if any(self._is_new(pattern, sentence) for pattern in self._about):
            return "about_task"
        if self._is_new(PLACEHOLDER, sentence):
            return "placeholder"
        if self._is_new(CODE, sentence):
            return "code"
        if self._is_echo(sentence):
            return "echo"
        return "repetition" if says_again(sentence, before) else None

    def may_echo(self, words: Sequence[str]) -> bool:
        """Whether a sentence that begins with these words may give back what was said."""
        given = (*self._messages, self._instruction or "")
        return any(words_of(each)[: len(words)] == list(words) for each in given)

    def _tells_time(self, sentence: str) -> bool:
        return not self._may_tell and self._is_new(PROMPT_TIME, sentence)

    def _is_new(self, pattern: re.Pattern[str], sentence: str) -> bool:
        """Whether a sentence holds a pattern whose words nobody has said."""
        found = pattern.search(sentence.replace("’", "'"))
        return found is not None and found[0].strip().casefold() not in self._known

    def _is_echo(self, sentence: str) -> bool:
        if any(echoes(sentence, message) for message in self._messages):
            return True
        wish = self._instruction or ""
        is_order = _ORDER.match(wish.strip()) is not None
        return is_order and are_alike(words_of(sentence), words_of(wish))
