"""Server-sent events, as bytes come in; no I/O.

By hand: libraries for it come with an HTTP client, and read from that; here it is bytes
in, events out.

Source: the WHATWG HTML standard, section 9.2.6. Names and ids of events are read over,
for nobody who serves models uses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LONGEST_EVENT_BYTES: Final = 2**20

_LINE_END: Final = re.compile(rb"\r\n|\n|\r(?!\Z)")
"""A CR at the end of the buffer is not a line end yet: its LF may follow."""


class EventStream:
    """Takes bytes however they are split and gives the data of whole events."""

    def __init__(self) -> None:
        self.comment = ""
        """The newest comment: servers send some while they have nothing else to say."""
        self._rest = b""
        self._data: list[str] = []
        self._size_bytes = 0
        self._is_first_line = True

    def feed(self, data: bytes) -> Iterator[str]:
        """The data of the events that these bytes complete; to be taken to its end.

        Raises:
            ValueError: an event is not UTF-8 or longer than LONGEST_EVENT_BYTES; what
                it says is not quoted. Those before it were given.
        """
        *lines, self._rest = _LINE_END.split(self._rest + data)
        for line in lines:
            if (event := self._take(line)) is not None:
                yield event
        if self._size_bytes + len(self._rest) > LONGEST_EVENT_BYTES:
            raise ValueError("an event that does not end")

    def _take(self, line: bytes) -> str | None:
        """The event that a line completes."""
        if self._is_first_line:
            self._is_first_line = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            event, self._data, self._size_bytes = self._data, [], 0
            return "\n".join(event) if event else None
        field, _, value = line.partition(b":")
        if not field:
            self.comment = value.decode(errors="replace")
        if field == b"data":
            self._size_bytes += len(value)
            self._data.append(_decode(value.removeprefix(b" ")))
        return None


def _decode(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        # Its own words would quote the bytes.
        raise ValueError("bytes that are not UTF-8") from None
