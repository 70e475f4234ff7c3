"""The numbers of a model's `*.safetensors`, mapped into memory instead of read.

Not through the library of that name, which copies what it reads: a map costs nothing to
open, is shared by the processes that use one model, and of a table of a quarter million
word pieces only the rows are ever in memory that somebody's texts need.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from jarvis.errors import ModelUnavailable

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LENGTH_BYTES: Final = 8
_LONGEST_HEADER: Final = 100_000_000
"""What the format itself allows."""
_KINDS: Final = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}


class _Entry(msgspec.Struct):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def read_weights(folder: Path) -> Mapping[str, NDArray[np.float32]]:
    """Every tensor of the folder's files by its name, those of float32 as maps.

    Raises:
        ModelUnavailable: a file is no safetensors file, or is cut short.
    """
    tensors: dict[str, NDArray[np.float32]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        try:
            tensors.update(_tensors(path))
        except (OSError, ValueError, msgspec.MsgspecError):
            raise ModelUnavailable(
                f"The model's file {path} is damaged or cut short: fetch it again."
            ) from None
    return tensors


def _tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Source: the safetensors format: length, header of JSON, then the numbers."""
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    header_bytes = int.from_bytes(data[:_LENGTH_BYTES], "little")
    if not 0 < header_bytes <= min(_LONGEST_HEADER, len(data) - _LENGTH_BYTES):
        raise ValueError
    start = _LENGTH_BYTES + header_bytes
    header = msgspec.json.decode(data[_LENGTH_BYTES:start])
    header.pop("__metadata__", None)
    entries = msgspec.convert(header, dict[str, _Entry])
    return {
        name: _numbers(data, start, entry)
        for name, entry in entries.items()
        if entry.dtype in _KINDS  # what else there is counts positions
    }


def _numbers(data: mmap.mmap, start: int, entry: _Entry) -> NDArray[np.float32]:
    kind = np.dtype(_KINDS[entry.dtype])
    begin, end = entry.data_offsets
    count = prod(entry.shape)
    is_within = 0 <= begin <= end <= len(data) - start
    if (
        not is_within
        or end - begin != count * kind.itemsize
        or min(entry.shape, default=1) < 0
    ):
        raise ValueError
    stored = np.frombuffer(data, kind, count, start + begin).reshape(entry.shape)
    if entry.dtype == "BF16":  # the upper half of a float32
        return (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.astype(np.float32, copy=False)
