"""What is known of the daemon: whether it answers, which model writes, and who sends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from jarvis.protocol.methods.models import ListedModel, ListModels
from jarvis.protocol.methods.status import ModelStatus, Ping, SendingStatus
from jarvis.records import Draft

SCRIPTED: Final = "scripted"
DEMO: Final = "demo"
_AT_SERVER: Final = "openai:"


@dataclass(frozen=True)
class Connecting:
    """Nobody has answered yet."""


@dataclass(frozen=True)
class Online:
    """The daemon answered; its greeting says what it can do."""

    ping: Ping


@dataclass(frozen=True)
class Offline:
    """The daemon went away, or never came; the next try is at `retry_at_s`."""

    reason: str
    retry_at_s: float


Link = Connecting | Online | Offline
"""How the connection stands."""


@dataclass(frozen=True)
class Model:
    """A model by name, its engine, and whether it is ready to write."""

    name: str | None = None
    engine: str | None = None
    state: str | None = None

    @property
    def is_scripted(self) -> bool:
        """Whether texts are canned and no model writes them; said wherever they show."""
        return self.engine == SCRIPTED

    @classmethod
    def of_status(cls, model: ModelStatus) -> Model:
        """The model as get_status tells of it."""
        return cls(name=model.model or None, engine=model.engine, state=model.state)

    def at(self, state: str) -> Model:
        """The same model in another state."""
        return replace(self, state=state)

    def after(self, draft: Draft) -> Model:
        """What a finished draft adds: who wrote it, and that it is ready."""
        sources = {suggestion.source for suggestion in draft.suggestions}
        engine = SCRIPTED if SCRIPTED in sources else self.engine
        if "model" in sources and self.is_scripted:
            engine = None
        return replace(
            self, name=draft.model or self.name, engine=engine, state="ready"
        )


@dataclass(frozen=True)
class Offer:
    """A model that could write at once, while nobody has chosen one."""

    name: str
    """What the daemon chooses it by."""
    title: str
    """What a person calls it."""
    note: str = ""
    """Where it is."""

    @classmethod
    def of_listed(cls, model: ListedModel) -> Offer:
        """Apple's, or one of a server, as list_models names it."""
        title = model.model.removeprefix(_AT_SERVER).rpartition("@")[0]
        return cls(model.model, title or "Apple's model", model.description or "")


def offers_of(answer: ListModels) -> tuple[Offer, ...]:
    """The models that can write at once, in its order; none where one was chosen."""
    if answer.chosen:
        return ()
    return tuple(
        Offer.of_listed(model)
        for model in answer.models
        if model.kind in ("apple", "openai") and model.state == "ready"
    )


@dataclass(frozen=True)
class Sender:
    """Whether messages can be sent, by what, and where they cannot, why."""

    can_send: bool = False
    name: str | None = None
    reason: str | None = None

    @property
    def is_demo(self) -> bool:
        """Whether what is sent stays in the made-up inbox; said wherever one writes."""
        return self.name == DEMO

    @property
    def refusal(self) -> str:
        """Why nothing can be sent, as a sentence."""
        return self.reason or "this Jarvis cannot send."

    @classmethod
    def of_status(cls, sending: SendingStatus, *, can_send: bool) -> Sender:
        """As get_status tells; `can_send` is what ping said, where it does not tell."""
        return cls(
            can_send=can_send if sending.can_send is None else sending.can_send,
            name=sending.sender,
            reason=sending.reason or None,
        )
