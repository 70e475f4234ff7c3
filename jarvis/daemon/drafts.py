"""The draft service: a draft from the first read to the last count, whoever asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from jarvis.assistant.drafting.answering import Answers, answers_to
from jarvis.assistant.drafting.cache import DraftCache, Usage
from jarvis.assistant.drafting.draft import draft_reply, ready_draft
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.assistant.generation.generate import OnToken
from jarvis.assistant.generation.styles import PromptStyles
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.config import Limits
from jarvis.daemon.feedback import Feedback
from jarvis.daemon.known_voice import known_voice
from jarvis.daemon.mail import Mail
from jarvis.daemon.metrics import Metrics, Routed
from jarvis.daemon.reply_history import CurrentReplyHistory
from jarvis.inference.background import Background
from jarvis.inference.pool.supervisor import Supervisor
from jarvis.protocol.methods.learning import KnownVoice
from jarvis.records import ChatId, Draft, Message, PrefetchOrigin
from jarvis.stores.chatdb import Chat, Page

_SHORT_CONTEXT: Final = 12
"""Messages that are read for a short answer: those it answers stand at the end."""


class Drafts:
    """Reads, drafts, counts and remembers what was offered.

    Args:
        mail: the conversations.
        replies: how the user answered before.
        feedback: what became of suggestions.
        metrics: where each answer is counted.
        supervisor: the door to the model.
        styles: how a model is asked.
        tasks: where drafts are made ready.
        connections: those that are open now: for each of them a draft is made ready.
        limits: how many drafts are kept, and how large.
        usage: hears what becomes of those that prefetch made.
    """

    def __init__(
        self,
        mail: Mail,
        replies: CurrentReplyHistory,
        feedback: Feedback,
        metrics: Metrics,
        supervisor: Supervisor,
        styles: PromptStyles,
        tasks: asyncio.TaskGroup,
        connections: Callable[[], Iterable[object]],
        limits: Limits,
        usage: Usage,
    ) -> None:
        self._mail = mail
        self._replies = replies
        self._feedback = feedback
        self._metrics = metrics
        self._supervisor = supervisor
        self._styles = styles
        self._cache = DraftCache(
            tasks, connections, most=limits.drafts, most_bytes=limits.draft_bytes
        )
        self._cache.usage = self._usage = usage
        styles.load()

    @property
    def cache(self) -> DraftCache:
        """The drafts that there are."""
        return self._cache

    async def draft(
        self, request: DraftRequest, on_token: OnToken | None = None
    ) -> Draft:
        """Replies to the newest messages of a chat, told to `on_token` on the way.

        Raises:
            UnknownChat: there is no such chat.
            StoreUnavailable: chat.db cannot be read.
            NothingToAnswer, ModelUnavailable, Busy: see draft_reply.
        """
        stopwatch = Stopwatch()
        chat, page, services = await self._read(request, stopwatch)
        if request.is_interactive and request.instruction is None:
            self._usage.wanted(chat.chat_id)
        is_loaded = self._supervisor.state.state == "ready"
        draft = await draft_reply(
            page.messages,
            services,
            replace(request, chat_id=chat.chat_id),
            others=self._mail.names_of(chat),
            has_more=page.has_more,
            on_token=on_token,
            stopwatch=stopwatch,
        )
        if not request.skip_cache and request.instruction is None:
            self._usage.answered(draft)
        compared = len(services.history)
        self._metrics.note_routed(_routed(draft, stopwatch, is_loaded, compared))
        self._feedback.note_offers(chat.chat_id, draft.suggestions)
        return draft

    async def make_ready(
        self,
        chat_id: ChatId,
        num_suggestions: int,
        origin: PrefetchOrigin,
        background: Background,
    ) -> Draft:
        """The same before anybody asks, where a reply is expected; nobody was offered it.

        Raises:
            As `draft` does; Busy when it makes way for a person.
        """
        request = DraftRequest(
            chat_id=chat_id,
            now=datetime.now().astimezone(),
            num_suggestions=num_suggestions,
            only_if_expected=True,
            background=background,
            origin=origin,
        )
        chat, page, services = await self._read(request, Stopwatch())
        return await draft_reply(
            page.messages,
            services,
            replace(request, chat_id=chat.chat_id),
            others=self._mail.names_of(chat),
            has_more=page.has_more,
        )

    async def ready(self, chat: Chat, num_suggestions: int) -> Draft | None:
        """The draft that was made ready for the messages of now, with as many suggestions.

        Raises:
            StoreUnavailable: chat.db cannot be read.
        """
        if not self._cache.has_ready(chat.chat_id):
            return None
        request = DraftRequest(
            chat_id=chat.chat_id,
            now=datetime.now().astimezone(),
            num_suggestions=num_suggestions,
        )
        chat, page, services = await self._read(request, Stopwatch())
        return await ready_draft(
            page.messages,
            services,
            request,
            others=self._mail.names_of(chat),
            has_more=page.has_more,
        )

    async def _read(
        self, request: DraftRequest, stopwatch: Stopwatch
    ) -> tuple[Chat, Page, DraftServices]:
        """What a draft is written from."""
        chat = self._mail.chat(request.chat_id)
        page = await self._mail.page(chat, limit=request.context_messages)
        stopwatch.lap("read")
        services = DraftServices(
            language_model=self._supervisor,
            history=await self._replies.history(chat),
            styles=self._styles,
            cache=self._cache,
            calibration=self._feedback.calibration,
            on_dropped=self._metrics.note_dropped,
        )
        stopwatch.lap("remember")
        return chat, page, services

    async def short_answers(
        self, chat: Chat | None, last_message: str | None, count: int
    ) -> Answers:
        """Short answers without the model, and what was drafted already.

        Args:
            chat: the conversation to answer, if the message stands in one.
            last_message: the message, if another than the newest of the conversation.
            count: how many at most.

        Raises:
            StoreUnavailable: chat.db cannot be read.
        """
        stopwatch = Stopwatch()
        messages: Sequence[Message] = ()
        if chat is not None:
            messages = (await self._mail.page(chat, limit=_SHORT_CONTEXT)).messages
        stopwatch.lap("read")
        history = await self._replies.history(chat)
        stopwatch.lap("remember")
        drafts = self._cache.written_for(chat.chat_id, history.revision) if chat else {}
        answers = await asyncio.to_thread(
            answers_to,
            messages,
            history,
            drafts,
            self._feedback.calibration,
            chat_id=chat.chat_id if chat else None,
            last_message=last_message,
            count=count,
            now=datetime.now().astimezone(),
        )
        stopwatch.lap("answer")
        self._metrics.note_routed(
            Routed(
                route=answers.route,
                asked_about=answers.incoming,
                total_ms=stopwatch.timing().total_ms,
                phases_ms=stopwatch.laps_ms,
                model_loaded=self._supervisor.state.state == "ready",
                compared=len(history) if answers.route == "past_reply" else 0,
            )
        )
        return answers

    async def voice(self, chat: Chat) -> KnownVoice:
        """What is known of the way the user writes there.

        Raises:
            StoreUnavailable: chat.db cannot be read.
        """
        history = await self._replies.history(chat)
        return await asyncio.to_thread(known_voice, history, chat.chat_id)

    def forget(self) -> None:
        """Let go of every draft, and of what is known of the user's replies."""
        self._cache.drop()
        self._replies.forget()


def _routed(
    draft: Draft, stopwatch: Stopwatch, is_loaded: bool, compared: int
) -> Routed:
    """How a draft came about."""
    parts = draft.suggestions[0].confidence_parts if draft.suggestions else None
    was_compared = draft.route == "model"
    return Routed(
        route=draft.route,
        prefetched=draft.prefetched,
        asked_about=draft.context_used.last_message or "",
        total_ms=draft.timing.total_ms,
        phases_ms=stopwatch.laps_ms,
        model_loaded=is_loaded,
        similarity=(parts or {}).get("similarity", 0.0) if was_compared else 0.0,
        compared=compared if was_compared else 0,
        generation_ms=stopwatch.generation_ms,
        tokens_per_second=draft.timing.tokens_per_second or 0.0,
    )
