"""Writes into a chat.db the way Messages does, step by step, while others read it."""

from __future__ import annotations

from jarvis.demo.live.playing import play, quiet_talks
from jarvis.demo.live.writer import LiveWriter, Written

__all__ = ["LiveWriter", "Written", "play", "quiet_talks"]
