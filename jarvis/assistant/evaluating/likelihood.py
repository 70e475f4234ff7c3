"""How likely a model finds what the user really sent, under the prompt of a draft."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from jarvis.assistant.context import read_context
from jarvis.assistant.evaluating.moments import Moment
from jarvis.assistant.evaluating.replay import Archive, Scene, scenes
from jarvis.assistant.evaluating.scores import mean_of
from jarvis.assistant.generation.generate import fitting
from jarvis.assistant.generation.prompt_style import (
    REPLY_TOKENS,
    PromptStyle,
    ReplyAsk,
)
from jarvis.assistant.style.voice import voice_for
from jarvis.errors import InvalidParams, NothingToAnswer
from jarvis.inference.engine import Prompt, Scored
from jarvis.inference.models.record import ModelRecord
from jarvis.records import Estimate, PlainMessage, Record

_FEWEST_CHARACTERS = 20


class ScoringModel(Protocol):
    """A model that says how likely a text is; a Supervisor is one."""

    async def score(self, prompt: Prompt, text: str) -> Scored:
        """See Supervisor.score."""


class Likelihood(Record, frozen=True):
    """Of what was sent at one moment; `characters` are its letters, blanks and marks."""

    nats: float
    characters: int
    prompt_tokens: int

    @property
    def nats_per_character(self) -> float:
        """How surprising a letter of it was: 0 for what was certain."""
        return self.nats / self.characters


class LikelihoodFigures(Record, frozen=True):
    """Over all moments, which weigh the same; `prompt_tokens` is what the model read."""

    model: str
    nats_per_character: Estimate
    prompt_tokens: Estimate


class LikelihoodReport(Record, frozen=True):
    """Each model's figures, and how much more the second of two is surprised."""

    models: tuple[LikelihoodFigures, ...]
    difference: Estimate | None = None


async def likelihoods(
    moments: Sequence[Moment],
    history: Sequence[PlainMessage],
    archive: Archive,
    scoring: ScoringModel,
    model: ModelRecord,
    style: PromptStyle,
) -> AsyncIterator[Likelihood | None]:
    """Of each moment, in their order; None where nothing was there to answer.

    The prompt is that of the first suggestion: it has no stance of its own.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
        ModelUnavailable: the model cannot be used, or does not tell.
    """
    async for moment, scene in scenes(moments, history, archive):
        yield await _likelihood(scene, moment.sent, scoring, model, style)


async def _likelihood(
    scene: Scene,
    sent: str,
    scoring: ScoringModel,
    model: ModelRecord,
    style: PromptStyle,
) -> Likelihood | None:
    try:
        context = read_context(scene.messages, scene.others, has_more=scene.has_more)
    except NothingToAnswer:
        return None
    context = fitting(context, style, model, REPLY_TOKENS)
    voice = voice_for(scene.history, context, scene.chat_id)
    ask = ReplyAsk(chat_id=scene.chat_id, now=scene.now, voice=voice)
    characters = sum(len(line.text) for line in context.lines)
    while True:
        try:
            scored = await scoring.score(style.reply(context, ask), sent)
        except InvalidParams as error:
            # As for a draft: too long for the model, so it reads less of it.
            if error.field != "prompt" or characters <= _FEWEST_CHARACTERS:
                raise
            characters //= 2
            context = context.within(characters)
        else:
            return Likelihood(
                nats=scored.nats,
                characters=len(sent),
                prompt_tokens=scored.prompt_tokens,
            )


def likelihood_report(
    found: Mapping[str, Sequence[Likelihood | None]],
    compared: tuple[str, str] | None = None,
) -> LikelihoodReport:
    """The figures so far; the difference is taken moment by moment.

    Args:
        found: by model, in the order of the same moments; one may have got less far.
        compared: two models whose difference is wanted: the second minus the first.
    """
    difference = None
    if compared is not None and all(each in found for each in compared):
        first, second = (found[each] for each in compared)
        difference = mean_of(
            [
                other.nats_per_character - one.nats_per_character
                for one, other in zip(first, second, strict=False)
                if one is not None and other is not None
            ]
        )
    return LikelihoodReport(
        models=tuple(_figures(model, each) for model, each in found.items()),
        difference=difference,
    )


def _figures(model: str, found: Sequence[Likelihood | None]) -> LikelihoodFigures:
    known = [each for each in found if each is not None]
    return LikelihoodFigures(
        model=model,
        nats_per_character=mean_of([each.nats_per_character for each in known]),
        prompt_tokens=mean_of([float(each.prompt_tokens) for each in known]),
    )
