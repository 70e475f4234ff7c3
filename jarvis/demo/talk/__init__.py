"""A made-up people's grammar of message threads: an inbox and a small model's lessons."""

from jarvis.demo.talk.lesson import Lesson, Target, make_lesson
from jarvis.demo.talk.names import GIVEN_NAMES
from jarvis.demo.talk.prompt import WINDOW_TURNS, thread_prompt
from jarvis.demo.talk.scene import STANCES, Scene
from jarvis.demo.talk.scenes import SCENES
from jarvis.demo.talk.slots import LESSONS, UNSEEN, Stock
from jarvis.demo.talk.thread import (
    ME,
    Exchange,
    Story,
    Thread,
    Turn,
    answer_to,
    make_story,
    make_thread,
)
from jarvis.demo.talk.voice import Voice, voices_of

__all__ = [
    "GIVEN_NAMES",
    "LESSONS",
    "ME",
    "SCENES",
    "STANCES",
    "UNSEEN",
    "WINDOW_TURNS",
    "Exchange",
    "Lesson",
    "Scene",
    "Stock",
    "Story",
    "Target",
    "Thread",
    "Turn",
    "Voice",
    "answer_to",
    "make_lesson",
    "make_story",
    "make_thread",
    "thread_prompt",
    "voices_of",
]
