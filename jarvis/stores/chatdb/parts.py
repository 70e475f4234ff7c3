"""A body as a sequence: words, files and marks in the order in which they stand. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from jarvis.records import Part
from jarvis.stores.attributed_body import (
    AUDIO_TRANSCRIPT,
    FILE_TRANSFER,
    MESSAGE_PART,
    PLACEHOLDER,
    Body,
)
from jarvis.stores.chatdb.files import MISSING, AttachmentRow, part_of


class Piece(NamedTuple):
    """A stretch of a body: words, or the place of a file, which has none.

    `part` is Apple's number, which edits and reactions go by. `file` is the guid of the
    file at a place, where it is told; `heard` what Messages understood of a voice memo.
    """

    words: str
    part: int
    file: str | None = None
    heard: str = ""


def pieces_of_body(body: Body) -> list[Piece]:
    """The runs of a body; one that names no part belongs to the part before it."""
    pieces: list[Piece] = []
    part = 0
    for text, attributes in body.stretches():
        number = attributes.get(MESSAGE_PART)
        part = number if isinstance(number, int) else part
        guid, heard = attributes.get(FILE_TRANSFER), attributes.get(AUDIO_TRANSCRIPT)
        if isinstance(guid, str):
            heard = heard if isinstance(heard, str) else ""
            pieces.append(Piece("", part, guid, heard))
            text = text.replace(PLACEHOLDER, "")
        pieces += (Piece(words, part) for words in _split(text))
    return pieces


def pieces_of_text(text: str) -> list[Piece]:
    """A text whose runs are not known: what stands between placeholders is a part."""
    return [Piece(words, part) for part, words in enumerate(_split(text))]


def _split(text: str) -> Iterator[str]:
    """Words and, as "", the places between them."""
    for number, words in enumerate(text.split(PLACEHOLDER)):
        if number:
            yield ""
        if words:
            yield words


def left_of(
    pieces: Sequence[Piece], *, unsent: Collection[int], began_with: Collection[int]
) -> list[Piece]:
    """The pieces without those of unsent parts, where they still stand there.

    Messages takes an unsent part out of the body; a body that lacks as many parts as were
    taken back says no more of them, whatever numbers are left.
    """
    there = {piece.part for piece in pieces}
    if began_with and len(there) <= len(set(began_with) - set(unsent)):
        return list(pieces)
    return [piece for piece in pieces if piece.part not in unsent]


def parts_of(
    pieces: Sequence[Piece],
    files: Sequence[AttachmentRow],
    *,
    hidden: Collection[str | None] = (),
    expects_files: bool = True,
) -> tuple[Part, ...]:
    """The parts that pieces and files make together.

    Args:
        pieces: in the order of the body.
        files: those that are shown; one that has no place in the body comes last.
        hidden: guids of files that stand in the body but are not for people.
        expects_files: a place without a file is one of a file that is missing, also
            where its run does not name one.
    """
    placed = {piece.file for piece in pieces}
    by_guid = {file.guid: place for place, file in enumerate(files)}
    others = iter([at for at, file in enumerate(files) if file.guid not in placed])
    parts: list[Part] = []
    seen: set[int] = set()
    before: int | None = None
    for piece in pieces:
        if piece.words:
            words = piece.words
            if piece.part == before:
                words = parts.pop().text + words
            parts.append(Part(kind="text", text=words))
            before = piece.part
            continue
        before = None
        if piece.file in hidden:
            continue
        place = by_guid.get(piece.file) if piece.file else None
        place = next(others, None) if place is None else place
        if place is not None and place not in seen:
            seen.add(place)
            parts.append(part_of(files[place], place))
        elif place is None and (piece.file or expects_files):
            parts.append(Part(kind="file", text=MISSING))
        if piece.heard:
            parts.append(Part(kind="text", text=piece.heard))
    return (*parts, *(part_of(files[place], place) for place in others))
