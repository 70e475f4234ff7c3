"""What only the top of the house can put together: the demo's own model among others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from jarvis.assistant.generation.styles import PromptStyles
from jarvis.inference.kinds import EMBEDDER
from jarvis.inference.kinds import GENERATOR as PLAIN_GENERATOR
from jarvis.inference.models.record import ModelRecord

if TYPE_CHECKING:
    from jarvis.assistant.generation.prompt_style import PromptStyle


__all__ = ["EMBEDDER", "GENERATOR", "STYLES"]


def _thread() -> PromptStyle:
    from jarvis.demo.model_style.thread import ThreadStyle

    return ThreadStyle()


STYLES: Final = PromptStyles({"thread": _thread})


def _check(model: ModelRecord) -> None:
    STYLES.check(model)
    PLAIN_GENERATOR.check(model)


GENERATOR: Final = replace(
    PLAIN_GENERATOR, check=_check, command=("-m", "jarvis.cli.worker", "generator")
)
