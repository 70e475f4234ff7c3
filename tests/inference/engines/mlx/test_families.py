"""The families of the registry: none of their models thinks before it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from jarvis.inference.engines.mlx.chat_template import ChatTemplate
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
from jarvis.inference.models.registry import REGISTRY
from tests.inference.families import FAMILIES, TODAY, TURNS, family_of
from tests.inference.tiny_model import FAMILIES as TINY
from tests.inference.tiny_model import write_tiny_model
from tests.needs import needs_mlx

pytestmark = needs_mlx


def template_of(folder: Path, source: str, marks: dict[str, str]) -> ChatTemplate:
    """That template in a model's folder, as the engine reads it."""
    write_tiny_model(folder, template=source)
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | marks))
    return ChatTemplate(Tokenizer(folder), "tiny")


def without_date(prompt: str) -> str:
    """The prompt, the day it was made left out."""
    return re.sub(r"(?<=Today Date: ).*", TODAY, prompt)


@pytest.mark.parametrize("name", [known.name for known in REGISTRY])
def test_every_model_of_the_registry_is_of_a_family_that_is_tried(name: str) -> None:
    """Its prompt here, its cache in test_caches."""
    family = family_of(name)
    assert family is not None
    assert family.kind in TINY


@pytest.mark.parametrize("name", FAMILIES)
def test_a_prompt_leaves_no_room_for_a_thought(name: str, tmp_path: Path) -> None:
    """To the letter: a thought is empty and over, or the template knows of none."""
    family = FAMILIES[name]
    template = template_of(tmp_path / "m", family.template, family.marks)
    assert without_date(template.render(TURNS)) == family.prompt
    assert template.opening == "reply"


@pytest.mark.parametrize(
    "name", [name for name, family in FAMILIES.items() if family.thinks]
)
def test_a_template_that_is_not_told_lets_the_model_think(
    name: str, tmp_path: Path
) -> None:
    """So what it is told is what keeps it from it: by another name it does not hear it."""
    family = FAMILIES[name]
    deaf = family.template.replace("enable_thinking", "enable_thoughts")
    rendered = template_of(tmp_path / "m", deaf, family.marks).render(TURNS)
    assert without_date(rendered) != family.prompt
    assert not rendered.rstrip().endswith("</think>")
