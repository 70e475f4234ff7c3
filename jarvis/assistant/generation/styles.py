"""The styles of prompts by name, those that every Jarvis knows among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import ModelRecord
from jarvis.letters import cut

if TYPE_CHECKING:
    from jarvis.assistant.generation.prompt_style import PromptStyle

_LONGEST_SHOWN: Final = 40
"""Characters of an unknown name that an error shows: a folder may come from anywhere."""


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
        """Take the styles beside that for models that follow instructions."""
        self._styles = {"chat": _instruct, **further}

    def load(self) -> None:
        """Load the code of every style: later another version's may lie there."""
        for style in (_script, *self._styles.values()):
            style()

    def check(self, model: ModelRecord) -> None:
        """See that there is a style for a model.

        Raises:
            ModelUnavailable: there is none of the name that its folder gives.
        """
        self._found(model)

    def of(self, model: ModelRecord) -> PromptStyle:
        """The style of a model; raises like `check`."""
        return self._found(model)()

    def _found(self, model: ModelRecord) -> Callable[[], PromptStyle]:
        if model.engine == "scripted":
            # In no table: what a script writes is not screened, what a model writes is.
            return _script
        if model.prompt_style not in self._styles:
            form = cut(model.prompt_style, _LONGEST_SHOWN)
            raise ModelUnavailable(
                f'The model {model.name} wants prompts of a form ("{form}") that this '
                "Jarvis does not know: update Jarvis, or choose another model."
            )
        return self._styles[model.prompt_style]


BUILT_IN: Final = PromptStyles({})
