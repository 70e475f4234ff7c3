"""The tables of config.toml: limits, the terminal client, prefetch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from jarvis.config.settings import Limits, Prefetch, Tui
from jarvis.errors import ConfigError


class Tables(NamedTuple):
    """What stands in the tables, or their defaults."""

    limits: Limits = Limits()
    tui: Tui = Tui()
    prefetch: Prefetch = Prefetch()


def read_tables(content: dict[str, Any], path: Path) -> Tables:
    """Take the tables out of a file's content.

    Raises:
        ConfigError: one of them holds what is no setting, or has a wrong value.
    """
    return Tables(
        _read_limits(content.pop("limits", {}), path),
        _read_tui(content.pop("tui", {}), path),
        _read_prefetch(content.pop("prefetch", {}), path),
    )


def _read_prefetch(table: object, path: Path) -> Prefetch:
    if not isinstance(table, dict):
        raise ConfigError(f"prefetch in {path} must be a table: [prefetch].")
    for name, value in table.items():
        known(name, Prefetch._fields, path)
        if not isinstance(value, bool):
            raise ConfigError(f"prefetch.{name} in {path} must be true or false.")
    return Prefetch(**table)


def _read_limits(table: object, path: Path) -> Limits:
    if not isinstance(table, dict):
        raise ConfigError(f"limits in {path} must be a table: [limits].")
    names = Limits._fields
    for name, value in table.items():
        known(name, names, path)
        whole = isinstance(Limits._field_defaults[name], int)
        is_number = isinstance(value, int if whole else int | float)
        if not is_number or isinstance(value, bool) or not value > 0:
            raise ConfigError(f"limits.{name} in {path} must be a number above 0.")
    return Limits(**table)


def _read_tui(table: object, path: Path) -> Tui:
    """Which themes there are only the terminal client knows."""
    if not isinstance(table, dict):
        raise ConfigError(f"tui in {path} must be a table: [tui].")
    for name, value in table.items():
        known(name, Tui._fields, path)
        if not isinstance(value, str) or not value:
            raise ConfigError(f"tui.{name} in {path} must be the name of a theme.")
    return Tui(**table)


def known(name: str, names: tuple[str, ...], path: Path) -> str:
    """The name of a setting.

    Raises:
        ConfigError: there is none of this name; the sentence names the nearest.
    """
    if name in names:
        return name
    import difflib

    near = difflib.get_close_matches(name, names, n=1)
    hint = f'Did you mean "{near[0]}"?' if near else f"Known are {', '.join(names)}."
    raise ConfigError(f'"{name}" in {path} is no setting. {hint}')
