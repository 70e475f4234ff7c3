"""Reads NSArchiver's typedstream into plain values; pure, knows nothing of messages.

By hand: the library that reads it, dgelessus/python-typedstream, makes objects of every
class, which takes four times as long, and a page holds 500 bodies. Apple never wrote the
format down; src/typedstream/stream.py of that library describes it, and a test reads
bodies with both. In short:

    archive := HEADER group
    group   := type-string value*          one value for each type in the string
    object  := 84 class group* 86 | 85 | reference          85: nil
    class   := (84 name version)* (85 | reference)          its own first, the root's last
    string  := 84 length bytes | reference                  a type string, a class's name
    number  := 00..7f, 92..ff as it is | 81 int16 | 82 int32 | 87 int64 | 83 float or double

All is little-endian. A reference is a number from 0x92 on, into one of two tables of what
came before: shared strings, in the order in which they appear; and objects, classes and C
strings, in the order in which they begin. Which table is meant, the type says.
"""

from __future__ import annotations

import struct
from functools import lru_cache

import msgspec

HEADER = b"\x04\x0bstreamtyped\x81\xe8\x03"
"""Version 4, little-endian, system version 1000: what every message body begins with."""

MAX_BYTES = 4 * 1024 * 1024
# Real bodies nest about ten deep; each level is several frames of Python's stack.
_MAX_DEPTH = 60

_INT16, _INT32, _INT64, _FLOAT = 0x81, 0x82, 0x87, 0x83
_NEW, _NIL, _END = 0x84, 0x85, 0x86
_FIRST_REFERENCE = 0x92
_SIZES = {_INT16: 2, _INT32: 4, _INT64: 8}
_SIGNED, _UNSIGNED = frozenset("silq"), frozenset("SILQ")


class Damaged(ValueError):
    """The bytes are not a typedstream, or end or refer where they must not."""


class Class(msgspec.Struct, eq=False):
    """A class of the archive; `names` begins with its own and ends with the root's."""

    names: tuple[str, ...] = ()


class Object(msgspec.Struct, eq=False):
    """An archived object: its class names and, by group of values, what it holds."""

    names: tuple[str, ...] = ()
    groups: list[tuple[object, ...]] = msgspec.field(default_factory=list)


def read_root(data: bytes) -> Object:
    """The one object that an archive holds.

    Raises:
        Damaged: data is anything else.
    """
    if len(data) > MAX_BYTES or not data.startswith(HEADER):
        raise Damaged("not a typedstream")
    reader = _Reader(data)
    try:
        values = reader.group(0)
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise Damaged("ends or refers where it must not") from error
    if reader.at != len(data) or len(values) != 1 or not isinstance(values[0], Object):
        raise Damaged("does not hold exactly one object")
    return values[0]


class _Reader:
    """A place in the bytes and the two tables of what came before it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = len(HEADER)
        # Every value takes a byte, but for empty structs, which may not go on for ever.
        self.values_left = len(data)
        self.strings: list[str] = []
        self.objects: list[Object | Class | str] = []

    def group(self, depth: int) -> tuple[object, ...]:
        """A type string and the values that it announces."""
        encoding = self.shared_string(self.head())
        return tuple(self.value(kind, depth) for kind in _split_types(encoding))

    def head(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def take(self, size: int) -> bytes:
        start, self.at = self.at, self.at + size
        if size < 0 or self.at > len(self.data):
            raise Damaged("a length leads past the end")
        return self.data[start : self.at]

    def integer(self, head: int, *, signed: bool) -> int:
        # The head is the number itself, or the tag that says how many bytes it takes.
        if head in _SIZES:
            return int.from_bytes(self.take(_SIZES[head]), "little", signed=signed)
        if _INT16 <= head < _FIRST_REFERENCE and head != 0x80:
            raise Damaged("a tag stands where a number is due")
        return head - 256 if signed and head >= 0x80 else head

    def reference(self, head: int) -> int:
        """The table number that a reference means."""
        # Above 0xff it is written as an int16, counted from -110: 0x92 as a signed byte.
        if head == _INT16:
            return self.integer(head, signed=True) + 256 - _FIRST_REFERENCE
        if head < _FIRST_REFERENCE:
            raise Damaged("a tag stands where a reference is due")
        return head - _FIRST_REFERENCE

    def shared_string(self, head: int) -> str:
        if head == _NEW:
            length = self.integer(self.head(), signed=False)
            self.strings.append(self.take(length).decode("ascii"))
            return self.strings[-1]
        return self.strings[_checked(self.reference(head))]

    def value(self, kind: str, depth: int) -> object:
        """One value of one type."""
        self.values_left -= 1
        if depth > _MAX_DEPTH or self.values_left < 0:
            raise Damaged("nested too deep")
        if kind == "@":
            return self.object(depth)
        if kind == "+":
            return self.take(self.integer(self.head(), signed=False))
        if kind in _SIGNED or kind in _UNSIGNED:
            return self.integer(self.head(), signed=kind in _SIGNED)
        if kind in ("f", "d"):
            return self.real(kind)
        if kind in ("c", "C", "B"):
            return int.from_bytes(self.take(1), "little", signed=kind == "c")
        if kind in ("*", ":", "%"):
            return self.c_string()
        if kind == "#":
            return self.class_chain()
        if kind[0] == "[":
            return self.array(kind, depth)
        if kind[0] == "{":
            fields = kind[1:-1].partition("=")[2]
            return tuple(
                self.value(field_kind, depth + 1) for field_kind in _split_types(fields)
            )
        raise Damaged("an unknown type of value")

    def real(self, kind: str) -> float:
        head = self.head()
        if head != _FLOAT:
            return float(self.integer(head, signed=True))
        size = 4 if kind == "f" else 8
        (number,) = struct.unpack("<" + kind, self.take(size))
        return float(number)

    def array(self, kind: str, depth: int) -> object:
        element = kind[1:-1].lstrip("0123456789")
        digits = kind[1 : len(kind) - 1 - len(element)]
        if len(digits) > 9 or (count := int(digits or "0")) > len(self.data):
            raise Damaged("an array is longer than the archive")
        if element in ("c", "C"):
            return self.take(count)
        return tuple(self.value(element, depth + 1) for _ in range(count))

    def c_string(self) -> str | None:
        head = self.head()
        if head == _NIL:
            return None
        if head == _NEW:
            number = len(self.objects)
            self.objects.append("")
            self.objects[number] = text = self.shared_string(self.head())
            return text
        earlier = self.objects[_checked(self.reference(head))]
        if not isinstance(earlier, str):
            raise Damaged("an object stands where a string is due")
        return earlier

    def class_chain(self) -> Class | None:
        """A class and, behind it, the classes above it."""
        # Each class takes its number when it begins, and knows those above it only when
        # nil or a class that was written before ends the chain.
        begun: list[tuple[Class, str]] = []
        above: tuple[str, ...] = ()
        while (head := self.head()) != _NIL:
            if head != _NEW:
                earlier = self.objects[_checked(self.reference(head))]
                if not isinstance(earlier, Class):
                    raise Damaged("an object stands where a class is due")
                above = earlier.names
                break
            name = self.shared_string(self.head())
            self.integer(self.head(), signed=True)
            begun.append((Class(), name))
            self.objects.append(begun[-1][0])
            if len(begun) > _MAX_DEPTH:
                raise Damaged("nested too deep")
        for archived, name in reversed(begun):
            archived.names = above = (name, *above)
        return Class(above) if above else None

    def object(self, depth: int) -> Object | None:
        head = self.head()
        if head == _NIL:
            return None
        if head != _NEW:
            earlier = self.objects[_checked(self.reference(head))]
            if not isinstance(earlier, Object):
                raise Damaged("a class stands where an object is due")
            return earlier
        # It has its number before its contents are read: they may refer to it.
        new = Object()
        self.objects.append(new)
        chain = self.class_chain()
        new.names = chain.names if chain else ()
        while self.data[self.at] != _END:
            new.groups.append(self.group(depth + 1))
        self.at += 1
        return new


def _checked(number: int) -> int:
    if number < 0:
        raise Damaged("a reference leads nowhere")
    return number


@lru_cache(maxsize=64)
def _split_types(encoding: str) -> tuple[str, ...]:
    """The single types of a type string: "iI" is two, "[4c]" and "{_NSRange=QQ}" one."""
    kinds: list[str] = []
    start = depth = 0
    for at, letter in enumerate(encoding):
        depth += (letter in "[{") - (letter in "]}")
        if depth < 0 or depth > _MAX_DEPTH:
            raise Damaged("brackets of a type do not match")
        if depth == 0:
            kinds.append(encoding[start : at + 1])
            start = at + 1
    if depth:
        raise Damaged("brackets of a type do not match")
    return tuple(kinds)
