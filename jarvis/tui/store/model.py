"""Which model writes the drafts, as far as the daemon has said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

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
    def of_status(cls, model: Mapping[str, Any]) -> Model:
        """The model as get_status tells of it; a member that is missing is unknown."""
        return cls(
            name=_text(model.get("model")),
            engine=_text(model.get("engine")),
            state=_text(model.get("state")),
        )

    def after(self, draft: Draft) -> Model:
        """What a finished draft adds: who wrote it, and that it is ready."""
        sources = {suggestion.source for suggestion in draft.suggestions}
        engine = SCRIPTED if SCRIPTED in sources else self.engine
        if "model" in sources and self.is_scripted:
            engine = None
        return replace(
            self, name=draft.model or self.name, engine=engine, state="ready"
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
