"""What can be set: values with their defaults, handed down as they are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Limits(NamedTuple):
    """What one daemon takes on; each limit says its name in the error it causes."""

    connections: int = 4096
    """Connections at a time; fewer where open files are scarce."""
    running_requests: int = 64
    """Requests of one connection that run at a time."""
    waiting_requests: int = 1024
    """Further requests of one connection that are read and wait; then reading stops."""
    line_bytes: int = 4 * 2**20
    """The longest line a client may send, in bytes."""
    unread_bytes: int = 16 * 2**20
    """Bytes that may wait for one connection to read before its pushes end."""
    unread_stream_bytes: int = 2**20
    """Bytes that may wait for one connection before the clock of its streams starts."""
    unread_stream_s: float = 10.0
    """Seconds it may stay above that before its streams are cancelled."""
    subscriptions: int = 64
    """Subscriptions of one connection at a time."""
    missed_events: int = 1000
    """Events that are replayed to a client that missed them; above it there is a gap."""
    drafts: int = 64
    """Drafts that are kept in memory, those made ready and those asked for."""
    draft_bytes: int = 2 * 2**20
    """Bytes that these may take together, with the messages they answer."""
    drain_s: float = 5.0
    """Seconds that running requests have to end when the daemon stops."""


class Tui(NamedTuple):
    """How the terminal client looks."""

    theme: str = "auto"
    """light, dark, a theme of Textual's, or auto: as the terminal is."""


class Prefetch(NamedTuple):
    """Whether drafts are made ready before anybody asks for them."""

    enabled: bool = True


class Settings(NamedTuple):
    """Everything that can be set, with the values in force."""

    home: Path
    """Holds the socket, jarvis.db, the logs and config.toml."""
    socket: Path
    chat_db: Path
    contacts_db: Path
    """An AddressBook folder, or one .abcddb file."""
    engine: str | None = None
    """Which engine writes; null: mlx where it is installed."""
    model: str | None = None
    """A folder, a hub id whose files are already on this machine, or a server's name."""
    server: str | None = None
    """Where the engine openai finds its server; null: where Ollama listens."""
    allow_remote_server: bool = False
    """Whether that may be another machine, which then sees your messages."""
    server_patience_s: float = 300.0
    """How long that server may say nothing: while it loads a model or reads a prompt."""
    embedder: str | None = None
    """What finds meaning: "static", a folder, a hub id, none; null: the shipped table."""
    is_embedder_given: bool = False
    """Whether that comes from the environment; see is_model_given."""
    is_model_given: bool = False
    """Whether engine or model come from a flag or the environment: then they go before
    what was chosen with `jarvis models use`."""
    fm_program: Path | None = None
    """What serves Apple's own model; null: what macOS has for it."""
    server_ports: tuple[int, ...] = (11434, 1234, 8080)
    """Where on this machine model servers are looked for when models are listed: the ports
    of Ollama, LM Studio, and llama-server or mlx_lm.server."""
    scripted_token_ms: float = 0.0
    """How long the scripted engine takes for a token."""
    sender: str | None = None
    """Who sends: Messages, or in a made-up inbox the demo; null: Messages on a Mac."""
    keep_alive_s: float = 600.0
    """How long an unused model stays in memory."""
    idle_exit_s: float | None = None
    """When to stop after the last connection ended; null: never."""
    limits: Limits = Limits()
    tui: Tui = Tui()
    prefetch: Prefetch = Prefetch()

    @property
    def jarvis_db(self) -> Path:
        """Jarvis's own database."""
        return self.home / "jarvis.db"

    @property
    def log_file(self) -> Path:
        """Where the daemon writes what it did, a JSON object a line."""
        return self.home / "daemon.log"

    @property
    def models_folder(self) -> Path:
        """Where models lie that were pulled."""
        return self.home / "models"

    @property
    def fm_socket(self) -> Path:
        """Where servers of Apple's own model listen: each beside it, by its process."""
        return self.home / "fm.sock"

    @property
    def model_file(self) -> Path:
        """Which model was chosen with `jarvis models use`."""
        return self.home / "model.json"

    @property
    def embedder_file(self) -> Path:
        """The same of the model that search finds meaning with."""
        return self.home / "embedder.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one daemon of this home."""
        return self.home / "daemon.lock"
