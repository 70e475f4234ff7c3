"""Real files for some attachments of a mailbox, so that their paths lead somewhere."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from jarvis.demo.mailbox.mailbox import Mailbox
from jarvis.demo.mailbox.rows import File

_MOST = 100
_KEPT = 10
"""Of so many, seven are here and three were moved to iCloud: their paths lead nowhere."""
_MISSING = 3
_ROOT = "~/Library/Messages/Attachments/"


def write_files(mailbox: Mailbox, directory: Path) -> int:
    """Write what the rows promise below directory/Attachments; how many files.

    Names that lead elsewhere are left alone.
    """
    root = (directory / "Attachments").resolve()
    written = 0
    for number, (file, content) in enumerate(_makeable(mailbox)):
        if number % _KEPT < _MISSING:
            continue
        path = (root / (file.path or "").removeprefix(_ROOT)).resolve()
        if not path.is_relative_to(root):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written += 1
        if written == _MOST:
            break
    return written


def _makeable(mailbox: Mailbox) -> Iterator[tuple[File, bytes]]:
    """Files of the kinds that can be made, the newest first."""
    for message in reversed(mailbox.messages):
        for file in message.files:
            content = _CONTENTS.get(Path(file.name).suffix)
            if file.path and content and len(file.name) < 100:
                yield file, content


def _png() -> bytes:
    """A picture of one grey point."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    point = zlib.compress(b"\0\x80")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", point)
        + chunk(b"IEND", b"")
    )


_PDF = (
    b"%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
_CARD = (
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Moss;Ada;;;\r\nFN:Ada Moss\r\n"
    b"TEL:+14155550101\r\nEND:VCARD\r\n"
)
_CONTENTS = {".png": _png(), ".pdf": _PDF, ".vcf": _CARD}
