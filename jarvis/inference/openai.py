"""The engine that asks a server on this machine which speaks OpenAI's protocol.

Ollama, LM Studio and mlx_lm.server do. The prompt goes to the model's address and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from http import HTTPStatus
from typing import Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Progress, Prompt, Steps
from jarvis.inference.http_stream import Waiting
from jarvis.inference.models import ModelRecord
from jarvis.inference.openai_server import ModelServer
from jarvis.inference.openai_wire import Account, Chunk, completion_request

_SILENCE_S: Final = 120.0
"""A server may have to load its model first."""

_REFUSED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)


class OpenAiGenerator:
    """Writes with one model of a server; `silence_s` is how long that may say nothing."""

    def __init__(self, silence_s: float = _SILENCE_S) -> None:
        self._silence_s = silence_s
        self._server: ModelServer | None = None
        self._takes_extras = True

    def load(self, model: ModelRecord) -> None:
        """See Generator.load: the server must have the model, and loads it itself."""
        self._server = None
        server = ModelServer(model, self._silence_s)
        server.check()
        self._server = server
        self._takes_extras = True

    def generate(self, prompt: Prompt, progress: Progress) -> Steps:
        """See Generator.generate; closing it closes the connection.

        A step is what the server sends at once, mostly a token.
        """
        if self._server is None:
            raise ModelUnavailable("No model is loaded in this worker.")
        account, tokens = Account(), 0
        chunks = self._chunks(self._server, prompt, lambda: progress(0, 0))
        with closing(chunks):
            for chunk in chunks:
                account.add(chunk)
                for step in chunk.steps():
                    if tokens == prompt.sampling.max_tokens:
                        # It was told how many, and goes on.
                        yield account.end("length")
                        return
                    tokens += 1
                    yield step
        yield account.end(account.finish_reason or "stop")

    def _chunks(
        self, server: ModelServer, prompt: Prompt, waiting: Waiting
    ) -> Generator[Chunk, None, None]:
        """Ask with all that is wanted; with less of it a server that refuses that."""
        if self._takes_extras:
            body = completion_request(prompt, server.model, with_extras=True)
            with server.completion(body, waiting) as response:
                if response.status not in _REFUSED:
                    yield from server.chunks(response)
                    return
            self._takes_extras = False
        body = completion_request(prompt, server.model, with_extras=False)
        with server.completion(body, waiting) as response:
            yield from server.chunks(response)
