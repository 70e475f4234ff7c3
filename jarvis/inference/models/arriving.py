"""One file of a model on its way: over as many connections as it takes, then checked."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.hub import BrokenOff, Hub
from jarvis.inference.models.wanted import WantedFile

if TYPE_CHECKING:
    from hashlib import _Hash

_PIECE_BYTES: Final = 2**18
_PART: Final = ".part"
MOST_TRIES: Final = 4
"""Attempts in a row that bring nothing new, until it is given up."""
PAUSE_S: Final = 1.0
"""Before the second of them; twice as long before each further one."""

Told = Callable[[int], None]
"""Hears how many bytes are there."""


@dataclass(frozen=True)
class Origin:
    """Where the files of one model come from; `pause_s` as PAUSE_S."""

    hub: Hub
    hub_id: str
    commit: str
    pause_s: float = PAUSE_S


class ArrivingFile:
    """A file that grows as a `.part` in a folder, and has its name there when whole."""

    def __init__(self, origin: Origin, folder: Path, file: WantedFile) -> None:
        self._origin = origin
        self._file = file
        self._whole = folder / file.name
        self._part = folder / f"{file.name}{_PART}"

    @property
    def missing_bytes(self) -> int:
        """How much of it is still to come, as far as sizes tell."""
        sizes = [
            path.stat().st_size for path in (self._whole, self._part) if path.is_file()
        ]
        return max(self._file.size_bytes - max(sizes, default=0), 0)

    def fetch(self, told: Told) -> None:
        """Fetch what is not there yet, and see that it is what the hub described.

        Raises:
            ModelUnavailable: it cannot be had whole; what came so far is kept, unless it
                is not what was described.
            OSError: the disk does not take it.
        """
        if self._whole.exists() and self._has_its_hash(self._whole):
            told(self._file.size_bytes)
            return
        was_begun_before = self._part.exists()
        self._fill(told)
        if not self._has_its_hash(self._part) and was_begun_before:
            # Its beginning may be of another commit.
            self._part.unlink()
            self._fill(told)
        if not self._has_its_hash(self._part):
            self._part.unlink()
            raise ModelUnavailable(
                f"{self._file.name} of {self._origin.hub_id} did not arrive as the hub "
                "describes it, and was thrown away: pull again; if it stays so, do not "
                "use this model."
            )
        self._part.replace(self._whole)

    def _fill(self, told: Told) -> None:
        """Add to the part until it has its size."""
        descriptor = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as part:
            idle_tries = 0
            size = part.seek(0, os.SEEK_END)
            if size > self._file.size_bytes:
                size = part.truncate(0)
            while size < self._file.size_bytes:
                told(size)
                try:
                    self._add_to(part, size, told)
                    reason = "the connection ended early"
                except (BrokenOff, HTTPException) as broken:
                    reason = str(broken)
                before, size = size, part.seek(0, os.SEEK_END)
                idle_tries = 0 if size > before else idle_tries + 1
                if idle_tries == MOST_TRIES:
                    raise ModelUnavailable(
                        f"{self._file.name} of {self._origin.hub_id} cannot be fetched "
                        f"({reason}): pull again later, it goes on where it stopped."
                    )
                if idle_tries:
                    time.sleep(self._origin.pause_s * 2 ** (idle_tries - 1))
            os.fsync(part.fileno())
            told(size)

    def _add_to(self, part: FileIO, start: int, told: Told) -> None:
        """Append what one connection brings; one that cannot resume begins the file."""
        origin, file = self._origin, self._file
        with origin.hub.open_file(
            origin.hub_id, origin.commit, file.name, start=start
        ) as response:
            if start and not _goes_on_at(response, start):
                start = part.truncate(0)
            size = part.seek(start)
            while size < file.size_bytes:
                piece = _read(response, min(_PIECE_BYTES, file.size_bytes - size))
                if not piece:
                    return
                _write(part, piece)
                size += len(piece)
                told(size)

    def _has_its_hash(self, path: Path) -> bool:
        """Whether a file is, byte for byte, the one that the hub described."""
        file = self._file
        if path.stat().st_size != file.size_bytes:
            return False
        digest: _Hash
        if file.sha256 is not None:
            digest, wanted = hashlib.sha256(), file.sha256
        else:
            # Git counts the size in, as it does for every blob.
            digest = hashlib.sha1(b"blob %d\0" % file.size_bytes, usedforsecurity=False)
            wanted = file.git_sha1 or ""
        with path.open("rb") as content:
            while piece := content.read(_PIECE_BYTES):
                digest.update(piece)
        return digest.hexdigest() == wanted


def _goes_on_at(response: HTTPResponse, start: int) -> bool:
    sent = response.headers.get("Content-Range", "")
    return response.status == 206 and sent.startswith(f"bytes {start}-")


def _read(response: HTTPResponse, most_bytes: int) -> bytes:
    """The next piece; a failure here is the network's, never the disk's."""
    try:
        return response.read1(most_bytes)
    except TimeoutError as error:
        raise BrokenOff("nothing came any more") from error
    except OSError as error:
        raise BrokenOff(error.strerror or "the connection broke") from error


def _write(part: FileIO, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[part.write(left) :]
