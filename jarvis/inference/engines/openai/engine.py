"""The engine that asks a server on this machine which speaks OpenAI's protocol.

Ollama, LM Studio, llama-server and mlx_lm.server do. The prompt goes to the model's
address and nowhere else.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import (
    THOUGHT_TOKENS,
    Opening,
    Outputs,
    Progress,
    Prompt,
    ScoreAsk,
    Scored,
)
from jarvis.inference.engines.openai.failures import Filtered, NothingSaid, Refused
from jarvis.inference.engines.openai.scoring import score_at
from jarvis.inference.engines.openai.server import ModelServer
from jarvis.inference.engines.openai.wire import (
    MANNERS,
    Account,
    Chunk,
    Manner,
    completion_request,
    not_streamed,
)
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.signs import Signs


class OpenAiGenerator:
    """Writes with one model of a server, which must have it, and loads it itself.

    Raises:
        ModelUnavailable: the server has it not, or none answers; says what to do.
    """

    def __init__(
        self, model: ModelRecord, *, manners: Sequence[Manner] = MANNERS
    ) -> None:
        """Begin; `manners` are tried in turn where the server refuses a request."""
        self.opening: Opening = "unknown"
        self._manners = manners
        self._chat_template = model.chat_template
        self._server = ModelServer(model, model.silence_s)
        self._server.check()

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """See Generator.generate; closing it closes the connection.

        An output is what the server sends at once, mostly a token.
        """
        signs, account = Signs(progress), Account()
        try:
            yield from self._write(prompt, account, signs)
        except Filtered:
            account.is_filtered = True
        if account.has_only_thoughts:
            raise ModelUnavailable(
                f"The model {self._server.model} only thought and wrote no text: turn "
                "its thinking off at the server, or choose a model that does not think."
            )
        yield account.end()

    def score(self, ask: ScoreAsk, progress: Progress) -> Scored:
        """See Scorer.score; the server is asked for its template where none is given."""
        signs = Signs(progress)
        signs("reading", 0, None)
        return score_at(self._server, ask, self._chat_template, signs.again)

    def _write(self, prompt: Prompt, account: Account, signs: Signs) -> Outputs:
        """The outputs of a text, but for the one that ends it."""
        most = prompt.sampling.max_tokens + THOUGHT_TOKENS
        with closing(self._chunks(prompt, signs)) as chunks:
            for chunk in chunks:
                read = chunk.read_so_far
                if read is not None and not account.made:
                    signs("reading", read.processed, read.total)
                for output in chunk.outputs():
                    if account.tokens == most:
                        # It was told how many, and goes on.
                        account.finish_reason = "length"
                        return
                    account.tokens += 1
                    yield output
                account.add(chunk)
                if account.made:
                    signs.note("writing", account.made, None)
                if chunk.is_filtered:
                    return
                if chunk.is_thought:
                    signs.again()

    def _chunks(self, prompt: Prompt, signs: Signs) -> Generator[Chunk, None, None]:
        """Ask in the manner that was accepted last, then in the others, until one is."""
        server, manners = self._server, self._manners
        for tried, manner in enumerate(manners):
            body = completion_request(prompt, server.model, manner)
            try:
                with server.completion(body, signs) as response:
                    for chunk in server.chunks(response):
                        self._manners = manners[tried:]
                        yield chunk
                return
            except (Refused, NothingSaid) as problem:
                refusal = self._refusal(problem, body, signs)
                if manner is manners[-1]:
                    raise ModelUnavailable(str(refusal)) from None

    def _refusal(self, problem: ModelUnavailable, body: bytes, signs: Signs) -> Refused:
        """Why a form of the request was refused.

        llama_cpp.server has begun to answer when it sees that it will not, and ends its
        stream; without one it says why.

        Raises:
            InvalidParams: the prompt is too long.
            ModelUnavailable: it is not the form of the request.
        """
        if isinstance(problem, Refused):
            return problem
        try:
            self._server.answer(
                "POST",
                "/chat/completions",
                not_streamed(body),
                waiting=signs.again,
            )
        except Refused as refusal:
            return refusal
        raise problem
