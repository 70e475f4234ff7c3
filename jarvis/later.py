"""Modules that are loaded when something of them is first used, so that a start is short.

    if TYPE_CHECKING:
        import psutil
    else:
        psutil = later("psutil")

What is loaded so may take its time: a first use belongs off the event loop, or behind a
`later` that was loaded ahead (handlers/__init__.py does both).
"""

from __future__ import annotations

from importlib import import_module


class _Later:
    """Stands for a module; each name that was asked for is kept."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> object:
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)
        return value


def later(name: str) -> object:
    """What stands for the module of this name until it is used."""
    return _Later(name)
