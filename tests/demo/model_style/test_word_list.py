"""The demo's own model, held to a list of words."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import msgspec
import pytest

from jarvis.cli.demo_home import MODEL
from jarvis.demo.model_style.word_list import WordList
from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import EngineOutput, Prompt, Turn
from jarvis.inference.engines.mlx.engine import MlxGenerator
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
from jarvis.inference.models.folder import read_model
from tests.inference.sample import nobody_minds, reply_prompt
from tests.inference.tiny_model import write_tiny_model
from tests.needs import needs_mlx

pytestmark = needs_mlx

WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+(?:[:.,][0-9]+)*", re.IGNORECASE)
WORDS = WORD.findall(
    "yes no sure see you at then I can don't there sounds good great thanks a the for "
    "it is that will be I'll and to in on my me your time now later soon ok sorry not "
    "do have go get pick up was we with of this today tonight works perfect"
)


def with_words(folder: Path, words: str, *, copied_from: Path) -> Path:
    """A copy of a model's folder with a list of words in it."""
    shutil.copytree(copied_from, folder)
    (folder / "words.txt").write_text(words)
    return folder


def write_tiny(folder: Path) -> Path:
    """A random model to copy."""
    return write_tiny_model(folder / "tiny")


def asked(text: str, *, temperature: float = 0.0) -> Prompt:
    """A prompt for the demo's model, after another one that is over."""
    prompt = reply_prompt(text, max_tokens=40, temperature=temperature, seed=3)
    earlier = (
        Turn(role="user", content="Zebra?"),
        Turn(role="assistant", content="No"),
    )
    return msgspec.structs.replace(prompt, turns=(*earlier, prompt.turns[-1]))


def held_to_words(folder: Path) -> MlxGenerator:
    """The model of a folder, as a worker loads the demo's."""
    return MlxGenerator(read_model(folder), filter_of=WordList.of_folder)


def write(model: MlxGenerator, prompt: Prompt) -> list[EngineOutput]:
    """All steps of a text."""
    return list(model.generate(prompt, nobody_minds))


def words_of(steps: list[EngineOutput]) -> set[str]:
    """The words and numbers of a text."""
    return set(WORD.findall("".join(step.text for step in steps)))


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_model_with_a_list_writes_its_words_and_those_of_the_ask(
    temperature: float, tmp_path: Path
) -> None:
    """And no others, however it is drawn; without the list it would."""
    ask = "Mira: can you pick me up at 4:05 on Elm Street?\nYou:"
    prompt = asked(ask, temperature=temperature)
    free = words_of(write(held_to_words(MODEL), prompt))
    banned = sorted(word for word in free if word not in WORD.findall(ask))[-1]
    words = [word for word in (*WORDS, *free) if word.lower() != banned.lower()]
    folder = with_words(tmp_path / "held", "\n".join(words), copied_from=MODEL)
    held = write(held_to_words(folder), prompt)
    allowed = {word.lower() for word in (*words, *WORD.findall(ask))}
    assert words_of(held)
    assert banned not in words_of(held)
    assert {word.lower() for word in words_of(held)} <= allowed
    assert all(
        step.logprob is not None and math.isfinite(step.logprob)
        for step in held
        if step.is_token
    )


def test_bytes_of_letters_are_put_together_before_they_are_judged(
    tmp_path: Path,
) -> None:
    """The first byte of an accent may come; then only those that make the asked one."""
    folder = with_words(tmp_path / "held", "you", copied_from=write_tiny(tmp_path))
    tokenizer = Tokenizer(folder)
    words = WordList.of_folder(folder, tokenizer)
    assert words is not None
    allowing = words.ask(asked("Zoë?"), frozenset())
    *before, first, second = tokenizer.encode("Zoë")
    *_, other = tokenizer.encode("Zoé")
    assert allowing(before)(first)
    assert allowing([*before, first])(second)
    assert not allowing([*before, first])(other)


def test_a_text_ends_after_a_whole_word_only(tmp_path: Path) -> None:
    """The mark of the end is a token like the others."""
    folder = with_words(tmp_path / "held", "dinner", copied_from=write_tiny(tmp_path))
    tokenizer = Tokenizer(folder)
    words = WordList.of_folder(folder, tokenizer)
    assert words is not None
    allowing = words.ask(asked("When?"), frozenset({1}))
    assert allowing(tokenizer.encode("dinner"))(1)
    assert not allowing(tokenizer.encode("din"))(1)


def test_a_list_that_is_no_text_is_named(tmp_path: Path) -> None:
    """When the model is loaded, with what to do."""
    folder = with_words(tmp_path / "held", "", copied_from=MODEL)
    (folder / "words.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelUnavailable, match=r"words\.txt is no list.*remove"):
        held_to_words(folder)
