"""Messages that bring files: photos, videos, papers, voice memos and loose stickers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import File, Message
from jarvis.demo.typedstream import PLACEHOLDER, Run, attachment, words
from jarvis.records import Part

_GENMOJI_SINCE = 15
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
    message = box.write(
        place,
        "attachment",
        PLACEHOLDER * count + says,
        parts=runs_of_files(guids, says),
        files=files,
        note=_label(FORMATS[file_type], files),
    )
    form = FORMATS[file_type]
    labels = [_label(form, [file]) for file in files]
    told = [file_part(label, place) for place, label in enumerate(labels)]
    message.told = (*told, *([text_part(says)] if says else []))
    return message


def voice_memo(box: Mailbox, place: Place, transcript: str = "") -> Message:
    """A spoken message, with the words that Messages heard in it, if any."""
    (guid,) = _transfer_guids(box, place, 1)
    sound = _Format(
        "Audio Message.caf", None, "com.apple.coreaudio-format", "Voice memo"
    )
    message = box.write(
        place,
        "audio",
        PLACEHOLDER,
        parts=[attachment(guid, transcript=transcript)],
        columns={"is_audio_message": 1, "is_expirable": 1},
        files=(_file(box, guid, sound),),
        note=transcript or "Voice memo",
    )
    heard = [text_part(transcript)] if transcript else []
    message.told = (file_part("Voice memo"), *heard)
    return message


def loose_sticker(box: Mailbox, place: Place) -> Message:
    """A sticker sent as a message of its own."""
    (guid,) = _transfer_guids(box, place, 1)
    message = box.write(
        place,
        "sticker_alone",
        PLACEHOLDER,
        parts=[attachment(guid)],
        files=(sticker_file(box, guid),),
        note="Sticker",
    )
    message.told = (mark_part("Sticker"),)
    return message


def mixed(box: Mailbox, place: Place, *pieces: str | tuple[FileType, str]) -> Message:
    """Words and files as they follow one another: a file is its type and its prompt.

    A prompt is what a Genmoji was asked to be: it stands within the words around it, where
    any other file is a part of its own, and so are the words behind it.
    """
    guids = iter(_transfer_guids(box, place, len(pieces)))
    files: list[File] = []
    runs: list[Run] = []
    told: list[Part] = []
    part = 0
    for piece in pieces:
        if isinstance(piece, str):
            runs.append(words(piece, part=part))
            told.append(text_part(piece))
            continue
        file_type, prompt = piece
        guid = next(guids)
        number = len(files)
        if prompt:
            files.append(sticker_file(box, guid, prompt))
            told.append(mark_part(genmoji_name(box, prompt), number))
            runs.append(attachment(guid, part=part))
        else:
            form = FORMATS[file_type]
            files.append(_file(box, guid, form))
            told.append(file_part(_label(form, files[-1:]), number))
            part += bool(runs)
            runs.append(attachment(guid, part=part))
            part += 1
    message = box.write(
        place,
        "attachment",
        "".join(run.text for run in runs),
        parts=runs,
        files=tuple(files),
    )
    message.told = tuple(told)
    return message


def genmoji_name(box: Mailbox, prompt: str) -> str:
    """What a Genmoji is called: macOS keeps its prompt since version 15."""
    return prompt if box.profile >= _GENMOJI_SINCE else "Sticker"


def text_part(text: str) -> Part:
    """Words of a body, as a reader is to tell them."""
    return Part(kind="text", text=text)


def file_part(label: str, number: int = 0) -> Part:
    """A file of a body; number is its place among the message's files."""
    return Part(kind="file", text=label, attachment=number)


def mark_part(description: str, number: int | None = 0) -> Part:
    """A small picture, or what an app has painted, which is no file."""
    return Part(kind="mark", text=description, attachment=number)


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
