"""What the top puts together: styles that a model's folder may choose, and no others."""

from __future__ import annotations

import msgspec
import pytest

from jarvis.cli.composition import GENERATOR, STYLES
from jarvis.demo.model_style.thread import ThreadStyle
from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import SCRIPTED


def test_the_demos_model_has_its_own_style() -> None:
    """Which lives with the demo; the assistant below knows nothing of it."""
    model = msgspec.structs.replace(SCRIPTED, prompt_style="thread")
    assert isinstance(STYLES.of(model), ThreadStyle)
    assert not STYLES.of(SCRIPTED).is_screened


@pytest.mark.parametrize("name", ["poem", "", "os.system", "jarvis.demo.model_style"])
def test_a_style_that_nobody_knows_is_an_error(name: str) -> None:
    """A folder names one of a table, never code; choosing its model says so at once."""
    model = msgspec.structs.replace(SCRIPTED, prompt_style=name)
    for refuse in (STYLES.of, GENERATOR.check):
        with pytest.raises(ModelUnavailable, match=r"update Jarvis, or choose another"):
            refuse(model)
