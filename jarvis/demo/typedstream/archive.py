"""The layout of an archive: two tables of what was written, and places left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_HEADER = b"\x04\x0bstreamtyped\x81\xe8\x03"
_NEW, _NIL, END = b"\x84", b"\x85", b"\x86"
_FIRST_REFERENCE = 0x92
_SMALL = tuple(bytes((value,)) for value in range(0x80))
_CLASS_VERSIONS = {"NSString": 1, "NSMutableString": 1}


@dataclass(frozen=True, slots=True)
class Spelled:
    """Where a string goes, its length in front: 0 is the text, above are the values."""

    string: int


@dataclass(frozen=True, slots=True)
class Length:
    """Where the length of a run goes."""

    run: int


@dataclass(frozen=True, slots=True)
class Link:
    """A Url whose address is told apart."""

    address: str | Spelled


Shaped = int | str | Spelled | Link | tuple[tuple[str, str | Spelled], ...]
Shape = tuple[tuple[str, Shaped], ...]
"""The attributes of a run without what differs from one body to the next."""


@lru_cache(maxsize=1024)
def pieces_of(
    shape: tuple[Shape, ...], outgoing: bool
) -> tuple[bytes | Spelled | Length, ...]:
    """What every body of that shape is made of: 250 µs once, instead of each time."""
    archive = _Archive()
    archive.open_attributed_string(outgoing)
    numbers: dict[Shape, int] = {}
    for run, attributes in enumerate(shape):
        # Runs with equal attributes share a number; only its first use spells them.
        first_use = attributes not in numbers
        number = numbers.setdefault(attributes, len(numbers) + 1)
        archive.type("iI")
        archive.write(integer(number))
        archive.leave_open(Length(run))
        if first_use:
            archive.type("@")
            archive.dictionary(attributes)
    archive.write(END)
    return tuple(archive.pieces)


def integer(value: int) -> bytes:
    """One integer: in one byte if it cannot be taken for a tag, else in 2 or 4.

    0x81 announces two bytes and 0x82 four, both little-endian.
    """
    if 0 <= value < 0x80:
        return _SMALL[value]
    if -0x6E <= value < 0:
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
        self.pieces: list[bytes | Spelled | Length] = [_HEADER]
        self._strings: dict[str, int] = {}
        self._objects: dict[object, int] = {}

    def write(self, *pieces: bytes) -> None:
        whole = b"".join(pieces)
        if isinstance(last := self.pieces[-1], bytes):
            self.pieces[-1] = last + whole
        else:
            self.pieces.append(whole)

    def leave_open(self, place: Spelled | Length) -> None:
        """Something is put in here later."""
        self.pieces.append(place)

    def type(self, encoding: str) -> None:
        """Announce the type of the values that follow."""
        self._shared_string(encoding)

    def open_attributed_string(self, outgoing: bool) -> None:
        """The root object and its string; the runs and the end are still to come."""
        mutable = "NSMutableAttributedString", "NSMutableString"
        root, string = ([name] if outgoing else [] for name in mutable)
        self.type("@")
        self._open(*root, "NSAttributedString", "NSObject")
        self.type("@")
        self._open(*string, "NSString", "NSObject")
        self._unshared_bytes(Spelled(0))
        self.write(END)

    def dictionary(self, values: Sequence[tuple[str, Shaped]]) -> None:
        """An NSDictionary object: the count, then each key and value."""
        self._open("NSDictionary", "NSObject")
        self.type("i")
        self.write(integer(len(values)))
        for key, value in values:
            self.type("@")
            self._string(key)
            self.type("@")
            self._value(value)
        self.write(END)

    def _value(self, value: Shaped) -> None:
        if isinstance(value, int):
            self._number(value)
        elif isinstance(value, str | Spelled):
            self._string(value)
        elif isinstance(value, Link):
            self._open("NSURL", "NSObject")
            self.type("c")
            self.write(integer(0))
            self.type("@")
            self._string(value.address)
            self.write(END)
        else:
            self.dictionary(value)

    def _string(self, value: str | Spelled) -> None:
        if self._refer_to(("string", value)):
            return
        self._open("NSString", "NSObject", identity=("string", value))
        self._unshared_bytes(value)
        self.write(END)

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
        self.write(integer(value), END)

    def _unshared_bytes(self, value: str | Spelled) -> None:
        self.type("+")
        if isinstance(value, str):
            data = value.encode()
            self.write(integer(len(data)), data)
        else:
            self.leave_open(value)

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
            self.write(integer(_CLASS_VERSIONS.get(name, 0)))
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
        self.write(_NEW, integer(len(value)), value.encode("ascii"))


def _reference(number: int) -> bytes:
    """A back reference: one byte from 0x92 up, then 16 bits counted from -110."""
    if number <= 0xFF - _FIRST_REFERENCE:
        return (_FIRST_REFERENCE + number).to_bytes(1, "little")
    return b"\x81" + (number - 110).to_bytes(2, "little", signed=True)
