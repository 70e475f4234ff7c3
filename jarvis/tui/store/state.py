"""What the screen is in, as one name."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What the screen is in; each has a picture in screenshots/ and a test."""

    STARTING = "starting"
    LOADING = "loading"
    EMPTY = "empty"
    NO_PERMISSION = "no permission"
    MODEL_LOADING = "model loading"
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"
    OFFLINE = "offline"
    DEMO = "demo"
    READY = "ready"
