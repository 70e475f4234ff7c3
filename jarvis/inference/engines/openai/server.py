"""A server that speaks OpenAI's protocol: its answers, and its failures in sentences.

Nothing of a prompt, and nothing a server says, stands in an error.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Final

import msgspec

from jarvis.errors import JarvisError, ModelUnavailable
from jarvis.inference.engines.openai import http_stream
from jarvis.inference.engines.openai.failures import (
    NothingSaid,
    failure,
    in_sentences,
    status_failure,
)
from jarvis.inference.engines.openai.http_stream import (
    NOT_YET,
    Patience,
    Waiting,
    requested,
)
from jarvis.inference.engines.openai.sse import EventStream
from jarvis.inference.engines.openai.wire import (
    Chunk,
    read_chunk,
    read_comment,
    read_models,
)
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.servers import API_PATH, checked_address
from jarvis.inference.signs import Signs

_CHECK_SILENCE_S: Final = 10.0
_AFTER_END_S: Final = 1.0
"""How long to wait after a text for the counts, which some servers never send."""
_LONGEST_ANSWER_BYTES: Final = 8 * 2**20
_SHOWN_MODELS: Final = 8


def see_model(model: ModelRecord) -> None:
    """Look whether a server has a model; one that does not run may be started later.

    Raises:
        ModelUnavailable: it runs and has no such model, or is no model server.
    """
    ModelServer(model, _CHECK_SILENCE_S).check(may_be_down=True)


class ModelServer:
    """One model at one server; `silence_s` is how long that may say nothing.

    Every method raises:
        ModelUnavailable: with a sentence that says what to do.
    """

    def __init__(self, model: ModelRecord, silence_s: float) -> None:
        if model.address is None:
            raise ModelUnavailable(f"The model {model.name} has no server's address.")
        self.model = model.name
        self._silence_s = silence_s
        self._patience = Patience(silence_s)
        self._address = checked_address(
            model.address, allow_remote=model.address_is_trusted
        )
        self._where = f"The model server at {self._address}"

    def check(self, *, may_be_down: bool = False) -> None:
        """See that it answers and has the model."""
        with self._in_sentences():
            try:
                names = self._names()
            except OSError:
                if may_be_down:
                    return
                raise
        # Ollama knows a model without a tag as its latest.
        if names is not None and not {self.model, f"{self.model}:latest"} & {*names}:
            raise ModelUnavailable(self._has_no_such_model(names))

    def _names(self) -> list[str] | None:
        """The models it has; null where it does not say, or not yet.

        Raises:
            OSError: nobody answers there.
        """
        patience = Patience(min(self._silence_s, _CHECK_SILENCE_S))
        try:
            with requested(
                self._address,
                "GET",
                "/models",
                waiting=lambda: None,
                patience=patience,
            ) as response:
                if response.status in NOT_YET:
                    return None
                self._check_status(response)
                return self._read_names(response)
        except TimeoutError:
            # It may be at another's text; the request for ours waits longer.
            return None

    def _has_no_such_model(self, names: list[str]) -> str:
        shown = ", ".join(names[:_SHOWN_MODELS]) or "none at all"
        if len(names) > _SHOWN_MODELS:
            shown += f" and {len(names) - _SHOWN_MODELS} others"
        advice = "choose one it has, or fetch it there"
        if len(names) == 1:
            only = shlex.quote(f"openai:{names[0]}@{self._address}")
            advice = f"`jarvis models use {only}` takes that one"
        return f"{self._where} has no model {self.model} (it has {shown}): {advice}."

    @contextmanager
    def completion(self, body: bytes, signs: Signs) -> Iterator[HTTPResponse]:
        """The answer to a request for a text; read it with `chunks`.

        Where the server says that it is not ready it is asked again, for as long as it
        may say nothing.
        """
        end_s = time.monotonic() + self._silence_s
        while True:
            self._patience = Patience(self._silence_s)
            with (
                self._in_sentences(),
                requested(
                    self._address,
                    "POST",
                    "/chat/completions",
                    body,
                    waiting=signs.again,
                    patience=self._patience,
                ) as response,
            ):
                phase, wait_s = (
                    NOT_YET.get(response.status),
                    http_stream.pause_s(response),
                )
                if phase is None or time.monotonic() + wait_s > end_s:
                    signs("reading", 0, None)
                    yield response
                    return
            signs(phase, 0, None)
            http_stream.pause(wait_s, signs)

    def chunks(self, response: HTTPResponse) -> Iterator[Chunk]:
        """The chunks of a text as they come.

        One of another form is read over, and so is whatever happens after the text's
        end: what was written is not lost for that.

        Raises:
            Refused: before the first of them, where another form of the request may do.
            InvalidParams: before the first, where the prompt is too long.
            NothingSaid: it ended before the first, without an error.
        """
        self._check_status(response)
        if response.headers.get_content_type() in ("application/json", "text/html"):
            raise ModelUnavailable(
                f"{self._where} does not send texts as they are written: use one that "
                "streams."
            )
        is_over, chunk = False, None
        has_odd_ones = has_comments = False
        try:
            for event in self._events(response):
                if isinstance(event, Chunk):
                    has_comments = True
                    yield event
                elif event == "[DONE]":
                    is_over = True
                    break
                elif read := self._read_chunk(event, is_first=chunk is None):
                    chunk = read
                    if chunk.finish_reason is not None:
                        is_over = True
                        self._patience.silence_s = _AFTER_END_S
                    yield chunk
                else:
                    has_odd_ones = True
        except (JarvisError, OSError, HTTPException):
            if not is_over:
                raise
        if has_odd_ones and chunk is None:
            raise ModelUnavailable(
                f"{self._where} sent something that is no part of a text: see that its "
                "address is right, or restart it."
            )
        if chunk is None and not (is_over or has_comments) and response.chunked:
            raise NothingSaid(
                f"{self._where} ended a text before it began: look into its log."
            )
        # Who sends in chunks says with the last of them that this was all.
        if not (is_over or response.chunked):
            raise ModelUnavailable(
                f"{self._where} broke off in the middle of a text: ask again, and look "
                "into its log if it stays so."
            )

    def _events(self, response: HTTPResponse) -> Iterator[str | Chunk]:
        """The data of its events, and what its comments say as a chunk."""
        events, size_bytes = EventStream(), 0
        while data := response.read1(2**16):
            size_bytes += len(data)
            if size_bytes > _LONGEST_ANSWER_BYTES:
                raise ModelUnavailable(f"{self._where} sends without end: restart it.")
            yield from self._feed(events, data)
        # Some leave out the blank line after the last event.
        yield from self._feed(events, b"\n\n")

    def _check_status(self, response: HTTPResponse) -> None:
        if response.status != HTTPStatus.OK:
            raise status_failure(
                self._where,
                response.status,
                lambda: response.read(_LONGEST_ANSWER_BYTES),
            )

    def _read_names(self, response: HTTPResponse) -> list[str] | None:
        """The models it has; null where it does not say."""
        body = response.read(_LONGEST_ANSWER_BYTES)
        if not body:
            # mlx_lm.server breaks off here on a machine that has no cache of the hub.
            return None
        try:
            return [model.id for model in read_models(body)]
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise ModelUnavailable(
                f"{self._where} gives no list of models, so it is none of OpenAI's "
                "kind: mostly the address ends in /v1."
            ) from None

    def _feed(self, events: EventStream, data: bytes) -> Iterator[str | Chunk]:
        try:
            for event in events.feed(data):
                yield from _chunk_of_comment(events)
                yield event
            yield from _chunk_of_comment(events)
        except ValueError as error:
            raise ModelUnavailable(f"{self._where} sent {error}: restart it.") from None

    def _read_chunk(self, event: str, *, is_first: bool) -> Chunk | None:
        try:
            chunk = read_chunk(event)
        except msgspec.MsgspecError:
            return None
        if chunk.error:
            sentence = (
                f"{self._where} failed in the middle of a text: look into its log."
            )
            raise failure(sentence, event.encode() if is_first else b"")
        return chunk

    def answer(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        waiting: Waiting,
        at_root: bool = False,
    ) -> bytes:
        """The whole answer.

        Args:
            method, path, body, waiting: see `requested`.
            at_root: the path is not one of OpenAI's API.

        Raises:
            Unknown: the server has no such path.
            Refused: it does not take the body.
            InvalidParams: the prompt is too long.
        """
        server = self._address.removesuffix(API_PATH) if at_root else self._address
        patience = Patience(self._silence_s)
        with (
            self._in_sentences(),
            requested(
                server, method, path, body, waiting=waiting, patience=patience
            ) as response,
        ):
            self._check_status(response)
            return response.read(_LONGEST_ANSWER_BYTES)

    def _in_sentences(self) -> AbstractContextManager[None]:
        return in_sentences(self._where, self._address)


def _chunk_of_comment(events: EventStream) -> Iterator[Chunk]:
    """What the newest comment says, once."""
    comment, events.comment = events.comment, ""
    chunk = read_comment(comment)
    if chunk is not None:
        yield chunk
