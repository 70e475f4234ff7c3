"""The shipped model: small, whole, and able to answer somebody it never met."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import jarvis.demo
from jarvis.assistant.drafting.draft import draft_reply
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.cli.composition import GENERATOR, STYLES
from jarvis.inference.models.folder import read_model
from jarvis.inference.pool.supervisor import supervised
from jarvis.inference.states import Selection
from jarvis.records import ChatId
from tests.assistant.exchanges import history_of
from tests.assistant.thread import thread
from tests.needs import needs_mlx
from training.judge import Writer, judge, unseen_threads

FOLDER = Path(jarvis.demo.__file__).parent / "model"


def test_it_is_small_and_says_what_it_is() -> None:
    """Seven megabytes at most; its record names its prompt form."""
    model = read_model(FOLDER)
    assert model.size_bytes <= 7_000_000
    assert model.prompt_style == "thread"
    assert model.licence == "MIT"
    assert (FOLDER / "MODEL_CARD.md").is_file()
    for file in FOLDER.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o444 == 0o444


@needs_mlx
async def test_it_copies_what_it_was_asked_about(tmp_path: Path) -> None:
    """A name, a place and a time that no training text held."""
    asks = thread("Zephyr: Hi! dinner at Quibblewick on Friday at 7:40?")
    selection = Selection(engine="mlx", model=str(FOLDER))
    async with supervised(
        selection, GENERATOR, log_path=tmp_path / "worker.log"
    ) as writer:
        draft = await draft_reply(
            asks,
            DraftServices(language_model=writer, history=history_of(), styles=STYLES),
            DraftRequest(chat_id=ChatId("c"), now=datetime.now(UTC), num_suggestions=3),
        )
    texts = [suggestion.text for suggestion in draft.suggestions]
    assert len(set(texts)) >= 2
    assert any("7:40" in text or "Quibblewick" in text for text in texts)
    assert {suggestion.source for suggestion in draft.suggestions} == {"model"}


@needs_mlx
def test_it_answers_threads_of_names_it_never_met() -> None:
    """By rule, on the first of the card's two hundred threads; nothing is made up."""
    count = 8 if "JARVIS_THOROUGH" in os.environ else 2
    counts = judge(Writer(FOLDER), unseen_threads(count))
    assert counts["replies"] == 5 * count
    assert counts["replies right"] >= 5 * count - 2
    assert counts["summaries: who asked what"] >= count - 1
    assert counts["summaries with something invented"] == 0
    assert counts["threads with three stances right and different"] >= count - 1
