"""Lines from a stream of bytes: however the bytes are split, the lines are the same.

By hand: a StreamReader gives up at the first line that is too long, and a worker reads
the same lines without asyncio (docs/adr/0002-our-own-json-rpc.md).
"""

from __future__ import annotations

from typing import Final

DEFAULT_MAX_LINE_BYTES: Final = 4 * 2**20
"""4 MiB: a page of 500 long messages is a tenth of it, a runaway client soon meets it."""


class Overlong:
    """Stands in the list of lines where one was longer than the limit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "OVERLONG"


OVERLONG: Final = Overlong()


class LineBuffer:
    """Collects bytes and gives back whole lines, without their LF or CRLF.

    Blank lines are dropped. A line over `max_line_bytes` is reported once, as OVERLONG,
    the moment the limit is passed; its bytes are thrown away as they come, up to the next
    LF, so that memory stays below the limit however long the line is.
    """

    def __init__(self, max_line_bytes: int = DEFAULT_MAX_LINE_BYTES) -> None:
        self.max_line_bytes = max_line_bytes
        self._parts: list[bytes] = []
        self._size_bytes = 0
        self._skipping = False

    def feed(self, data: bytes) -> list[bytes | Overlong]:
        """The lines that `data` completes, in order."""
        *ended, rest = data.split(b"\n")
        if ended and (self._parts or self._skipping):
            ended[:1] = self._end_line(ended[0])
        most_bytes = self.max_line_bytes
        lines = [
            line if len(line) <= most_bytes else OVERLONG
            for raw in ended
            if (line := raw.removesuffix(b"\r")).strip(b" \t\r")
        ]
        return lines + self._keep(rest) if rest else lines

    def _keep(self, data: bytes) -> list[bytes | Overlong]:
        """Remember the start of a line, or skip on if it is already too long."""
        if self._skipping:
            return []
        self._size_bytes += len(data)
        if self._size_bytes > self.max_line_bytes + 1:  # one more: it may be a CR
            self._forget()
            self._skipping = True
            return [OVERLONG]
        self._parts.append(data)
        return []

    def _end_line(self, tail: bytes) -> list[bytes]:
        """The line begun earlier, completed with `tail`; none if it was skipped."""
        if self._skipping:
            self._skipping = False
            return []
        line = b"".join((*self._parts, tail))
        self._forget()
        return [line]

    def _forget(self) -> None:
        self._parts.clear()
        self._size_bytes = 0
