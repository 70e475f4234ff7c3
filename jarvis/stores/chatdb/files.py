"""The files of a message: which there are, what they are called in a line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from jarvis.records import Part

MISSING: Final = "Missing file"
"""What stands where a file is of which nothing is known."""

_COUNTED: Final = ("Photo", "Video", "Sticker", MISSING)


class AttachmentRow(NamedTuple):
    """A file of a message, in the order of the view's JSON."""

    guid: str | None
    filename: str | None
    transfer_name: str | None
    mime_type: str | None
    uti: str | None
    size_bytes: int | None
    is_sticker: bool | None
    is_hidden: bool | None
    description: str | None

    @property
    def is_shown(self) -> bool:
        """Whether it is a file to a person, and not what an app or a preview needs."""
        name = self.transfer_name or self.filename or ""
        return not self.is_hidden and not name.endswith(".pluginPayloadAttachment")

    @property
    def is_mark(self) -> bool:
        """Whether it is a small picture that may stand in running text."""
        return bool(self.is_sticker or self.description)


def part_of(file: AttachmentRow, place: int) -> Part:
    """The part that a file is; place is its place among the message's attachments."""
    if file.is_mark:
        return Part(kind="mark", text=file.description or "Sticker", attachment=place)
    return Part(kind="file", text=_label(file), attachment=place)


def files_line(parts: Sequence[Part], files: Sequence[AttachmentRow]) -> str:
    """Photo, 3 photos, Video, Contact card, PDF paper.pdf … for parts without words."""
    labels = [_alone(part, files) for part in parts]
    if len(labels) == 1:
        return labels[0]
    kinds = {label.partition(":")[0] for label in labels}
    if len(kinds) == 1 and (kind := kinds.pop()) in _COUNTED:
        return f"{len(labels)} {kind.lower()}s"
    return f"{len(labels)} files"


def file_name(file: AttachmentRow) -> str:
    """What the sender called it."""
    return file.transfer_name or os.path.basename(file.filename or "") or "Attachment"


def _alone(part: Part, files: Sequence[AttachmentRow]) -> str:
    if part.kind != "mark" or part.attachment is None:
        return part.text
    description = files[part.attachment].description
    return f"Sticker: {description}" if description else "Sticker"


def _label(file: AttachmentRow) -> str:
    name = file_name(file)
    mime = file.mime_type or ""
    uti = file.uti or ""
    if name.endswith(".loc.vcf") or uti == "public.vlocation":
        return "Location"
    if mime.startswith("image/") or uti in ("public.heic", "public.jpeg", "public.png"):
        return "Photo"
    if mime.startswith("video/") or uti == "com.apple.quicktime-movie":
        return "Video"
    if mime.startswith("audio/") or uti == "com.apple.coreaudio-format":
        return "Voice memo"
    if mime in ("text/vcard", "text/x-vcard") or uti == "public.vcard":
        return "Contact card"
    if mime == "application/pdf" or uti == "com.adobe.pdf":
        return f"PDF {name}"
    return f"File {name}"
