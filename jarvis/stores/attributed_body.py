"""What a message's attributedBody says: its text, and the marks on stretches of it.

Pure. read_whole is for every message of a page and reads nothing but the string;
read_body reads the whole archive, a hundred times slower, where there are marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from jarvis.stores import typedstream
from jarvis.stores.typedstream import Damaged, Object

PLACEHOLDER = "\ufffc"
"""Stands in the text where an attachment or an app is."""

MESSAGE_PART = "__kIMMessagePartAttributeName"
FILE_TRANSFER = "__kIMFileTransferGUIDAttributeName"
AUDIO_TRANSCRIPT = "IMAudioTranscription"

_HEADER_END = len(typedstream.HEADER)
_STRING = b"\x84\x01+"
_END = 0x86
_END_OF_OBJECT = b"\x86"
_FIRST_RUN = b"\x84\x02iI\x01"
"""The type of a run, spelt where it is new, and the number of the first."""
_FIRST_TAG = 0x80
_LENGTH_SIZES = {0x81: 2, 0x82: 4}
_USUAL_ENDS = {
    length: _END_OF_OBJECT + _FIRST_RUN + bytes([length])
    for length in range(1, _FIRST_TAG)
}
"""What follows an ASCII text of one run, by its length."""


class Undecodable(ValueError):
    """The bytes are not an archived attributed string, or a damaged one."""


class Run(msgspec.Struct, frozen=True):
    """A stretch of text and its attributes.

    start and length count UTF-16 units, as Apple does. Attribute values are str, int,
    float, bytes, dict, list or None; NSURL is its address.
    """

    start: int
    length: int
    attributes: Mapping[str, object]


class Body(msgspec.Struct, frozen=True):
    """A whole attributed string; the runs follow one another through the text."""

    text: str
    runs: tuple[Run, ...]

    def stretches(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """The text of each run and its attributes; none for what no run covers."""
        units = self.text.encode("utf-16-le", "surrogatepass")
        end = 0
        for run in self.runs:
            start, end = 2 * run.start, 2 * (run.start + run.length)
            yield _text_of_units(units[start:end]), run.attributes
        if end < len(units):
            yield _text_of_units(units[end:]), {}


def read_text(blob: bytes) -> str:
    """The text alone; placeholders of attachments stay in it.

    Raises:
        Undecodable: there is no attributed string in blob, or it is damaged.
    """
    return read_whole(blob)[0]


def read_whole(blob: bytes) -> tuple[str, bool]:
    """The text, and whether one run covers all of it: then it is all of one part.

    The first "unshared bytes" of an attributed string are its text, so nothing else
    needs to be read. It is never guessed at: what is not exactly so is an error.

    Raises:
        Undecodable: there is no attributed string in blob, or it is damaged.
    """
    # 1. The head: the archive's version, then classes, of which one is an attributed
    #    string's; then a string, whose contents are of type "+": 84 01 2b.
    mark = blob.find(_STRING, _HEADER_END)
    if (
        mark < 0
        or not blob.startswith(typedstream.HEADER)
        or blob.find(b"AttributedString", _HEADER_END, mark) < 0
        or len(blob) > typedstream.MAX_BYTES
    ):
        raise Undecodable("not an archived attributed string")
    # 2. How many bytes the text takes: one byte up to 7f, else 81 or 82 and two or four.
    #    Most are short, ASCII and of one run, which one comparison of their end tells.
    start = mark + 4
    length = blob[start - 1] if start <= len(blob) else _END
    usual_end = _USUAL_ENDS.get(length)
    if usual_end and blob.startswith(usual_end, start + length):
        text = _decoded(blob[start : start + length])
        if len(text) == length:  # all of it is ASCII, so that units are bytes
            return text, True
    if length >= _FIRST_TAG:
        size = _LENGTH_SIZES.get(length)
        if size is None:
            raise Undecodable("a tag stands where the length is due")
        length = int.from_bytes(blob[start : start + size], "little")
        start += size
    # 3. The text in UTF-8, and 86: the string ends.
    end = start + length
    if end >= len(blob) or blob[end] != _END:
        raise Undecodable("the text leads past the end")
    text = _decoded(blob[start:end])
    # 4. The first run, or 86 again: the attributed string has none.
    return text, _first_run(blob, end + 1) in (_units(text), None)


def _first_run(blob: bytes, at: int) -> int | None:
    """How long the first run is, behind the string; None where there is no run."""
    if not blob.startswith(_FIRST_RUN, at):
        return None if blob[at : at + 1] == _END_OF_OBJECT else -1
    at += len(_FIRST_RUN)
    length = blob[at] if at < len(blob) else 0
    size = _LENGTH_SIZES.get(length)
    return int.from_bytes(blob[at + 1 : at + 1 + size], "little") if size else length


def _units(text: str) -> int:
    """How many UTF-16 units text takes: what Apple counts as its length."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text_of_units(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")


def read_body(blob: bytes) -> Body:
    """The text and its runs.

    Raises:
        Undecodable: there is no attributed string in blob, or it is damaged.
    """
    try:
        root = typedstream.read_root(blob)
        if "NSAttributedString" not in root.names or not root.groups:
            raise Undecodable("the archive holds something else")
        values = _Values()
        text = values.of(root.groups[0][0] if root.groups[0] else None)
        if not isinstance(text, str):
            raise Undecodable("the attributed string has no text")
        return Body(text, tuple(_runs(root, values)))
    except Damaged as error:
        raise Undecodable(str(error)) from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        # A few writers left UTF-16 with a byte-order mark in place of UTF-8.
        if data.startswith(b"\xff\xfe") and len(data) % 2 == 0:
            return data.decode("utf-16", "replace")
        raise Undecodable("the text is not UTF-8") from error


def _runs(root: Object, values: _Values) -> list[Run]:
    """The runs, as Foundation writes them behind the text.

    Each is a group of two integers, the number of a set of attributes and a length in
    UTF-16 units. Where the number is new, the next group holds the set: a dictionary.
    """
    runs: list[Run] = []
    by_number: dict[int, Mapping[str, object]] = {}
    start = 0
    groups = iter(root.groups[1:])
    for group in groups:
        match group:
            case (int(number), int(length)):
                if number not in by_number:
                    (new,) = next(groups, (None,))
                    attributes = values.of(new)
                    if not isinstance(attributes, dict):
                        raise Undecodable("a run has no attributes")
                    by_number[number] = attributes
                runs.append(Run(start, length, by_number[number]))
                start += length
            case _:
                raise Undecodable("something stands where a run is due")
    return runs


class _Values:
    """Turns archived objects into Python's own; each object once, however often used."""

    def __init__(self) -> None:
        self._done: dict[int, object] = {}
        self._begun: set[int] = set()

    def of(self, archived: object) -> object:
        """The value of an object; numbers and bytes are themselves."""
        if not isinstance(archived, Object):
            return archived
        key = id(archived)
        if key not in self._done:
            if key in self._begun or len(self._begun) - len(self._done) > 100:
                raise Undecodable("an object holds itself, or is nested too deep")
            self._begun.add(key)
            self._done[key] = self._made(archived)
        return self._done[key]

    def _made(self, archived: Object) -> object:
        values = [value for group in archived.groups for value in group]
        names = archived.names
        if "NSString" in names:
            text = values[0] if values else b""
            return _decoded(text) if isinstance(text, bytes) else None
        if "NSDictionary" in names:
            members = [self.of(value) for value in values[1:]]
            pairs = zip(members[::2], members[1::2], strict=False)
            return {key: value for key, value in pairs if isinstance(key, str)}
        if "NSArray" in names or "NSSet" in names:
            return [self.of(value) for value in values[1:]]
        # NSNumber, NSURL, NSData and NSDate all end with what they stand for.
        return self.of(values[-1]) if values else None
