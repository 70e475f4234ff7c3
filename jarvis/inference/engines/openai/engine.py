"""The engine that asks a server on this machine which speaks OpenAI's protocol.

Ollama, LM Studio, llama-server and mlx_lm.server do. The prompt goes to the model's
address and nowhere else.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import (
    THOUGHT_TOKENS,
    Opening,
    Progress,
    Prompt,
    Steps,
)
from jarvis.inference.engines.openai.server import ModelServer, Refused
from jarvis.inference.engines.openai.wire import (
    MANNERS,
    Account,
    Chunk,
    completion_request,
)
from jarvis.inference.models import ModelRecord
from jarvis.inference.signs import Signs

SILENCE_S: Final = 300.0
"""A server may have to load its model first, and tells nothing while it reads."""


class OpenAiGenerator:
    """Writes with one model of a server; `silence_s` is how long that may say nothing."""

    opening: Opening = "unknown"

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        self._silence_s = silence_s
        self._server: ModelServer | None = None
        self._manners = MANNERS

    def load(self, model: ModelRecord) -> None:
        """See Generator.load: the server must have the model, and loads it itself."""
        self._server = None
        server = ModelServer(model, self._silence_s)
        server.check()
        self._server = server
        self.opening = "unknown"
        self._manners = MANNERS

    def generate(self, prompt: Prompt, progress: Progress) -> Steps:
        """See Generator.generate; closing it closes the connection.

        A step is what the server sends at once, mostly a token.
        """
        if self._server is None:
            raise ModelUnavailable("No model is loaded in this worker.")
        signs, account = Signs(progress), Account()
        yield from self._write(self._server, prompt, account, signs)
        if account.has_only_thoughts:
            raise ModelUnavailable(
                f"The model {self._server.model} only thought and wrote no text: turn "
                "its thinking off at the server, or choose a model that does not think."
            )
        yield account.end()

    def _write(
        self, server: ModelServer, prompt: Prompt, account: Account, signs: Signs
    ) -> Steps:
        """The steps of a text, but for the one that ends it."""
        most = prompt.sampling.max_tokens + THOUGHT_TOKENS
        with closing(self._chunks(server, prompt, signs)) as chunks:
            for chunk in chunks:
                read = chunk.read_so_far
                if read is not None and not account.made:
                    signs("reading", read.processed, read.total)
                for step in chunk.steps():
                    if account.tokens == most:
                        # It was told how many, and goes on.
                        account.finish_reason = "length"
                        return
                    account.tokens += 1
                    yield step
                account.add(chunk)
                if account.made:
                    signs.note("writing", account.made, None)
                if chunk.is_thought:
                    signs.again()

    def _chunks(
        self, server: ModelServer, prompt: Prompt, signs: Signs
    ) -> Generator[Chunk, None, None]:
        """Ask in the manner that was taken last; in the others where that is refused."""
        manners = self._manners
        for tried, manner in enumerate(manners):
            body = completion_request(prompt, server.model, manner)
            try:
                with server.completion(body, signs) as response:
                    for chunk in server.chunks(response):
                        self._manners = manners[tried:]
                        yield chunk
                return
            except Refused as refusal:
                if manner is manners[-1]:
                    raise ModelUnavailable(str(refusal)) from None
