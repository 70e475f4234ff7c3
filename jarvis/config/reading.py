"""Settings: read once at the top, checked, handed down as values.

Flags win over the environment, the environment over `config.toml`, the file over the
defaults. A setting nobody knows is an error that names the nearest one: a misspelled
setting that is silently ignored costs an evening.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from jarvis.config.settings import Prefetch, Settings
from jarvis.config.tables import Tables, known, read_tables
from jarvis.errors import ConfigError
from jarvis.ownership import refuse_somebody_elses


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
    from_file, tables = _read_file(home / "config.toml")
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
    if variables.get(_PREFETCH):
        enabled = _as_switch(variables[_PREFETCH], _PREFETCH)
        tables = tables._replace(prefetch=Prefetch(enabled=enabled))
    return Settings(
        home=home,
        is_model_given=bool(_OF_THE_MODEL & (named | given.keys())),
        is_embedder_given="embedder" in named,
        **tables._asdict(),
        **chosen,
    )


def in_full(environment: Mapping[str, str]) -> dict[str, str]:
    """The same variables, their paths whole, for a process that runs in another folder.

    Raises:
        ConfigError: one of them is no path.
    """
    changed = dict(environment)
    if home := environment.get("HOME"):
        changed["HOME"] = str(_path(home, "HOME"))
    if home := environment.get("JARVIS_HOME"):
        changed["JARVIS_HOME"] = str(_path(home, "JARVIS_HOME"))
    for variable, name in _FROM_ENVIRONMENT.items():
        value = environment.get(variable)
        if value and name in _PLACES:
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


def _read_file(path: Path) -> tuple[dict[str, Any], Tables]:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}, Tables()  # whoever makes the home says what is wrong with it
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
    tables = read_tables(table, path)
    # Every process reads this file, each in a folder of its own: its paths count from it.
    settings = {
        name: _checked(
            known(name, tuple(_KINDS), path), value, str(path), str(path.parent)
        )
        for name, value in table.items()
    }
    return settings, tables


def _checked(name: str, value: Any, origin: str, folder: str = "") -> Any:
    """The value in its proper kind, from text where it came as text."""
    try:
        return _KINDS[name](value, origin, folder)
    except _NotThat as wrong:
        raise ConfigError(f'{origin}: "{name}" must be {wrong}.') from None


class _NotThat(Exception):
    """What would be right instead."""


def _as_path(value: Any, origin: str, folder: str) -> Path:
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise _NotThat("a path")
    return _path(value, origin, folder)


def _as_model(value: Any, origin: str, folder: str) -> str:
    """A folder by its whole path; a hub id or a server's name as it is."""
    if not isinstance(value, str) or not value:
        raise _NotThat("a folder, a hub id or a name that the server knows")
    path = os.path.expanduser(_text(value, origin))
    is_folder = os.sep in path and os.path.isdir(os.path.join(folder, path))
    return str(_path(path, origin, folder)) if is_folder else value


def _as_address(value: Any, origin: str, folder: str) -> str:
    if not isinstance(value, str) or not value:
        raise _NotThat("an address like http://127.0.0.1:11434/v1")
    return _text(value, origin)


def _one_of(*choices: str) -> Callable[[Any, str, str], str]:
    def as_choice(value: Any, origin: str, folder: str) -> str:
        if value not in choices:
            raise _NotThat(f"one of {', '.join(choices)}")
        return str(value)

    return as_choice


def _as_switch(value: str, origin: str) -> bool:
    if value not in _SWITCH:
        raise ConfigError(f"{origin} must be one of {', '.join(_SWITCH)}.")
    return _SWITCH[value]


def _as_truth(value: Any, origin: str, folder: str) -> bool:
    if not isinstance(value, bool):
        raise _NotThat("true or false")
    return value


def _as_number(value: Any, origin: str, folder: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < sys.maxsize:
        raise _NotThat("a number, 0 or more")
    return number


def _as_ports(value: Any, origin: str, folder: str) -> tuple[int, ...]:
    """Numbers of ports; in an environment variable they stand between commas."""
    found = value.split(",") if isinstance(value, str) else value
    try:
        ports = tuple(int(port) for port in found if str(port).strip())
    except (TypeError, ValueError):
        ports = (0,)
    if not all(0 < port < 2**16 for port in ports):
        raise _NotThat("port numbers, like [11434, 1234]")
    return ports


_KINDS: Final[dict[str, Callable[[Any, str, str], Any]]] = {
    "socket": _as_path,
    "chat_db": _as_path,
    "contacts_db": _as_path,
    "engine": _one_of("mlx", "openai", "apple", "scripted"),
    "model": _as_model,
    "embedder": _as_model,
    "server": _as_address,
    "allow_remote_server": _as_truth,
    "fm_program": _as_path,
    "server_ports": _as_ports,
    "server_patience_s": _as_number,
    "scripted_token_ms": _as_number,
    "sender": _one_of("messages", "demo", "none"),
    "keep_alive_s": _as_number,
    "idle_exit_s": _as_number,
}
"""What each setting is made of: of its value, where it was said, and the folder that a
relative path counts from, empty for the current one."""
_DEFAULT_PATHS: Final = {"chat_db": default_chat_db, "contacts_db": default_contacts}
_OF_THE_MODEL: Final = {"engine", "model", "server"}
_FROM_ENVIRONMENT: Final = {
    "JARVIS_SOCKET": "socket",
    "JARVIS_CHAT_DB": "chat_db",
    "JARVIS_CONTACTS_DB": "contacts_db",
    "JARVIS_ENGINE": "engine",
    "JARVIS_MODEL": "model",
    "JARVIS_EMBEDDER": "embedder",
    "JARVIS_SERVER": "server",
    "JARVIS_FM_PROGRAM": "fm_program",
    "JARVIS_SERVER_PORTS": "server_ports",
    "JARVIS_SENDER": "sender",
    "JARVIS_SCRIPTED_TOKEN_MS": "scripted_token_ms",
}
_PREFETCH: Final = "JARVIS_PREFETCH"
_SWITCH: Final = {"on": True, "off": False}
_PLACES: Final = frozenset(("socket", "chat_db", "contacts_db", "model", "embedder"))
