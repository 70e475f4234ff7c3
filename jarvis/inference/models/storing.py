"""A model fetched into its folder: resumed, checked file by file, then named at once.

It grows in a folder of its own, a `.part` file at a time, and gets its name when all of
it is whole and on the disk. So a kill at any moment loses nothing, and a folder without
`.partial` in its name is always a whole model.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from jarvis.errors import Busy, ModelUnavailable
from jarvis.inference.models.arriving import ArrivingFile, Origin, Told
from jarvis.inference.models.folder import CARD, Card, folder_of, partial_folder_of
from jarvis.inference.models.wanted import WantedFile

_SPARE: Final = 1.05
"""Room to be had for each byte to come: file systems need some for themselves."""
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Storing:
    """One model on its way into `models_folder`.

    Raises from `fetch`:
        ModelUnavailable: it cannot be had, with what to do; what came so far is kept.
        Busy: another process is fetching it.
    """

    def __init__(self, origin: Origin, models_folder: Path) -> None:
        self._origin = origin
        self._folder = folder_of(models_folder, origin.hub_id)
        self._partial = partial_folder_of(models_folder, origin.hub_id)

    def fetch(self, files: Sequence[WantedFile], card: Card, told: Told) -> Path:
        """Fetch what is not there yet; the model's folder."""
        arriving = [ArrivingFile(self._origin, self._partial, each) for each in files]
        try:
            self._partial.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _held(self._partial, self._origin.hub_id):
                self._check_room(arriving)
                done = 0
                for file, arriving_file in zip(files, arriving, strict=True):
                    arriving_file.fetch(_after(done, told))
                    done += file.size_bytes
                self._finish(files, card)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise ModelUnavailable(
                    f"The disk is full. What came of {self._origin.hub_id} is kept: make "
                    "room and pull it again."
                ) from None
            raise ModelUnavailable(
                f"{self._partial} cannot be written ({error.strerror}): mend that and "
                "pull again."
            ) from None
        return self._folder

    def _check_room(self, files: Sequence[ArrivingFile]) -> None:
        needed = sum(file.missing_bytes for file in files)
        free = shutil.disk_usage(self._partial).free
        if needed * _SPARE > free:
            raise ModelUnavailable(
                f"{self._origin.hub_id} needs {needed * _SPARE / 1e9:.1f} GB more, and "
                f"the disk has {free / 1e9:.1f} GB left: make room and pull it again."
            )

    def _finish(self, files: Sequence[WantedFile], card: Card) -> None:
        """Leave only what belongs to it, write it down for good, and name it."""
        names = {file.name for file in files}
        for path in self._partial.iterdir():
            if path.name not in names:
                path.unlink()
        card_path = self._partial / CARD
        descriptor = os.open(card_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            written.write(msgspec.json.encode(card))
            written.flush()
            os.fsync(written.fileno())
        _write_down(self._partial)
        self._partial.rename(self._folder)
        _write_down(self._folder.parent)


def _after(done_bytes: int, told: Told) -> Told:
    """Hears of one file, and tells of all, of which so much was there before."""
    return lambda part_bytes: told(done_bytes + part_bytes)


@contextmanager
def _held(folder: Path, hub_id: str) -> Iterator[None]:
    """One process at a time works in a folder; the lock dies with it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Busy(f"{hub_id} is being fetched already; wait for that.") from None
    finally:
        os.close(descriptor)


def _write_down(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
