"""The stream of one request: tokens out, in order, with what was said so far kept."""

from __future__ import annotations

from collections.abc import Callable

from jarvis.protocol.events import STREAM_TOKEN, StreamToken
from jarvis.protocol.jsonrpc import RequestId
from jarvis.records import Record

Send = Callable[[str, Record], None]


class TokenStream:
    """Numbers the tokens of one request and hands them to its connection.

    It never waits: a client that does not read loses its stream, the model goes on.
    """

    def __init__(self, request_id: RequestId, send: Send) -> None:
        self._request_id = request_id
        self._send = send
        self._index = 0
        self._suggestion = 0
        self._parts: list[str] = []

    @property
    def tokens(self) -> int:
        """How many pieces of text have been sent."""
        return self._index

    @property
    def partial(self) -> str:
        """The text of the suggestion being written, as far as it was sent."""
        return "".join(self._parts)

    def token(self, text: str, suggestion: int = 0) -> None:
        """Send the next piece of a suggestion; an empty piece is not sent."""
        if not text:
            return
        if suggestion != self._suggestion:
            self._suggestion = suggestion
            self._parts.clear()
        self._parts.append(text)
        self._emit(text, final=False)
        self._index += 1

    def finish(self) -> None:
        """Say that no more tokens come; the response follows."""
        self._emit("", final=True)

    def _emit(self, text: str, *, final: bool) -> None:
        token = StreamToken(
            token=text,
            index=self._index,
            final=final,
            request_id=self._request_id,
            suggestion=self._suggestion,
        )
        self._send(STREAM_TOKEN, token)
