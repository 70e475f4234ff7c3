"""A deterministic engine for tests and pictures; what it writes is no model's work."""

from __future__ import annotations

import re
import time
from hashlib import blake2b
from typing import Final

from jarvis.inference.engine import (
    EngineOutput,
    Opening,
    Outputs,
    Progress,
    Prompt,
)
from jarvis.inference.models.record import SCRIPTED, ModelRecord
from jarvis.letters import head
from jarvis.records import FinishReason

_REPLIES: Final = (
    "Thanks {person}, I read what you wrote about {topic} and it works well for me, "
    "see you then.",
    "Sorry {person}, I can not manage {topic} this time, could we please find another "
    "day for it soon?",
    "Let me think about {topic} for a moment, {person}, and I will tell you what I "
    "can do tonight.",
    "Hello {person}, before I answer on {topic}, could you tell me a little more "
    "about what you need?",
    "Good to hear from you, {person}! About {topic}: I would rather talk it over on "
    "the phone tomorrow.",
)
"""At least 16 words each, whatever person and topic are; no two begin alike."""

_SUMMARY: Final = (
    "{person} wrote about {topic}.\n"
    "- {person} brought up {topic} and waits to hear what comes of it\n"
    "- Nothing has been settled between the two of you so far\n"
    "- The next step is an answer to {person}"
)

_WORD: Final = re.compile(r"\s*\S+")
_LONGEST_TOPIC_WORDS: Final = 5
_LONGEST_WORD_CHARACTERS: Final = 24


class ScriptedGenerator:
    """Writes by script: the same chat and number give the same text, word by word."""

    opening: Opening = "reply"

    def __init__(self, model: ModelRecord = SCRIPTED) -> None:
        self._token_s = model.token_ms / 1000

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """A token a word; every token takes `token_ms`."""
        prompt_tokens = sum(len(turn.content.split()) for turn in prompt.turns)
        progress("reading", prompt_tokens, prompt_tokens)
        words = _WORD.findall(script(prompt))
        made = words[: prompt.sampling.max_tokens]
        for index, word in enumerate(made):
            time.sleep(self._token_s)
            logprob = _logprob(prompt, index)
            yield EngineOutput(text=word, logprob=logprob, prompt_tokens=prompt_tokens)
        reason: FinishReason = "stop" if made == words else "length"
        yield EngineOutput(
            text="", prompt_tokens=prompt_tokens, is_token=False, finish_reason=reason
        )


def script(prompt: Prompt) -> str:
    """The whole text for a prompt, whose first turn names a person, the last one a topic.

    Numbers above the scripts' count begin a new round.
    """
    rules, *_, newest = prompt.turns
    person = _short(rules.content, 2) or "you"
    topic = f'"{_short(newest.content, _LONGEST_TOPIC_WORDS)}"'
    if prompt.task == "summary":
        return _SUMMARY.format(person=person, topic=topic)
    turn, number = divmod(prompt.suggestion, len(_REPLIES))
    text = _REPLIES[number].format(person=person, topic=topic)
    return f"{text} ({turn + 1})" if turn else text


def _short(text: str, words: int) -> str:
    """The first words of a text, none of them endless."""
    first = text[:1000].split()[:words]
    return " ".join(head(word, _LONGEST_WORD_CHARACTERS) for word in first)


def _logprob(prompt: Prompt, index: int) -> float:
    """A number for each word between -1 and 0, fixed by chat, suggestion and place."""
    key = f"{prompt.chat_id}/{prompt.suggestion}/{index}".encode()
    return -(blake2b(key, digest_size=2).digest()[0] + 1) / 257
