"""What the top puts together: styles that a model's folder may choose, and no others."""

from __future__ import annotations

import msgspec
import pytest

from jarvis.cli.composition import GENERATOR, STYLES
from jarvis.demo.model_style.thread import ThreadStyle
from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import SCRIPTED

MODEL = msgspec.structs.replace(SCRIPTED, engine="mlx", name="small")


def test_the_demos_model_has_its_own_style() -> None:
    """Which lives with the demo; the assistant below knows nothing of it."""
    model = msgspec.structs.replace(MODEL, prompt_style="thread")
    assert isinstance(STYLES.of(model), ThreadStyle)


@pytest.mark.parametrize(
    "name", ["poem", "", "script", "os.system", "jarvis.demo.model_style", "x" * 9_999]
)
def test_a_style_that_nobody_knows_is_an_error(name: str) -> None:
    """A folder names one of a table, never code; choosing its model says so at once."""
    model = msgspec.structs.replace(MODEL, prompt_style=name)
    for refuse in (STYLES.of, GENERATOR.check):
        with pytest.raises(ModelUnavailable, match=r"or choose another") as refused:
            refuse(model)
        assert len(str(refused.value)) < 200


@pytest.mark.parametrize("name", ["chat", "thread", "script"])
def test_only_the_scripted_engine_goes_unscreened(name: str) -> None:
    """Whatever a record names: what a model writes may be no reply."""
    script = msgspec.structs.replace(SCRIPTED, prompt_style=name)
    assert not STYLES.of(script).is_screened
    model = msgspec.structs.replace(MODEL, prompt_style=name)
    if name != "script":
        assert STYLES.of(model).is_screened
