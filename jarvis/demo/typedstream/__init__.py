"""Writes the blobs of message.attributedBody: text and its marks as a typedstream.

Nothing here reads one; the reader lives in jarvis.stores. The layout is the one
that Apple's NSArchiver writes for an attributed string: a header, the string, then
runs of (attribute dictionary, length in UTF-16 units).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jarvis.demo.typedstream.archive import (
    END,
    Length,
    Link,
    Shape,
    Shaped,
    Spelled,
    integer,
    pieces_of,
)

PLACEHOLDER = "\ufffc"
"""The character that stands in the text where an attachment or an app sits."""

_PART = "__kIMMessagePartAttributeName"
_FILE = "__kIMFileTransferGUIDAttributeName"
_MENTION = "__kIMMentionConfirmedMention"
_LINK = "__kIMLinkAttributeName"
_CODE = "__kIMOneTimeCodeAttributeName"
_TRANSCRIPT = "IMAudioTranscription"


@dataclass(frozen=True, slots=True)
class Url:
    """An attribute value that is stored as an NSURL rather than as a string."""

    address: str


Value = int | str | Url | Mapping[str, str]
"""What an attribute may hold: NSNumber, NSString, NSURL or NSDictionary."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text and the attributes it carries, in the order written."""

    text: str
    attributes: Mapping[str, Value]


def words(text: str, *, part: int = 0) -> Run:
    """Plain text that belongs to one part of a message."""
    return Run(text, {_PART: part})


def attachment(transfer_guid: str, *, part: int = 0, transcript: str = "") -> Run:
    """The place of a file: transfer_guid equals attachment.guid."""
    spoken: dict[str, Value] = {_TRANSCRIPT: transcript} if transcript else {}
    return Run(PLACEHOLDER, {_FILE: transfer_guid, **spoken, _PART: part})


def mention(shown_name: str, handle: str, *, part: int = 0) -> Run:
    """A person's name that notifies them; handle is their address."""
    return Run(shown_name, {_MENTION: handle, _PART: part})


def link(shown: str, address: str, *, part: int = 0) -> Run:
    """Text that opens an address when tapped."""
    return Run(shown, {_LINK: Url(address), _PART: part})


def one_time_code(digits: str, *, part: int = 0) -> Run:
    """Digits that Messages offers to fill in, and that count as a secret."""
    return Run(digits, {_PART: part, _CODE: {"displayCode": digits, "code": digits}})


def encode(
    text: str, *, outgoing: bool = False, parts: Sequence[Run] | None = None
) -> bytes:
    """The attributedBody blob that says text.

    Messages archives a mutable string for what it sends (outgoing) and an immutable
    one for what it receives. Without parts the whole text is one run of part 0.

    Raises:
        ValueError: parts do not spell text, or text holds half a surrogate pair.
    """
    if parts is None:
        return _encode_one_run(text, outgoing)
    if "".join(run.text for run in parts) != text:
        raise ValueError("the texts of the parts must join up to the whole text")
    return _encode_runs(text, outgoing, parts)


def _encode_one_run(text: str, outgoing: bool) -> bytes:
    """The common blob, assembled from constant pieces: about 1 µs instead of 25."""
    data = text.encode()
    units = len(text) if len(data) == len(text) else utf16_length(text)
    before, after = _ONE_RUN[outgoing]
    if not units:
        return before + integer(0) + END + END
    return b"".join((before, integer(len(data)), data, _TO_RUN, integer(units), after))


def _encode_runs(text: str, outgoing: bool, parts: Sequence[Run]) -> bytes:
    """Any body: what all of its shape share, with its own strings and lengths put in."""
    said = [run for run in parts if run.text]
    names = frozenset(_names(said))
    strings: dict[str, int] = {}
    shape = tuple(_shape(run.attributes, names, strings) for run in said)
    spoken = (text, *strings)
    filled: list[bytes] = []
    for piece in pieces_of(shape, outgoing):
        if isinstance(piece, bytes):
            filled.append(piece)
        elif isinstance(piece, Length):
            filled.append(integer(utf16_length(said[piece.run].text)))
        else:
            data = spoken[piece.string].encode()
            filled += (integer(len(data)), data)
    return b"".join(filled)


def _names(runs: Sequence[Run]) -> Iterator[str]:
    """Every name of an attribute, and those inside of dictionaries."""
    for run in runs:
        for name, value in run.attributes.items():
            yield name
            if isinstance(value, Mapping):
                yield from value


def _shape(
    attributes: Mapping[str, Value], names: frozenset[str], strings: dict[str, int]
) -> Shape:
    """The attributes with each string in them replaced by its number in strings.

    Equal strings get one number, and what is also a name stands for itself, since an
    archive writes equal strings once.
    """

    def told_apart(text: str) -> str | Spelled:
        if text in names:
            return text
        return Spelled(strings.setdefault(text, len(strings) + 1))

    def shaped(value: Value) -> Shaped:
        if isinstance(value, int):
            return value
        if isinstance(value, str):
            return told_apart(value)
        if isinstance(value, Url):
            return Link(told_apart(value.address))
        return tuple((name, told_apart(text)) for name, text in value.items())

    return tuple((name, shaped(value)) for name, value in attributes.items())


def utf16_length(text: str) -> int:
    """How many UTF-16 units text takes: what Apple counts as its length."""
    return len(text.encode("utf-16-le")) // 2


_TO_RUN = END + b"\x84\x02iI\x01"


def _pieces(outgoing: bool) -> tuple[bytes, bytes]:
    """What stands before the length of a single-run text, and after its run length."""
    blob = _encode_runs("!", outgoing, [words("!")])
    before, after = blob.split(b"\x01!" + _TO_RUN + b"\x01")
    return before, after


_ONE_RUN = (_pieces(outgoing=False), _pieces(outgoing=True))
