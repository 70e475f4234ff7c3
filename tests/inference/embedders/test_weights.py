"""A model's numbers from its files: of every kind, and damaged in every way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedders.weights import read_weights
from tests.inference.embedders.folders import write_safetensors

NUMBERS: Final = np.arange(-6, 6, dtype="<f4").reshape(3, 4) / 8


def test_numbers_are_read_in_every_precision(tmp_path: Path) -> None:
    """Each kind as float32; what counts positions is no weight."""
    upper_half = (NUMBERS.view("<u4") >> 16).astype("<u2")
    write_safetensors(
        tmp_path / "model.safetensors",
        {
            "full": NUMBERS,
            "half": NUMBERS.astype("<f2"),
            "brain": upper_half,
            "positions": np.arange(4, dtype="<i8"),
            "one": np.array(2.5, dtype="<f4"),
        },
    )
    weights = read_weights(tmp_path)
    assert set(weights) == {"full", "half", "brain", "one"}
    assert all(each.dtype == np.float32 for each in weights.values())
    for name in ("full", "half", "brain"):
        assert np.array_equal(weights[name], NUMBERS)
    assert weights["one"] == 2.5


def test_what_a_file_holds_is_mapped_and_cannot_be_changed(tmp_path: Path) -> None:
    """Two processes with one model share its memory."""
    write_safetensors(tmp_path / "model.safetensors", {"full": NUMBERS})
    full = read_weights(tmp_path)["full"]
    assert not full.flags.owndata
    assert not full.flags.writeable


def test_weights_in_several_files_are_one_model(tmp_path: Path) -> None:
    """As large ones come."""
    for number in (1, 2):
        path = tmp_path / f"model-0000{number}-of-00002.safetensors"
        write_safetensors(path, {f"part {number}": NUMBERS})
    assert set(read_weights(tmp_path)) == {"part 1", "part 2"}


def _header(change: Callable[[dict[str, object]], None]) -> Callable[[bytes], bytes]:
    """The file with another header of the same length."""

    def changed(file: bytes) -> bytes:
        length = int.from_bytes(file[:8], "little")
        header = json.loads(file[8 : 8 + length])
        change(header["full"])
        text = json.dumps(header).encode().ljust(length)
        return len(text).to_bytes(8, "little") + text + file[8 + length :]

    return changed


DAMAGES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "empty": lambda file: b"",
    "no header": lambda file: file[:5],
    "half a header": lambda file: file[:40],
    "a byte short": lambda file: file[:-1],
    "all ones": lambda file: b"\xff" * len(file),
    "a header longer than the file": lambda file: (
        (2**40).to_bytes(8, "little") + file[8:]
    ),
    "a page": lambda file: b"<html>not found</html>" * 9,
    "more than there is": _header(lambda tensor: tensor.update(shape=[3, 5])),
    "less than nothing": _header(lambda tensor: tensor.update(shape=[-3, -4])),
    "before its data": _header(lambda tensor: tensor.update(data_offsets=[-48, 0])),
    "behind its data": _header(lambda tensor: tensor.update(data_offsets=[4, 52])),
    "no offsets": _header(lambda tensor: tensor.update(data_offsets="0")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_named(
    damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Cut short, replaced by a page, or with a header that lies: never a crash."""
    path = tmp_path / "model.safetensors"
    write_safetensors(path, {"full": NUMBERS})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ModelUnavailable, match="damaged or cut short"):
        read_weights(tmp_path)
