"""A server that speaks OpenAI's protocol: its answers, and its failures in sentences.

Nothing of a prompt, and nothing a server says, stands in an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Final

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.http_stream import Waiting, requested
from jarvis.inference.models import ModelRecord
from jarvis.inference.models.servers import checked_address
from jarvis.inference.openai_wire import Chunk, read_chunk, read_models
from jarvis.inference.sse import EventStream

_CHECK_SILENCE_S: Final = 10.0
_LONGEST_ANSWER_BYTES: Final = 8 * 2**20
_SHOWN_MODELS: Final = 8


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
        self._address = checked_address(
            model.address, allow_remote=model.address_is_trusted
        )
        self._where = f"The model server at {self._address}"

    def check(self) -> None:
        """See that it answers and has the model."""
        silence_s = min(self._silence_s, _CHECK_SILENCE_S)
        address = f"{self._address}/models"
        with (
            self._in_sentences(),
            requested(
                address, "GET", waiting=lambda: None, silence_s=silence_s
            ) as response,
        ):
            self._check_status(response)
            names = self._read_names(response)
        # Ollama knows a model without a tag as its latest.
        if names is not None and not {self.model, f"{self.model}:latest"} & {*names}:
            shown = ", ".join(names[:_SHOWN_MODELS]) or "none at all"
            raise ModelUnavailable(
                f"{self._where} has no model {self.model} (it has {shown}): choose one "
                "it has, or fetch it there."
            )

    @contextmanager
    def completion(self, body: bytes, waiting: Waiting) -> Iterator[HTTPResponse]:
        """The answer to a request for a text; read it with `chunks`."""
        address = f"{self._address}/chat/completions"
        with (
            self._in_sentences(),
            requested(
                address, "POST", body, waiting=waiting, silence_s=self._silence_s
            ) as response,
        ):
            yield response

    def chunks(self, response: HTTPResponse) -> Iterator[Chunk]:
        """The chunks of a text as they come."""
        self._check_status(response)
        if response.headers.get_content_type() != "text/event-stream":
            raise ModelUnavailable(
                f"{self._where} does not send texts as they are written: use one that "
                "streams."
            )
        events, size_bytes, is_over = EventStream(), 0, False
        while data := response.read1(2**16):
            size_bytes += len(data)
            if size_bytes > _LONGEST_ANSWER_BYTES:
                raise ModelUnavailable(f"{self._where} sends without end: restart it.")
            for event in self._feed(events, data):
                if event == "[DONE]":
                    return
                chunk = self._read_chunk(event)
                is_over = is_over or chunk.finish_reason is not None
                yield chunk
        if not is_over:
            raise ModelUnavailable(
                f"{self._where} broke off in the middle of a text: ask again, and look "
                "into its log if it stays so."
            )

    def _check_status(self, response: HTTPResponse) -> None:
        status = response.status
        if status == HTTPStatus.OK:
            return
        try:
            said = f"{status} ({HTTPStatus(status).phrase})"
        except ValueError:
            said = str(status)
        raise ModelUnavailable(f"{self._where} answered {said}: {_advice(status)}.")

    def _read_names(self, response: HTTPResponse) -> list[str] | None:
        """The models it has; null where it does not say."""
        body = response.read(_LONGEST_ANSWER_BYTES)
        if not body:
            # mlx_lm.server breaks off here on a machine that has no cache of the hub.
            return None
        try:
            return read_models(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise ModelUnavailable(
                f"{self._where} gives no list of models, so it is none of OpenAI's "
                "kind: mostly the address ends in /v1."
            ) from None

    def _feed(self, events: EventStream, data: bytes) -> list[str]:
        try:
            return events.feed(data)
        except ValueError as error:
            raise ModelUnavailable(f"{self._where} sent {error}: restart it.") from None

    def _read_chunk(self, event: str) -> Chunk:
        try:
            chunk = read_chunk(event)
        except msgspec.MsgspecError:
            raise ModelUnavailable(
                f"{self._where} sent something that is no part of a text: see that its "
                "address is right, or restart it."
            ) from None
        if chunk.error is not None:
            raise ModelUnavailable(
                f"{self._where} failed in the middle of a text: look into its log."
            )
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
        except ConnectionRefusedError:
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


def _advice(status: int) -> str:
    """What to do about an HTTP status that is no success."""
    match status:
        case 401 | 403:
            return "it wants a key, and Jarvis has none to give"
        case 404:
            return "see that the model is there and the address ends in /v1"
        case 400 | 413 | 422:
            return "the conversation may be too long for the model"
        case _ if 300 <= status < 400:
            return "it points elsewhere, where Jarvis does not follow; correct it"
        case _:
            return "look into its log, and ask again"
