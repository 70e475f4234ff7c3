"""Which model a person chose, kept from one start of the daemon to the next."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec


class _Remembered(msgspec.Struct, frozen=True):
    model: str


def remembered_model(path: Path) -> tuple[str | None, str | None]:
    """What was chosen, if anything; and what is wrong with the file, for a person."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Remembered).model, None
    except FileNotFoundError:
        return None, None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None, (
            f"{path} cannot be read, so the model you chose is forgotten: choose it "
            "again with `jarvis models use`."
        )


def remember_model(path: Path, model: str) -> None:
    """Keep the choice; after a kill there is the old file or the new one."""
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(_Remembered(model)))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
