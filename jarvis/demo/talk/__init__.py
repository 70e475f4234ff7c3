"""The grammar of what the demo's people write: its inbox, and its model's training."""

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
