"""A server that speaks OpenAI's protocol: its answers, and its failures in sentences.

Nothing of a prompt, and nothing a server says, stands in an error.
"""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Final

import msgspec

from jarvis.errors import InvalidParams, JarvisError, ModelUnavailable
from jarvis.inference.engines.openai import http_stream
from jarvis.inference.engines.openai.http_stream import NOT_YET, Patience, requested
from jarvis.inference.engines.openai.sse import EventStream
from jarvis.inference.engines.openai.wire import (
    Chunk,
    read_chunk,
    read_comment,
    read_models,
)
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.servers import checked_address
from jarvis.inference.signs import Signs

_CHECK_SILENCE_S: Final = 10.0
_AFTER_END_S: Final = 1.0
"""How long to wait after a text for the counts, which some servers never send."""
_LONGEST_ANSWER_BYTES: Final = 8 * 2**20
_SHOWN_MODELS: Final = 8

_REFUSED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_TOLD_WHY: Final = (*_REFUSED, HTTPStatus.INTERNAL_SERVER_ERROR)
"""Statuses whose body is searched for a cause: the prompt's length, or its turns."""
_ABOUT_THE_TURNS: Final = re.compile(rb"jinja|template|\brole", re.IGNORECASE)
"""In what llama-server says with a 500, and LM Studio in a stream, where a template does
not take the turns."""
_TOO_LONG: Final = re.compile(
    rb"context.{0,20}(size|length|window|exceed|overflow)|exceed.{0,20}context",
    re.IGNORECASE,
)


_BY_SAFETY: Final = re.compile(rb"guardrail|content.?filter", re.IGNORECASE)
"""In what Apple's server says where its safety filter does not let a text begin."""


class Filtered(ModelUnavailable):
    """A safety filter of the server wants no text for this prompt."""


class Refused(ModelUnavailable):
    """The server refuses this form of the request; another manner may be accepted."""


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
        """
        self._check_status(response)
        if response.headers.get_content_type() in ("application/json", "text/html"):
            raise ModelUnavailable(
                f"{self._where} does not send texts as they are written: use one that "
                "streams."
            )
        is_over, chunk = False, None
        has_odd_ones = False
        try:
            for event in self._events(response):
                if isinstance(event, Chunk):
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
        status = response.status
        if status == HTTPStatus.OK:
            return
        try:
            said = f"{status} ({HTTPStatus(status).phrase})"
        except ValueError:
            said = str(status)
        raise _failure(
            f"{self._where} answered {said}: {_advice(status)}.",
            response.read(_LONGEST_ANSWER_BYTES) if status in _TOLD_WHY else b"",
            is_refusal=status in _REFUSED,
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
            raise _failure(sentence, event.encode() if is_first else b"")
        return chunk

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        """Say in a sentence what sockets and http.client say in their own way."""
        try:
            yield
        except TimeoutError:
            raise ModelUnavailable(
                f"{self._where} says nothing any more: restart it, or choose a smaller "
                "model there."
            ) from None
        except (ConnectionRefusedError, FileNotFoundError):
            raise ModelUnavailable(
                f"No model server answers at {self._address}: start it (for Ollama: "
                "ollama serve), or choose another model."
            ) from None
        except OSError as error:
            raise ModelUnavailable(
                f"{self._where} cannot be reached "
                f"({error.strerror or type(error).__name__}): see that it runs."
            ) from None
        except HTTPException as error:
            raise ModelUnavailable(
                f"{self._where} broke off or does not speak HTTP "
                f"({type(error).__name__}): see that its address is right and it runs."
            ) from None


def _failure(sentence: str, said: bytes, *, is_refusal: bool = False) -> JarvisError:
    """The error for what a server says instead of a text; none of it is quoted."""
    if _TOO_LONG.search(said):
        reason = "The prompt is too long for the model of the server: ask for less."
        return InvalidParams(reason, field="prompt")
    if _BY_SAFETY.search(said):
        return Filtered(sentence)
    if is_refusal or _ABOUT_THE_TURNS.search(said):
        return Refused(sentence)
    return ModelUnavailable(sentence)


def _chunk_of_comment(events: EventStream) -> Iterator[Chunk]:
    """What the newest comment says, once."""
    comment, events.comment = events.comment, ""
    chunk = read_comment(comment)
    if chunk is not None:
        yield chunk


def _advice(status: int) -> str:
    """What to do about an HTTP status that is no success."""
    match status:
        case 401 | 403:
            return "it wants a key, and Jarvis has none to give"
        case 404:
            return "see that the model is there and the address ends in /v1"
        case 400 | 413 | 422:
            return "the conversation may be too long for the model"
        case _ if status in NOT_YET:
            return "it was not ready in time; look into its log, and ask again"
        case _ if 300 <= status < 400:
            return "it points elsewhere, where Jarvis does not follow; correct it"
        case _:
            return "look into its log, and ask again"
