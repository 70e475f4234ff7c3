"""What a row of message says: its parts in their order, its text, what it said before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from jarvis.bodies import text_of
from jarvis.records import Part
from jarvis.stores.attributed_body import (
    PLACEHOLDER,
    Undecodable,
    read_body,
    read_whole,
)
from jarvis.stores.chatdb.files import AttachmentRow
from jarvis.stores.chatdb.parts import (
    Piece,
    left_of,
    parts_of,
    pieces_of_body,
    pieces_of_text,
)
from jarvis.stores.chatdb.rows import MessageRow
from jarvis.stores.message_summary import ChangeHistory, Version, read_history

_ONE_TIME_CODE_MARK: Final = b"__kIMOneTimeCodeAttributeName"
_APP_MARK: Final = "\ufffd"
_NO_CHANGES: Final = ChangeHistory()
_KEPT_BODIES: Final = 2_048
_LARGEST_KEPT_BYTES: Final = 8_192


class Said(NamedTuple):
    """What a row says. `text` is None when it says nothing, "" when only files do.

    `parts` is the same in its order; their `attachment` counts `files`. `edits` are
    (seconds on Apple's clock, text) of what it said before, oldest first. `is_memo`: what
    it says was spoken.
    """

    text: str | None
    parts: tuple[Part, ...] = ()
    files: tuple[AttachmentRow, ...] = ()
    is_unreadable: bool = False
    is_unsent: bool = False
    is_secret: bool = False
    is_edited: bool = False
    is_memo: bool = False
    edits: tuple[Version, ...] = ()


def plain_text(body: object, summary_info: object) -> str | None:
    """The text of a row that is nothing else: of one part, never changed, no code.

    None where more has to be read to know (read_said): what the columns hold beside the
    text is the caller's to ask (rows.beside_the_text).
    """
    if not isinstance(body, bytes) or _ONE_TIME_CODE_MARK in body:
        return None
    if summary_info is not None and _may_tell_of_changes(summary_info):
        return None
    try:
        text, is_whole = read_whole(body)
    except Undecodable:
        return None
    is_plain = (
        is_whole
        and PLACEHOLDER not in text
        and _APP_MARK not in text
        and not text.isspace()
    )
    return text if is_plain and text else None


def read_said(row: MessageRow) -> Said:
    """What it says as it stands now: edited, and without what was taken back.

    The body comes before the text column: it alone is complete on newer systems.
    """
    body = row.body if isinstance(row.body, bytes) else None
    history = _history(row)
    files = row.files()
    pieces = _pieces(row, body, history)
    left, taken_back = list(pieces or ()), set[str | None]()
    if history.unsent:
        whole, unsent = left, history.unsent
        left = left_of(whole, unsent=unsent, began_with=history.began_with)
        taken_back = {piece.file for piece in whole if piece.part in unsent}
        taken_back -= {None, *(piece.file for piece in left)}
    shown = tuple(f for f in files if f.is_shown and f.guid not in taken_back)
    if not left and _is_unsent(row, history, bool(pieces), bool(shown)):
        return Said(None, is_unsent=True)
    if not (pieces or files or row.balloon) and row.has_files:
        left = [Piece("", 0)]
    elif pieces is None:
        is_unreadable = body is not None
        return Said(None, parts_of((), shown), shown, is_unreadable=is_unreadable)
    has_words = _say(left)
    is_memo = bool(row.is_audio and not has_words)
    if not is_memo:
        left = [piece._replace(heard="") if piece.heard else piece for piece in left]
    parts = parts_of(
        left,
        shown,
        hidden={file.guid for file in files if not file.is_shown},
        expects_files=not row.balloon and bool(row.has_files or not has_words),
    )
    edits = tuple(_earlier(history, left)) if history.versions else ()
    if row.subject:
        parts = _with_subject(row.subject, parts)
    return Said(
        text_of(parts),
        parts,
        shown,
        is_secret=body is not None and _ONE_TIME_CODE_MARK in body,
        is_edited=bool(edits or (row.date_edited and not history.unsent)),
        is_memo=is_memo,
        edits=edits,
    )


def _is_unsent(
    row: MessageRow, history: ChangeHistory, has_pieces: bool, has_files: bool
) -> bool:
    """Whether that nothing is left means that it was taken back, or emptied by an edit."""
    if history.unsent and (has_pieces or history.began_with <= history.unsent):
        return True
    return bool(row.date_edited and not has_files and not row.balloon)


def _with_subject(subject: str, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The subject line of a mail or an MMS stands above its words."""
    line = f"Subject: {subject}"
    if parts and parts[0].kind == "text":
        first = Part(kind="text", text=f"{line}\n{parts[0].text}")
        return (first, *parts[1:])
    return (Part(kind="text", text=line), *parts)


def _pieces(
    row: MessageRow, body: bytes | None, history: ChangeHistory
) -> Sequence[Piece] | None:
    """Those of the body, else of the text, else of the edits; None: nothing is known."""
    pieces = _of_body(body, history)
    is_as_sent = not (row.date_edited or history.unsent)
    if row.text is not None and (pieces is None or (is_as_sent and not _say(pieces))):
        # A body may be nothing but the place of what came beside the words.
        in_text = pieces_of_text(row.text)
        pieces = in_text if pieces is None or _say(in_text) else pieces
    if pieces is None and history.versions:
        pieces = [
            Piece(versions[-1][1].replace(PLACEHOLDER, ""), part)
            for part, versions in sorted(history.versions.items())
        ]
    if pieces and row.balloon:
        return list(_without_app_marks(pieces))
    return pieces


def _of_body(body: bytes | None, history: ChangeHistory) -> Sequence[Piece] | None:
    """The pieces of a body; None where there is none that can be read."""
    if body is None:
        return None
    read = _pieces_kept if len(body) <= _LARGEST_KEPT_BYTES else _pieces_of_blob
    try:
        return read(body, bool(history.unsent))
    except Undecodable:
        return None


def _say(pieces: Sequence[Piece]) -> bool:
    """Whether there is a word in them."""
    return any(piece.words.replace(_APP_MARK, "").strip() for piece in pieces)


def _without_app_marks(pieces: Sequence[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        words = piece.words.replace(_APP_MARK, "")
        if words or not piece.words:
            yield piece._replace(words=words)


def _pieces_of_blob(body: bytes, is_numbered: bool) -> tuple[Piece, ...]:
    """The pieces of a body; is_numbered: the number of a single part matters too."""
    text, is_whole = read_whole(body)
    if is_whole and PLACEHOLDER not in text and not is_numbered:
        return (Piece(text, 0),) if text else ()
    try:
        return tuple(pieces_of_body(read_body(body)))
    except Undecodable:  # the text is there, only its marks are damaged
        return tuple(pieces_of_text(text))


# A body of several runs takes 50 µs, as does an edit, and comes again with its page.
_pieces_kept = lru_cache(maxsize=_KEPT_BODIES)(_pieces_of_blob)


def _earlier(history: ChangeHistory, pieces: Sequence[Piece]) -> Iterator[Version]:
    """What the whole message said before each edit, and since when it had said so.

    What was taken back stays out of it: its sender does not want it read.
    """
    edited = {
        part: versions
        for part, versions in history.versions.items()
        if len(versions) > 1 and part not in history.unsent
    }
    if not edited:
        return
    said = {part: versions[0][1] for part, versions in edited.items()}
    since = min(versions[0][0] for versions in edited.values())
    changes = [
        (at, part, text)
        for part, versions in edited.items()
        for at, text in versions[1:]
    ]
    for at, part, text in sorted(changes, key=lambda change: change[0]):
        yield since, text_of(parts_of(list(_saying(pieces, said)), ()))
        said[part], since = text, at


def _saying(pieces: Sequence[Piece], said: dict[int, str]) -> Iterator[Piece]:
    """The pieces with other words in some parts."""
    left = dict(said)
    for piece in pieces:
        if piece.part not in said:
            yield piece
        elif (words := left.pop(piece.part, None)) is not None:
            yield Piece(words.replace(PLACEHOLDER, ""), piece.part)
    for part, words in left.items():
        yield Piece(words.replace(PLACEHOLDER, ""), part)


def _history(row: MessageRow) -> ChangeHistory:
    blob = row.summary_info
    if not (isinstance(blob, bytes) and _may_tell_of_changes(blob)):
        return _NO_CHANGES
    read = _history_kept if len(blob) <= _LARGEST_KEPT_BYTES else read_history
    return read(blob)


_history_kept = lru_cache(maxsize=_KEPT_BODIES)(read_history)


def _may_tell_of_changes(summary_info: object) -> bool:
    """Most rows have none, or one that holds nothing but the sender's settings."""
    return isinstance(summary_info, bytes) and (
        b"Rrp" in summary_info or b"Rec" in summary_info
    )
