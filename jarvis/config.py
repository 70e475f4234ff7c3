"""Settings: read once at the top, checked, handed down as values.

Flags win over the environment, the environment over `config.toml`, the file over the
defaults. A setting nobody knows is an error that names the nearest one: a misspelled
setting that is silently ignored costs an evening.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from jarvis.errors import ConfigError
from jarvis.ownership import refuse_somebody_elses

ENGINES: Final = ("mlx", "openai", "scripted")
SENDERS: Final = ("messages", "demo", "none")


def default_chat_db() -> Path:
    """Where Messages keeps its history on a Mac."""
    return person_home() / "Library" / "Messages" / "chat.db"


def default_contacts() -> Path:
    """Where the AddressBook stores are on a Mac."""
    return person_home() / "Library" / "Application Support" / "AddressBook"


def person_home() -> Path:
    """The person's own directory.

    Raises:
        ConfigError: HOME is not set, and the system knows none either.
    """
    try:
        return Path.home()
    except RuntimeError:
        raise ConfigError(
            "Nobody says which directory is yours: set HOME, or all of JARVIS_HOME, "
            "JARVIS_CHAT_DB and JARVIS_CONTACTS_DB."
        ) from None


@dataclass(frozen=True, kw_only=True)
class Limits:
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
    drain_s: float = 5.0
    """Seconds that running requests have to end when the daemon stops."""


@dataclass(frozen=True, kw_only=True)
class Tui:
    """How the terminal client looks."""

    theme: str = "auto"
    """light, dark, a theme of Textual's, or auto: as the terminal is."""


@dataclass(frozen=True, kw_only=True)
class Settings:
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
    is_model_given: bool = False
    """Whether engine or model come from a flag or the environment: then they go before
    what was chosen with `jarvis models use`."""
    scripted_token_ms: float = 0.0
    """How long the scripted engine takes for a token."""
    sender: str | None = None
    """Who sends: Messages, or in a made-up inbox the demo; null: Messages on a Mac."""
    keep_alive_s: float = 600.0
    """How long an unused model stays in memory."""
    idle_exit_s: float | None = None
    """When to stop after the last connection ended; null: never."""
    limits: Limits = field(default_factory=Limits)
    tui: Tui = field(default_factory=Tui)

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
    def model_file(self) -> Path:
        """Which model was chosen with `jarvis models use`."""
        return self.home / "model.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one daemon of this home."""
        return self.home / "daemon.lock"


_DEFAULT_PATHS: Final = {"chat_db": default_chat_db, "contacts_db": default_contacts}
_CHOICES: Final = {"engine": ENGINES, "sender": SENDERS}
_PATHS: Final = {"home", "socket", "chat_db", "contacts_db"}
_TEXTS: Final = {
    "model": "a folder, a hub id or a name that the server knows",
    "server": "an address like http://127.0.0.1:11434/v1",
}
_NOT_IN_FILE: Final = {"home", "limits", "tui", "is_model_given"}
_FROM_FILE: Final = tuple(
    known.name for known in fields(Settings) if known.name not in _NOT_IN_FILE
)
_OF_THE_MODEL: Final = {"engine", "model", "server"}
_FROM_ENVIRONMENT: Final = {
    "JARVIS_SOCKET": "socket",
    "JARVIS_CHAT_DB": "chat_db",
    "JARVIS_CONTACTS_DB": "contacts_db",
    "JARVIS_ENGINE": "engine",
    "JARVIS_MODEL": "model",
    "JARVIS_SERVER": "server",
    "JARVIS_SENDER": "sender",
    "JARVIS_SCRIPTED_TOKEN_MS": "scripted_token_ms",
}


def load_settings(
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings in force.

    Args:
        flags: by setting name; null values count as not given.
        environment: `os.environ` when left out.

    Raises:
        ConfigError: a setting is unknown, of the wrong kind or impossible; the sentence
            says which, where it stands and what would be right.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    variables = os.environ if environment is None else environment
    home = _home(given.pop("home", None), variables.get("JARVIS_HOME"))
    chosen: dict[str, Any] = {"socket": home / "jarvis.sock"}
    from_file, limits, tui = _read_file(home / "config.toml")
    chosen.update(from_file)
    for variable, name in _FROM_ENVIRONMENT.items():
        if variables.get(variable):
            chosen[name] = _checked(name, variables[variable], variable)
    for name, value in given.items():
        chosen[name] = _checked(name, value, f"--{name.replace('_', '-')}")
    for name, default in _DEFAULT_PATHS.items():
        if name not in chosen:
            chosen[name] = default()
    named = {name for var, name in _FROM_ENVIRONMENT.items() if variables.get(var)}
    is_model_given = bool(_OF_THE_MODEL & (named | given.keys()))
    return Settings(
        home=home, limits=limits, tui=tui, is_model_given=is_model_given, **chosen
    )


def in_full(environment: Mapping[str, str]) -> dict[str, str]:
    """The same variables, their paths whole, for a process that runs in another folder.

    Raises:
        ConfigError: one of them is no path.
    """
    changed = dict(environment)
    if home := environment.get("HOME"):
        changed["HOME"] = str(_path(home, "HOME"))
    for variable, name in {"JARVIS_HOME": "home", **_FROM_ENVIRONMENT}.items():
        value = environment.get(variable)
        if value and name in {*_PATHS, "model"}:
            changed[variable] = str(_checked(name, value, variable))
    return changed


def _home(flag: str | None, variable: str | None) -> Path:
    if flag:
        return _path(flag, "--home")
    if variable:
        return _path(variable, "JARVIS_HOME")
    return _path(person_home() / ".jarvis", "HOME")


def _path(value: str | os.PathLike[str], origin: str, folder: str = "") -> Path:
    """An absolute path with `~` expanded; links stay, the person may have meant them.

    One that is relative counts from `folder`, which is the current one when left out.
    """
    path = os.path.join(folder, os.path.expanduser(_text(value, origin)))
    try:
        return Path(os.path.abspath(path))
    except FileNotFoundError:
        raise ConfigError(
            f"{origin}: {path} counts from the current folder, which is gone. "
            "Go to another, or give the whole path."
        ) from None


def _text(value: str | os.PathLike[str], origin: str) -> str:
    text = os.fspath(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(text).decode(errors="backslashreplace")
        raise ConfigError(
            f"{origin}: {shown} is not UTF-8, and Jarvis keeps names as text. "
            "Give it another name."
        ) from None
    return text


def _read_file(path: Path) -> tuple[dict[str, Any], Limits, Tui]:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}, Limits(), Tui()  # whoever makes the home says what is wrong with it
    except OSError as error:
        with suppress(OSError):
            refuse_somebody_elses(path.parent)
        reason = f"{path} cannot be read ({error.strerror}). Mend it or move it away."
        raise ConfigError(reason) from None
    import tomllib

    try:
        table = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from None
    limits, tui = table.pop("limits", {}), table.pop("tui", {})
    # Every process reads this file, each in a folder of its own: its paths count from it.
    settings = {
        name: _checked(
            _known(name, _FROM_FILE, path), value, str(path), str(path.parent)
        )
        for name, value in table.items()
    }
    return settings, _read_limits(limits, path), _read_tui(tui, path)


def _read_limits(table: object, path: Path) -> Limits:
    if not isinstance(table, dict):
        raise ConfigError(f"limits in {path} must be a table: [limits].")
    names = tuple(known.name for known in fields(Limits))
    for name, value in table.items():
        _known(name, names, path)
        whole = isinstance(getattr(Limits, name), int)
        is_number = isinstance(value, int if whole else int | float)
        if not is_number or isinstance(value, bool) or not value > 0:
            raise ConfigError(f"limits.{name} in {path} must be a number above 0.")
    return Limits(**table)


def _read_tui(table: object, path: Path) -> Tui:
    """Which themes there are only the terminal client knows."""
    if not isinstance(table, dict):
        raise ConfigError(f"tui in {path} must be a table: [tui].")
    for name, value in table.items():
        _known(name, tuple(known.name for known in fields(Tui)), path)
        if not isinstance(value, str) or not value:
            raise ConfigError(f"tui.{name} in {path} must be the name of a theme.")
    return Tui(**table)


def _known(name: str, names: tuple[str, ...], path: Path) -> str:
    if name in names:
        return name
    import difflib

    near = difflib.get_close_matches(name, names, n=1)
    hint = f'Did you mean "{near[0]}"?' if near else f"Known are {', '.join(names)}."
    raise ConfigError(f'"{name}" in {path} is no setting. {hint}')


def _checked(name: str, value: Any, origin: str, folder: str = "") -> Any:
    """The value in its proper kind, from text where it came as text."""
    if name in _PATHS:
        if not isinstance(value, str | os.PathLike) or not os.fspath(value):
            raise ConfigError(f'{origin}: "{name}" must be a path.')
        return _path(value, origin, folder)
    if name in _CHOICES:
        known = _CHOICES[name]
        if value not in known:
            raise ConfigError(f'{origin}: "{name}" must be one of {", ".join(known)}.')
        return value
    if name in _TEXTS:
        if not isinstance(value, str) or not value:
            raise ConfigError(f'{origin}: "{name}" must be {_TEXTS[name]}.')
        text = _text(value, origin)
        return _model(text, origin, folder) if name == "model" else text
    if name == "allow_remote_server":
        if not isinstance(value, bool):
            raise ConfigError(f'{origin}: "{name}" must be true or false.')
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < sys.maxsize:
        raise ConfigError(f'{origin}: "{name}" must be a number, 0 or more.')
    return number


def _model(value: str, origin: str, folder: str) -> str:
    """A folder by its whole path; a hub id or a server's name as it is."""
    path = os.path.expanduser(value)
    is_folder = os.sep in path and os.path.isdir(os.path.join(folder, path))
    return str(_path(path, origin, folder)) if is_folder else value
