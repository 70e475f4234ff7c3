"""A model server that asks to come again: what it is at, and when to do so."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPResponse
from typing import Final

from jarvis.inference.signs import Signs
from jarvis.records import StreamPhase

NOT_YET: Final[Mapping[int, StreamPhase]] = {
    429: "queued",
    502: "loading",
    503: "loading",
    504: "loading",
}
"""By status: it is at the texts of others, or at its start. The last three also come from
a router whose model server is not up yet."""

_PAUSE_S: Final = 1.0
_SHORTEST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 30.0


def pause_s(response: HTTPResponse) -> float:
    """How long to wait before a server is asked again, as its Retry-After says.

    That is a number of seconds or a date (RFC 9110, 10.2.3).
    """
    said = response.headers.get("Retry-After", "").strip()
    wait_s = _PAUSE_S
    if said.isdecimal():
        wait_s = float(said)
    elif said:
        try:
            wait_s = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return _PAUSE_S
    return min(max(wait_s, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S)


def pause(wait_s: float, signs: Signs) -> None:
    """Wait, and say so: whoever does not want the text any more ends it thereby."""
    end_s = time.monotonic() + wait_s
    while time.monotonic() < end_s:
        time.sleep(_SHORTEST_PAUSE_S)
        signs.again()
