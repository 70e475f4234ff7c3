"""A made-up people's grammar of message threads: an inbox and a small model's lessons."""

from jarvis.demo.talk.lesson import Lesson, Target, make_lesson
from jarvis.demo.talk.names import GIVEN_NAMES, HELD_OUT_NAMES
from jarvis.demo.talk.prompt import WINDOW_TURNS, thread_prompt
from jarvis.demo.talk.scene import STANCES, Scene
from jarvis.demo.talk.scenes import SCENES
from jarvis.demo.talk.thread import ME, Thread, Turn, make_thread

__all__ = [
    "GIVEN_NAMES",
    "HELD_OUT_NAMES",
    "ME",
    "SCENES",
    "STANCES",
    "WINDOW_TURNS",
    "Lesson",
    "Scene",
    "Target",
    "Thread",
    "Turn",
    "make_lesson",
    "make_thread",
    "thread_prompt",
]
