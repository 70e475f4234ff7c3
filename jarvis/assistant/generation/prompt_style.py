"""The seam between what is wanted of a model and the prompt it is asked with."""

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
    """What a prompt for the user's next message is made from; `now` is local time.

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
        """The stance of this suggestion: the first has none, the next differ most."""
        return _STANCES[self.suggestion % len(_STANCES)]


class SummaryAsk(Record, frozen=True):
    """What a prompt for a summary is made from; `notes` tell of the parts before it."""

    chat_id: ChatId
    now: datetime
    notes: tuple[str, ...] = ()


class PromptStyle(Protocol):
    """Makes the prompts for one kind of model."""

    @property
    def rules_tokens(self) -> int:
        """How many tokens a prompt holds at most beside the conversation."""

    @property
    def takes_notes(self) -> bool:
        """Whether the prompt for a summary can hold what is known of earlier parts."""

    @property
    def is_screened(self) -> bool:
        """Whether what comes back has to be screened; a script's text has not."""

    def window(self, context: Context) -> Context:
        """The newest part of a conversation that one prompt holds at most."""

    def reply(self, context: Context, ask: ReplyAsk) -> Prompt:
        """Ask for the user's next message."""

    def summary(self, context: Context, ask: SummaryAsk) -> Prompt:
        """Ask for a line about the conversation, and points."""

    def own_words(self, prompt: Prompt) -> str:
        """What a prompt of this style says by itself, without what was quoted."""
