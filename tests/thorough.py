"""How much is tried: a part of it in each run, all of it with `./dev test --thorough`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, TypeVar

_T = TypeVar("_T")

IS_THOROUGH: Final = "JARVIS_THOROUGH" in os.environ


def one_in(share: int, cases: Sequence[_T], *, first: int = 0) -> Sequence[_T]:
    """Every so-many-th of the cases, beginning at `first`; all of them when thorough.

    `first` lets tests that share a list take different parts of it.
    """
    return cases if IS_THOROUGH else cases[first % share :: share]
