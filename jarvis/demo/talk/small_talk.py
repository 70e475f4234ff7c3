"""What people say around any scene: greetings, closings, and what others throw in."""

from __future__ import annotations

from typing import Final

import msgspec

from jarvis.demo.talk.data import read_data


class SmallTalk(msgspec.Struct, frozen=True):
    """Templates; those in a mapping by the stance of what was answered."""

    greetings: tuple[str, ...]
    emoji: tuple[str, ...]
    closings: dict[str, tuple[str, ...]]
    joining: dict[str, tuple[str, ...]]


SMALL_TALK: Final = read_data("small_talk.toml", SmallTalk)
