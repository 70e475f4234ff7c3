"""What a person selects, and the state of the model: values for the daemon."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from jarvis.records import Record

LoadState = Literal["loading", "ready", "unloaded", "failed"]

NO_MODEL: Final = "none"
"""Chosen in place of a model: nothing is drafted, plain asks have short answers."""


FM_PROGRAM: Final = Path("/usr/bin/fm")
"""Where macOS 27 has what serves Apple's model."""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which engine and model are to write, as the settings or a person say.

    `engine` null is "mlx". `model` is a folder, a hub id, a server's name for it, or
    NO_MODEL. `server`, null for Ollama's, and whether it may be another machine matter to
    "openai" alone.
    """

    engine: str | None = None
    model: str | None = None
    server: str | None = None
    allow_remote_server: bool = False
    chat_template: str | None = None
    """That of the server's model, to measure likelihoods with; null: the server's word."""
    server_patience_s: float = 300.0
    """How long that server may say nothing before it is taken for dead."""
    scripted_token_ms: float = 0.0
    fm_program: Path = FM_PROGRAM
    """What serves Apple's model."""
    fm_socket: Path | None = None
    """Where it is to listen; null: nowhere."""
    models_folder: Path | None = None
    """Where pulled models lie; null: nowhere."""
    hub_cache: Path | None = None
    """Where other programs keep theirs; null: where they usually do."""

    @property
    def is_made(self) -> bool:
        """Whether anybody said what writes; to have no model is a choice, too."""
        return bool(self.model) or self.engine in ("scripted", "apple")


class ModelState(Record, frozen=True):
    """Where the model stands; `reason` says why it failed."""

    model: str | None
    state: LoadState
    reason: str | None = None
