"""A made-up people's grammar of message threads: an inbox and a small model's lessons."""

from __future__ import annotations

from jarvis.demo.talk.names import NAMES
from jarvis.demo.talk.slots import Stock
from jarvis.demo.talk.thread import ME, Exchange, Story, Turn, answer_to, make_story
from jarvis.demo.talk.voice import Voice, voices_of

__all__ = [
    "ME",
    "NAMES",
    "Exchange",
    "Stock",
    "Story",
    "Turn",
    "Voice",
    "answer_to",
    "make_story",
    "voices_of",
]
