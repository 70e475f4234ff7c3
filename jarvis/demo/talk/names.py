"""What the demo's people are called."""

from __future__ import annotations

from typing import Final

import msgspec

from jarvis.demo.talk.data import read_data


class Names(msgspec.Struct, frozen=True):
    """Names by kind, and the area codes of numbers that are set aside for fiction."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    area_codes: tuple[str, ...]


NAMES: Final = read_data("names.toml", Names)
