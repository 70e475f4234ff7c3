"""Messages that bring files: photos, videos, papers, voice memos and loose stickers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import File, Message
from jarvis.demo.typedstream import PLACEHOLDER, Run, attachment, words

FileType = Literal["photo", "picture", "video", "pdf", "card", "place", "archive"]


@dataclass(frozen=True, slots=True)
class _Format:
    name: str
    mime_type: str | None
    uti: str
    label: str
    plural: str = ""


FORMATS: dict[FileType, _Format] = {
    "photo": _Format("IMG_{}.HEIC", "image/heic", "public.heic", "Photo", "photos"),
    "picture": _Format("IMG_{}.png", "image/png", "public.png", "Photo", "photos"),
    "video": _Format(
        "IMG_{}.MOV", "video/quicktime", "com.apple.quicktime-movie", "Video", "videos"
    ),
    "pdf": _Format("paper-{}.pdf", "application/pdf", "com.adobe.pdf", "PDF {}"),
    "card": _Format("card-{}.vcf", "text/vcard", "public.vcard", "Contact card"),
    "place": _Format("CL.loc.vcf", "text/x-vlocation", "public.vlocation", "Location"),
    "archive": _Format("bundle-{}.dat", None, "dyn.age80c6dmr", "File {}"),
}


def attached(
    box: Mailbox, place: Place, file_type: FileType, *, count: int = 1, says: str = ""
) -> Message:
    """One or more files of a type, with words below them if there are any."""
    guids = _transfer_guids(box, place, count)
    files = tuple(_file(box, guid, FORMATS[file_type]) for guid in guids)
    return box.write(
        place,
        "attachment",
        PLACEHOLDER * count + says,
        parts=runs_of_files(guids, says),
        files=files,
        note=_label(FORMATS[file_type], files),
    )


def voice_memo(box: Mailbox, place: Place, transcript: str = "") -> Message:
    """A spoken message, with the words that Messages heard in it, if any."""
    (guid,) = _transfer_guids(box, place, 1)
    sound = _Format(
        "Audio Message.caf", None, "com.apple.coreaudio-format", "Voice memo"
    )
    return box.write(
        place,
        "audio",
        PLACEHOLDER,
        parts=[attachment(guid, transcript=transcript)],
        columns={"is_audio_message": 1, "is_expirable": 1},
        files=(_file(box, guid, sound),),
        note=transcript or "Voice memo",
    )


def loose_sticker(box: Mailbox, place: Place) -> Message:
    """A sticker sent as a message of its own."""
    (guid,) = _transfer_guids(box, place, 1)
    return box.write(
        place,
        "sticker_alone",
        PLACEHOLDER,
        parts=[attachment(guid)],
        files=(sticker_file(box, guid),),
        note="Sticker",
    )


def sticker_file(box: Mailbox, guid: str, prompt: str | None = None) -> File:
    """The picture of a sticker; prompt is what a Genmoji was asked to be."""
    return File(
        guid=guid,
        name=f"sticker_{box.rng.randrange(10_000)}.heic",
        mime_type="image/heic",
        uti="public.heic",
        size_bytes=box.rng.randrange(9_000, 60_000),
        path=f"~/Library/Messages/StickerCache/{guid}/sticker.heic",
        is_sticker=True,
        prompt=prompt,
    )


def link_preview(box: Mailbox) -> tuple[File, ...]:
    """The hidden payload of a link's preview, which about half of them have."""
    if box.rng.random() < 0.5:
        return ()
    guid = box.guid()
    name = f"{guid}.pluginPayloadAttachment"
    payload = _Format(name, None, "dyn.age81a5dzq7y066dbtf0g82peqf4hk2p", "")
    file = _file(box, guid, payload)
    file.is_hidden = True
    return (file,)


def runs_of_files(guids: Sequence[str], says: str) -> list[Run]:
    """The runs of files first and words after them, a part for each."""
    runs = [attachment(guid, part=part) for part, guid in enumerate(guids)]
    return [*runs, words(says, part=len(runs))] if says else runs


def _transfer_guids(box: Mailbox, place: Place, count: int) -> list[str]:
    """Guids of files: received ones carry their part's number in front."""
    if place.sender is None:
        return [box.guid() for _ in range(count)]
    message = box.guid()
    return [f"at_{part}_{message}" for part in range(count)]


def _file(box: Mailbox, guid: str, form: _Format) -> File:
    """A file that is here, was offloaded (its path leads nowhere) or never came."""
    name = form.name.format(box.rng.randrange(1000, 10_000))
    fold = guid[-2:].lower()
    path = f"~/Library/Messages/Attachments/{fold}/{int(fold, 16) % 16:02d}/{guid}/"
    return File(
        guid=guid,
        name=name,
        mime_type=form.mime_type,
        uti=form.uti,
        size_bytes=box.rng.randrange(2_000, 5_000_000),
        path=None if box.rng.random() < 0.1 else path + name,
    )


def _label(form: _Format, files: Sequence[File]) -> str:
    if len(files) > 1:
        return f"{len(files)} {form.plural}"
    return form.label.format(files[0].name)
