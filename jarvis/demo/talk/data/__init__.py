"""What the demo's people say and are called: TOML that is written and read as text."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")


def read_data(name: str, kind: type[T]) -> T:
    """The file of that name in this folder, as values of that type."""
    data = files(__name__).joinpath(name).read_bytes()
    return msgspec.toml.decode(data, type=kind)
