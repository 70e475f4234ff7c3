"""What is wanted of a draft, with what it is written, and the two as one job."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime

from jarvis.assistant.context import Context
from jarvis.assistant.drafting.cache import DraftCache, DraftKey
from jarvis.assistant.drafting.calibration import Calibration
from jarvis.assistant.generation.generate import LanguageModel, OnToken
from jarvis.assistant.generation.styles import BUILT_IN, PromptStyles
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.screening.judging import DropReason
from jarvis.assistant.style.voice import Voice
from jarvis.inference.background import Background
from jarvis.inference.engine import Progress
from jarvis.inference.models.record import ModelRecord
from jarvis.records import ChatId, PrefetchOrigin, Suggestion


@dataclass(frozen=True, kw_only=True)
class DraftRequest:
    """What is wanted. `now` is local time; callers are served in rotation.

    `context_messages` is how many of the newest messages are read. `skip_cache`: the same
    may have been written before, and something else is wanted.
    """

    chat_id: ChatId
    now: datetime
    num_suggestions: int = 1
    instruction: str | None = None
    context_messages: int = 20
    only_if_expected: bool = False
    skip_cache: bool = False
    caller: Hashable = None
    background: Background | None = None
    """It is made ready, and nobody waits for it as long as that says so."""
    origin: PrefetchOrigin | None = None
    """What had it made ready, where nobody asked for the draft itself."""
    on_progress: Progress | None = None
    """Told what the texts are at, for a caller that waits for them."""

    @property
    def is_interactive(self) -> bool:
        """Whether somebody asks in person, rather than on the way to something else."""
        return self.skip_cache or not self.only_if_expected


@dataclass(frozen=True, kw_only=True)
class DraftServices:
    """What drafting works with."""

    language_model: LanguageModel
    history: ReplyHistory
    styles: PromptStyles = BUILT_IN
    cache: DraftCache | None = None
    calibration: Calibration = field(default_factory=Calibration)
    on_dropped: Callable[[DropReason], None] = lambda reason: None
    """Told of each text of the model that is not offered."""


@dataclass(frozen=True, kw_only=True)
class DraftJob:
    """A draft on its way.

    The first `begun_with` suggestions are there already, and `begun` are those that could
    be sent.
    """

    request: DraftRequest
    services: DraftServices
    context: Context
    stopwatch: Stopwatch
    model: ModelRecord
    on_token: OnToken | None = None
    voice: Voice = field(default_factory=Voice)
    begun_with: int = 0
    begun: tuple[Suggestion, ...] = ()

    @property
    def key(self) -> DraftKey:
        """All that the draft is written from."""
        return DraftKey(
            self.request.chat_id,
            self.context,
            self.request.context_messages,
            self.request.instruction,
            self.model.name,
            self.services.history.revision,
        )

    def pass_on(self, text: str, suggestion: int) -> None:
        """A piece of a suggestion has come."""
        self.stopwatch.see_text()
        if self.on_token is not None:
            self.on_token(text, suggestion)
