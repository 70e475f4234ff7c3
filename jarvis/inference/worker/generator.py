"""The kind of worker that writes texts: `load` a model, `generate` with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Final

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import (
    Generated,
    Generator,
    Progress,
    Prompt,
    ScoreAsk,
    Scored,
    Scorer,
)
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.output.accumulator import TokenAccumulator
from jarvis.inference.wire import ProgressLine, TokenLine
from jarvis.inference.worker.server import Call, Verb
from jarvis.records import StreamPhase

if TYPE_CHECKING:
    from jarvis.inference.engines.mlx.token_filter import Filters

_NONE: Final[Filters] = {}


def build(model: ModelRecord, *, filters: Filters = _NONE) -> Generator:
    """The model's engine with the model in it; a worker imports no other engine.

    `filters` hold models of some prompt styles to some of their tokens.

    Raises:
        ModelUnavailable: it cannot be loaded; the sentence says why and what to do.
    """
    match model.engine:
        case "scripted":
            from jarvis.inference.engines.scripted import ScriptedGenerator

            return ScriptedGenerator(model)
        case "openai":
            from jarvis.inference.engines.openai.engine import OpenAiGenerator

            return OpenAiGenerator(model)
        case "apple" if model.path is None:
            from jarvis.inference.engines.apple_sdk import AppleSdkGenerator

            return AppleSdkGenerator(model)
        case "apple":
            from jarvis.inference.engines.apple import AppleGenerator

            return AppleGenerator(model)
        case "mlx":
            from jarvis.inference.engines.mlx.engine import MlxGenerator

            return MlxGenerator(model, filter_of=filters.get(model.prompt_style))
        case "static" | "bert" | "sentence":
            raise ModelUnavailable(
                f"{model.name} makes vectors and writes no text: choose another model."
            )


class GeneratorKind:
    """Holds one generator at a time; `build` makes it."""

    def __init__(self, build: Callable[[ModelRecord], Generator] = build) -> None:
        self._build = build
        self._generator: Generator | None = None

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """See Kind."""
        return {
            "load": Verb(ModelRecord, self._load),
            "generate": Verb(Prompt, self._generate),
            "score": Verb(ScoreAsk, self._score),
        }

    def _load(self, call: Call, model: ModelRecord) -> None:
        # The one before gives its memory back first, and is not fallen back upon.
        self._generator = None
        self._generator = self._build(model)

    def _loaded(self) -> Generator:
        if self._generator is None:
            raise ModelUnavailable("No model is loaded in this worker.")
        return self._generator

    def _score(self, call: Call, ask: ScoreAsk) -> Scored:
        generator = self._loaded()
        if not isinstance(generator, Scorer):
            raise ModelUnavailable(
                "This model's engine does not say how likely it finds a text: choose a "
                "model of this disk, or a server that echoes log-probabilities."
            )
        return generator.score(ask, _progress_of(call))

    def _generate(self, call: Call, prompt: Prompt) -> Generated:
        generator, progress = self._loaded(), _progress_of(call)
        made = 0
        accumulator = TokenAccumulator(
            prompt.sampling,
            opening=generator.opening,
            spoken_of="\n".join(turn.content for turn in prompt.turns),
        )
        call.check_wanted()
        with closing(generator.generate(prompt, progress)) as outputs:
            for output in outputs:
                call.check_wanted()
                made += output.is_token
                if token := accumulator.add(output):
                    fields = msgspec.structs.asdict(token)
                    call.notify("token", TokenLine(request_id=call.id, **fields))
                elif output.is_token:
                    # A thought is no token to show, and yet the model is at it.
                    progress("writing", made, None)
                if accumulator.is_done:
                    break
        if generator.opening == "unknown" and accumulator.is_plain:
            generator.opening = "presumed"
        return accumulator.generated()


def _progress_of(call: Call) -> Progress:
    """What tells the daemon how far a request is, and ends it when nobody wants it."""

    def progress(phase: StreamPhase, done: int, total: int | None) -> None:
        call.check_wanted()
        line = ProgressLine(request_id=call.id, phase=phase, done=done, total=total)
        call.notify("progress", line)

    return progress
