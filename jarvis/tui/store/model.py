"""Which model writes the drafts, as far as the daemon has said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jarvis.protocol.methods.status import ModelStatus
from jarvis.records import Draft

SCRIPTED = "scripted"


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

    def after(self, draft: Draft) -> Model:
        """What a finished draft adds: who wrote it, and that it is ready."""
        sources = {suggestion.source for suggestion in draft.suggestions}
        engine = SCRIPTED if SCRIPTED in sources else self.engine
        if "model" in sources and self.is_scripted:
            engine = None
        return replace(
            self, name=draft.model or self.name, engine=engine, state="ready"
        )
