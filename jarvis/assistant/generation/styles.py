"""The styles of prompts by name, those that every Jarvis knows among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import ModelRecord

if TYPE_CHECKING:
    from jarvis.assistant.generation.prompt_style import PromptStyle


def _instruct() -> PromptStyle:
    from jarvis.assistant.generation.instruct import InstructStyle

    return InstructStyle()


def _script() -> PromptStyle:
    from jarvis.assistant.generation.script import ScriptStyle

    return ScriptStyle()


class PromptStyles:
    """A closed table: a model's folder, which may come from anywhere, chooses from it.

    It is filled where the program is put together. What it holds is called when a model
    is to write, and imports the style's code no earlier.
    """

    def __init__(self, further: Mapping[str, Callable[[], PromptStyle]]) -> None:
        """Take the styles beside those for models that follow instructions."""
        self._styles = {"chat": _instruct, "script": _script, **further}

    def check(self, model: ModelRecord) -> None:
        """See that there is a style for a model.

        Raises:
            ModelUnavailable: there is none of the name that its folder gives.
        """
        if model.prompt_style not in self._styles:
            raise ModelUnavailable(
                f'The model {model.name} wants prompts of a form ("{model.prompt_style}") '
                "that this Jarvis does not know: update Jarvis, or choose another model."
            )

    def of(self, model: ModelRecord) -> PromptStyle:
        """The style of a model; raises like `check`."""
        self.check(model)
        return self._styles[model.prompt_style]()


BUILT_IN: Final = PromptStyles({})
