"""A model fetched into its folder: resumed, checked file by file, then named at once.

It grows in a folder of its own, a `.part` file at a time, and gets its name when all of
it is whole and on the disk. So a kill at any moment loses nothing, and a folder without
`.partial` in its name is always a whole model.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from jarvis.errors import Busy, ModelUnavailable
from jarvis.inference.models.folder import (
    MODEL_CARD,
    ModelCard,
    folder_of,
    partial_folder_of,
)
from jarvis.inference.models.hub import BrokenOff, Hub
from jarvis.inference.models.manifest import ManifestFile

if TYPE_CHECKING:
    from hashlib import _Hash

_PIECE_BYTES: Final = 2**18
_PART: Final = ".part"
MOST_TRIES: Final = 4
"""How many attempts in a row may bring no bytes before the download fails."""
PAUSE_S: Final = 1.0
"""Delay before the second attempt; it doubles before each further one."""

OnBytes = Callable[[int], None]
"""Takes how many bytes are there."""
_SPARE: Final = 1.05
"""How much free disk a download needs, by its size: file systems need some themselves."""
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ModelDownload:
    """One model on its way into `models_folder`.

    Raises from `fetch`:
        ModelUnavailable: it cannot be had, with what to do; what came so far is kept.
        Busy: another process is fetching it.
    """

    def __init__(self, origin: Origin, models_folder: Path) -> None:
        self._origin = origin
        self._folder = folder_of(models_folder, origin.hub_id)
        self._partial = partial_folder_of(models_folder, origin.hub_id)

    def fetch(
        self, files: Sequence[ManifestFile], card: ModelCard, on_bytes: OnBytes
    ) -> Path:
        """Fetch what is not there yet; the model's folder."""
        downloads = [FileDownload(self._origin, self._partial, file) for file in files]
        try:
            self._partial.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _held(self._partial, self._origin.hub_id):
                self._check_room(downloads)
                done = 0
                for file, download in zip(files, downloads, strict=True):
                    download.fetch(_counted_from(done, on_bytes))
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

    def _check_room(self, files: Sequence[FileDownload]) -> None:
        needed = sum(file.missing_bytes for file in files)
        free = shutil.disk_usage(self._partial).free
        if needed * _SPARE > free:
            raise ModelUnavailable(
                f"{self._origin.hub_id} needs {needed * _SPARE / 1e9:.1f} GB more, and "
                f"the disk has {free / 1e9:.1f} GB left: make room and pull it again."
            )

    def _finish(self, files: Sequence[ManifestFile], card: ModelCard) -> None:
        """Remove what is not in the manifest, sync the folder to disk, and rename it."""
        wanted = {self._partial / file.name for file in files}
        for path in sorted(self._partial.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                _write_down(path)
            elif path not in wanted:
                path.unlink()
        card_path = self._partial / MODEL_CARD
        descriptor = os.open(card_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            written.write(msgspec.json.encode(card))
            written.flush()
            os.fsync(written.fileno())
        _write_down(self._partial)
        self._partial.rename(self._folder)
        _write_down(self._folder.parent)


def _counted_from(done_bytes: int, on_bytes: OnBytes) -> OnBytes:
    """Adds the bytes of the files before to those of one file."""
    return lambda part_bytes: on_bytes(done_bytes + part_bytes)


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
    """Sync a folder's entries to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class Origin:
    """Where the files of one model come from; `pause_s` as PAUSE_S."""

    hub: Hub
    hub_id: str
    commit: str
    pause_s: float = PAUSE_S


class FileDownload:
    """A file that grows as a `.part` in a folder, and has its name there when whole."""

    def __init__(self, origin: Origin, folder: Path, file: ManifestFile) -> None:
        self._origin = origin
        self._file = file
        self._whole = folder / file.name
        self._part = folder / f"{file.name}{_PART}"

    @property
    def missing_bytes(self) -> int:
        """How many bytes are missing, by the size of what is there."""
        sizes = [
            path.stat().st_size for path in (self._whole, self._part) if path.is_file()
        ]
        return max(self._file.size_bytes - max(sizes, default=0), 0)

    def fetch(self, on_bytes: OnBytes) -> None:
        """Fetch what is not there yet, and see that it is what the hub described.

        Raises:
            ModelUnavailable: it cannot be had whole; what came so far is kept, unless it
                is not what was described.
            OSError: the disk does not take it.
        """
        if self._whole.exists() and self._has_its_hash(self._whole):
            on_bytes(self._file.size_bytes)
            return
        self._part.parent.mkdir(mode=0o700, exist_ok=True)
        was_begun_before = self._part.exists()
        self._fill(on_bytes)
        if not self._has_its_hash(self._part) and was_begun_before:
            # Its beginning may be of another commit.
            self._part.unlink()
            self._fill(on_bytes)
        if not self._has_its_hash(self._part):
            self._part.unlink()
            raise ModelUnavailable(
                f"{self._file.name} of {self._origin.hub_id} did not arrive as the hub "
                "describes it, and was thrown away: pull again; if it stays so, do not "
                "use this model."
            )
        self._part.replace(self._whole)

    def _fill(self, on_bytes: OnBytes) -> None:
        """Add to the part until it has its size."""
        descriptor = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as part:
            idle_tries = 0
            size = part.seek(0, os.SEEK_END)
            if size > self._file.size_bytes:
                size = part.truncate(0)
            while size < self._file.size_bytes:
                on_bytes(size)
                try:
                    self._add_to(part, size, on_bytes)
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
            on_bytes(size)

    def _add_to(self, part: FileIO, start: int, on_bytes: OnBytes) -> None:
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
                on_bytes(size)

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
