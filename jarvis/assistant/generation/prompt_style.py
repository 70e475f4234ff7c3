"""How models are spoken to: what a prompt is asked with, and the styles that write one."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from jarvis.assistant.context import Context
from jarvis.assistant.language.facts import Stance
from jarvis.assistant.style.voice import Voice
from jarvis.inference.engine import Prompt
from jarvis.records import ChatId, Record

REPLY_TOKENS: Final = 96
SUMMARY_TOKENS: Final = 220

_STANCES: Final[tuple[Stance | None, ...]] = (None, "no", "maybe", "yes", "other")


class ReplyAsk(Record, frozen=True):
    """What the user's next message is asked for with; `now` is local time.

    `skip_cache`: it was asked for before, so that even the first may come out differently.
    """

    chat_id: ChatId
    now: datetime
    voice: Voice = Voice()
    suggestion: int = 0
    instruction: str | None = None
    skip_cache: bool = False
    seed: int | None = None

    @property
    def stance(self) -> Stance | None:
        """By number of the suggestion: the model's own first, then what differs most."""
        return _STANCES[self.suggestion % len(_STANCES)]


class SummaryAsk(Record, frozen=True):
    """What a summary is asked for with: `notes` are what is known of earlier parts."""

    chat_id: ChatId
    now: datetime
    notes: tuple[str, ...] = ()


class PromptStyle(Protocol):
    """How models of one make are spoken to."""

    @property
    def rules_tokens(self) -> int:
        """How many tokens a prompt holds at most beside the conversation."""

    @property
    def takes_notes(self) -> bool:
        """Whether the prompt for a summary can hold what is known of earlier parts."""

    @property
    def is_screened(self) -> bool:
        """Whether a model writes the answers, which may be none; scripts do not err."""

    def window(self, context: Context) -> Context:
        """The newest part of a conversation that one prompt holds at most."""

    def reply(self, context: Context, ask: ReplyAsk) -> Prompt:
        """Ask for the user's next message."""

    def summary(self, context: Context, ask: SummaryAsk) -> Prompt:
        """Ask for a line about the conversation, and points."""

    def own_words(self, prompt: Prompt) -> str:
        """What a prompt of this style says by itself, without what was quoted."""
