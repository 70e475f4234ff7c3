"""Writes the blobs of message.attributedBody: text and its marks as a typedstream.

Nothing here reads one; the reader lives in jarvis.stores. The layout is the one
that Apple's NSArchiver writes for an attributed string: a header, the string, then
runs of (attribute dictionary, length in UTF-16 units).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PLACEHOLDER = "\ufffc"
"""The character that stands in the text where an attachment or an app sits."""

_HEADER = b"\x04\x0bstreamtyped\x81\xe8\x03"
_PART = "__kIMMessagePartAttributeName"
_FILE = "__kIMFileTransferGUIDAttributeName"
_MENTION = "__kIMMentionConfirmedMention"
_LINK = "__kIMLinkAttributeName"
_CODE = "__kIMOneTimeCodeAttributeName"
_TRANSCRIPT = "IMAudioTranscription"

_NEW, _NIL, _END = b"\x84", b"\x85", b"\x86"
_FIRST_REFERENCE = 0x92
_CLASS_VERSIONS = {"NSString": 1, "NSMutableString": 1}


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
        return before + _integer(0) + _END + _END
    return b"".join(
        (before, _integer(len(data)), data, _TO_RUN, _integer(units), after)
    )


def _encode_runs(text: str, outgoing: bool, parts: Sequence[Run]) -> bytes:
    archive = _Archive()
    archive.open_attributed_string(text, outgoing)
    numbers: dict[str, int] = {}
    for run in parts:
        if not run.text:
            continue
        # Runs with equal attributes share a number; only its first use spells them.
        first_use = (key := repr(run.attributes)) not in numbers
        number = numbers.setdefault(key, len(numbers) + 1)
        archive.type("iI")
        archive.write(_integer(number), _integer(utf16_length(run.text)))
        if first_use:
            archive.type("@")
            archive.dictionary(run.attributes)
    archive.write(_END)
    return bytes(archive.data)


def utf16_length(text: str) -> int:
    """How many UTF-16 units text takes: what Apple counts as its length."""
    return len(text.encode("utf-16-le")) // 2


def _integer(value: int) -> bytes:
    """One integer: in one byte if it cannot be taken for a tag, else in 2 or 4.

    0x81 announces two bytes and 0x82 four, both little-endian.
    """
    if 0 <= value < 0x80 or -0x6E <= value < 0:
        return (value & 0xFF).to_bytes(1, "little")
    for tag, size in ((b"\x81", 2), (b"\x82", 4)):
        if -(1 << size * 8 - 1) <= value < 1 << size * 8 - 1:
            return tag + value.to_bytes(size, "little", signed=True)
    raise ValueError(f"{value} does not fit into 32 bits")


class _Archive:
    """A growing typedstream and the two tables of what was already written.

    One table numbers the shared strings (type encodings and class names), the other
    the objects, classes and C strings; both count from 0x92 in order of appearance.
    """

    def __init__(self) -> None:
        self.data = bytearray(_HEADER)
        self._strings: dict[str, int] = {}
        self._objects: dict[object, int] = {}

    def write(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.data += piece

    def type(self, encoding: str) -> None:
        """Announce the type of the values that follow."""
        self._shared_string(encoding)

    def open_attributed_string(self, text: str, outgoing: bool) -> None:
        """The root object and its string; the runs and the end are still to come."""
        mutable = "NSMutableAttributedString", "NSMutableString"
        root, string = ([name] if outgoing else [] for name in mutable)
        self.type("@")
        self._open(*root, "NSAttributedString", "NSObject")
        self.type("@")
        self._open(*string, "NSString", "NSObject")
        self._unshared_bytes(text.encode())
        self.write(_END)

    def dictionary(self, values: Mapping[str, Value]) -> None:
        """An NSDictionary object: the count, then each key and value."""
        self._open("NSDictionary", "NSObject")
        self.type("i")
        self.write(_integer(len(values)))
        for key, value in values.items():
            self.type("@")
            self._string(key)
            self.type("@")
            self._value(value)
        self.write(_END)

    def _value(self, value: Value) -> None:
        if isinstance(value, int):
            self._number(value)
        elif isinstance(value, str):
            self._string(value)
        elif isinstance(value, Url):
            self._open("NSURL", "NSObject")
            self.type("c")
            self.write(_integer(0))
            self.type("@")
            self._string(value.address)
            self.write(_END)
        else:
            self.dictionary(value)

    def _string(self, value: str) -> None:
        if self._refer_to(("string", value)):
            return
        self._open("NSString", "NSObject", identity=("string", value))
        self._unshared_bytes(value.encode())
        self.write(_END)

    def _number(self, value: int) -> None:
        """An NSNumber, preceded inside by its C type as a string of its own."""
        if self._refer_to(("number", value)):
            return
        self._open("NSNumber", "NSValue", "NSObject", identity=("number", value))
        self.type("*")
        if not self._refer_to("c string"):
            self._number_object("c string")
            self.write(_NEW)
            self._shared_string("i")
        self.type("i")
        self.write(_integer(value), _END)

    def _unshared_bytes(self, data: bytes) -> None:
        self.type("+")
        self.write(_integer(len(data)), data)

    def _open(self, *classes: str, identity: object = None) -> None:
        """Begin an object: its number, then its class and the classes above it."""
        self._number_object(object() if identity is None else identity)
        self.write(_NEW)
        for name in classes:
            if self._refer_to(("class", name)):
                return
            self._number_object(("class", name))
            self.write(_NEW)
            self._shared_string(name)
            self.write(_integer(_CLASS_VERSIONS.get(name, 0)))
        self.write(_NIL)

    def _number_object(self, identity: object) -> None:
        self._objects[identity] = len(self._objects)

    def _refer_to(self, identity: object) -> bool:
        """Write a reference to an object already in the archive, if it is there."""
        if (number := self._objects.get(identity)) is None:
            return False
        self.write(_reference(number))
        return True

    def _shared_string(self, value: str) -> None:
        if (number := self._strings.get(value)) is not None:
            self.write(_reference(number))
            return
        self._strings[value] = len(self._strings)
        self.write(_NEW, _integer(len(value)), value.encode("ascii"))


def _reference(number: int) -> bytes:
    """A back reference: one byte from 0x92 up, then 16 bits counted from -110."""
    if number <= 0xFF - _FIRST_REFERENCE:
        return (_FIRST_REFERENCE + number).to_bytes(1, "little")
    return b"\x81" + (number - 110).to_bytes(2, "little", signed=True)


_TO_RUN = _END + b"\x84\x02iI\x01"


def _pieces(outgoing: bool) -> tuple[bytes, bytes]:
    """What stands before the length of a single-run text, and after its run length."""
    blob = _encode_runs("!", outgoing, [words("!")])
    before, after = blob.split(b"\x01!" + _TO_RUN + b"\x01")
    return before, after


_ONE_RUN = (_pieces(outgoing=False), _pieces(outgoing=True))
