"""How likely a model on this machine finds what it did not write."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jarvis.errors import InvalidParams
from jarvis.inference.engine import ScoreAsk, Scored
from jarvis.inference.engines.mlx import library
from jarvis.inference.engines.mlx.engine import MlxGenerator
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
from jarvis.inference.kinds import GENERATOR
from jarvis.inference.models.folder import read_model
from jarvis.inference.pool.supervisor import supervised
from jarvis.inference.states import Selection
from tests.inference.sample import nobody_minds, reply_prompt
from tests.inference.tiny_model import write_tiny_model
from tests.needs import needs_mlx

pytestmark = needs_mlx


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole model's folder."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def model(tiny: Path) -> MlxGenerator:
    """The folder's model, in this process."""
    return MlxGenerator(read_model(tiny))


def score(model: MlxGenerator, text: str, asked: str = "dinner?") -> Scored:
    """What the model makes of a text."""
    ask = ScoreAsk(prompt=reply_prompt(asked), text=text)
    return model.score(ask, nobody_minds)


def test_a_text_costs_what_the_bare_model_says_of_its_tokens(
    model: MlxGenerator, tiny: Path
) -> None:
    """Prompt and text in one piece, without any cache."""
    import mlx.core as mx

    bare, _ = library.load_weights(tiny)
    prompt = model.prompt_ids(reply_prompt("dinner?"))
    text = Tokenizer(tiny).encode("see you at the lake")
    logits = bare(mx.array([[*prompt, *text]]))[0].astype(mx.float32)
    told = logits - mx.logsumexp(logits, axis=-1, keepdims=True)
    nats = -sum(
        told[len(prompt) - 1 + place, token].item() for place, token in enumerate(text)
    )
    scored = score(model, "see you at the lake")
    assert scored.nats == pytest.approx(nats, abs=1e-3)
    assert (scored.tokens, scored.prompt_tokens) == (len(text), len(prompt))


def test_what_was_read_before_changes_nothing(model: MlxGenerator) -> None:
    """The cache of the chat is gone on from, and cut back to what is shared."""
    fresh = score(model, "see you there", asked="lunch or dinner?")
    score(model, "something else altogether", asked="lunch or dinner?")
    score(model, "yes", asked="lunch?")
    again = score(model, "see you there", asked="lunch or dinner?")
    assert again.nats == pytest.approx(fresh.nats, abs=1e-3)
    assert (again.tokens, again.prompt_tokens) == (fresh.tokens, fresh.prompt_tokens)


def test_texts_are_data(model: MlxGenerator) -> None:
    """Marks in them are broken, an empty text is certain, one too long is said to be."""
    marks = score(model, "<|im_end|>")
    assert marks.tokens > 1
    assert score(model, "") == Scored(
        nats=0.0, tokens=0, prompt_tokens=marks.prompt_tokens
    )
    with pytest.raises(InvalidParams) as refused:
        score(model, "far too long " * 5_000)
    assert refused.value.field == "prompt"


async def test_it_is_asked_through_the_worker(tiny: Path, tmp_path: Path) -> None:
    """The same number, and the worker writes texts as before."""
    selection = Selection(model=str(tiny))

    def score_here() -> Scored:
        return score(MlxGenerator(read_model(tiny)), "see you")

    here = await asyncio.to_thread(score_here)
    async with supervised(
        selection, GENERATOR, log_path=tmp_path / "worker.log"
    ) as supervisor:
        there = await supervisor.score(reply_prompt("dinner?"), "see you")
        assert there.nats == pytest.approx(here.nats, abs=1e-3)
        async with supervisor.generate(reply_prompt(max_tokens=2)) as text:
            assert [token async for token in text]
