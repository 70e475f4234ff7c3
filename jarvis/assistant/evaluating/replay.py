"""Replays past moments: what each route would have offered at each of them."""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from jarvis.assistant.drafting.answering import answers_to
from jarvis.assistant.drafting.calibration import Calibration
from jarvis.assistant.drafting.draft import draft_reply
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.assistant.drafting.needs_reply import needs_reply
from jarvis.assistant.evaluating.moments import (
    Growing,
    Moment,
    OthersTurn,
    as_it_stood,
)
from jarvis.assistant.evaluating.scores import Measure, measures_of
from jarvis.assistant.generation.generate import LanguageModel
from jarvis.assistant.generation.styles import PromptStyles
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.screening.judging import DropReason
from jarvis.errors import ModelUnavailable, NothingToAnswer
from jarvis.records import ChatId, Message, PlainMessage, Record

OFFERED: Final = 3
"""So many suggestions are asked for at each moment."""
CONTEXT_MESSAGES: Final = 20
"""Messages of the conversation that are read, as generate_draft does by default."""


class Archive(Protocol):
    """Reads conversations at any place in them."""

    def others(self, chat_id: ChatId) -> Sequence[str]:
        """The names of those with whom the user talks there."""

    async def before(
        self, chat_id: ChatId, message_id: int, limit: int
    ) -> tuple[Sequence[Message], bool]:
        """The messages before one, oldest first, and whether there are more."""

    async def message(self, message_id: int) -> Sequence[Message]:
        """The message of this ROWID; none where it is gone."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that was known at one moment; `now` is local time."""

    chat_id: ChatId
    messages: Sequence[Message]
    has_more: bool
    others: Sequence[str]
    history: ReplyHistory
    now: datetime


class Pace(Record, frozen=True):
    """How fast a model wrote: its first word, from the wish on, and tokens after that.

    Null where no word came, or too few tokens.
    """

    first_word_ms: float | None
    tokens_per_second: float | None


class Offer(Record, frozen=True):
    """What could have been sent, the best first, and how long it took to find.

    Of a model also its pace, and why texts of it could not be sent.
    """

    texts: tuple[str, ...]
    took_ms: float
    pace: Pace | None = None
    dropped: tuple[DropReason, ...] = ()


Offering = Callable[[Scene], Awaitable[Offer]]
"""One route to suggestions."""


class Score(Record, frozen=True):
    """How an offer did at one moment. No text is in it."""

    offered: int
    took_ms: float
    measures: dict[Measure, float]
    pace: Pace | None = None
    dropped: tuple[DropReason, ...] = ()


class Verdict(Record, frozen=True):
    """Whether an answer was expected, and whether the user gave one."""

    expected: bool
    answered: bool


async def replay(
    moments: Sequence[Moment],
    history: Sequence[PlainMessage],
    archive: Archive,
    routes: Mapping[str, Offering],
) -> AsyncIterator[dict[str, Score]]:
    """How each route did at each moment, in their order.

    Args:
        moments: oldest first.
        history: messages of all conversations, oldest first.
        archive: where the conversations are read.
        routes: by name.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
        ModelUnavailable: a model cannot be used any more.
    """
    async for moment, scene in scenes(moments, history, archive):
        yield {
            name: _score(moment, await offering(scene))
            for name, offering in routes.items()
        }


async def scenes(
    moments: Sequence[Moment], history: Sequence[PlainMessage], archive: Archive
) -> AsyncIterator[tuple[Moment, Scene]]:
    """Each moment with all that was known at it, and nothing of after it.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    known = Growing(history)
    for moment in moments:
        messages, has_more = await archive.before(
            moment.chat_id, moment.reply_id, CONTEXT_MESSAGES
        )
        scene = Scene(
            chat_id=moment.chat_id,
            messages=[as_it_stood(each, moment.sent_ms) for each in messages],
            has_more=has_more,
            others=archive.others(moment.chat_id),
            history=known.before(moment.sent_ms, moment.reply_id),
            now=_local(moment.sent_ms),
        )
        yield moment, scene


async def judge_turns(
    turns: Sequence[OthersTurn], history: Sequence[PlainMessage], archive: Archive
) -> AsyncIterator[Verdict]:
    """What the gate would have said when each turn had just ended.

    Args:
        turns: oldest first.
        history: messages of all conversations, oldest first.
        archive: where the conversations are read.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    known = Growing(history)
    for turn in turns:
        before, _ = await archive.before(
            turn.chat_id, turn.message_id, CONTEXT_MESSAGES
        )
        messages = [*before, *await archive.message(turn.message_id)]
        need = needs_reply(
            [as_it_stood(each, turn.sent_ms) for each in messages],
            known.before(turn.sent_ms, turn.message_id + 1),
            now_ms=turn.sent_ms,
        )
        yield Verdict(expected=need.is_needed, answered=turn.is_answered)


async def offer_smart_replies(scene: Scene) -> Offer:
    """The short answers, which the gate may hold back."""
    stopwatch = Stopwatch()
    answers = answers_to(
        scene.messages,
        scene.history,
        {},
        Calibration(),
        chat_id=scene.chat_id,
        last_message=None,
        count=OFFERED,
        now=scene.now,
    )
    texts = tuple(text for text, _ in answers.texts)
    return Offer(texts=texts, took_ms=stopwatch.timing().total_ms)


def offer_of_model(
    language_model: LanguageModel, styles: PromptStyles, has_failed: Callable[[], bool]
) -> Offering:
    """The drafts of a model, which count as none where nothing of them could be sent.

    Where it writes nothing at all it is asked once more: a server may have been restarted.
    Then, and once it has failed, what it raises goes on to whoever asked.
    """

    async def offer(scene: Scene) -> Offer:
        try:
            return await _drafted(scene, language_model, styles)
        except ModelUnavailable:
            if has_failed():
                raise
            return await _drafted(scene, language_model, styles)

    return offer


async def _drafted(
    scene: Scene,
    language_model: LanguageModel,
    styles: PromptStyles,
) -> Offer:
    """Draft as if somebody had asked in person, with an empty cache.

    Raises:
        ModelUnavailable: the model cannot be used, or wrote nothing that could be judged.
    """
    stopwatch = Stopwatch()
    dropped: list[DropReason] = []
    services = DraftServices(
        language_model=language_model,
        history=scene.history,
        styles=styles,
        on_dropped=dropped.append,
    )
    request = DraftRequest(
        chat_id=scene.chat_id, now=scene.now, num_suggestions=OFFERED
    )
    texts: tuple[str, ...] = ()
    try:
        draft = await draft_reply(
            scene.messages,
            services,
            request,
            others=scene.others,
            has_more=scene.has_more,
            stopwatch=stopwatch,
        )
        texts = tuple(each.text for each in draft.suggestions)
    except ModelUnavailable:
        if not dropped:
            raise
    except NothingToAnswer:
        pass  # nothing but events and gone messages stands before it
    timing = stopwatch.timing()
    first_ms = timing.first_token_ms
    return Offer(
        texts=texts,
        took_ms=timing.total_ms - timing.queued_ms,
        pace=Pace(
            first_word_ms=None if first_ms is None else first_ms - timing.queued_ms,
            tokens_per_second=timing.tokens_per_second,
        ),
        dropped=tuple(dropped),
    )


def _score(moment: Moment, offer: Offer) -> Score:
    return Score(
        offered=len(offer.texts),
        took_ms=offer.took_ms,
        measures=measures_of(moment.sent, offer.texts),
        pace=offer.pace,
        dropped=offer.dropped,
    )


def _local(sent_ms: int) -> datetime:
    return datetime.fromtimestamp(sent_ms / 1000).astimezone()
