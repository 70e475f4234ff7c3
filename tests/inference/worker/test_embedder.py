"""A worker that makes vectors, as a real child process spoken to over its socket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest
from msgspec.structs import replace

from jarvis.errors import (
    Cancelled,
    InvalidParams,
    MethodNotFound,
    ModelUnavailable,
)
from jarvis.inference.embedder import Passages, StoredVectors, Texts, Vectors
from jarvis.inference.models.embedder_registry import STATIC
from jarvis.inference.models.record import SCRIPTED
from tests.inference.child import WAIT_S, Child, running_worker
from tests.inference.embedders.folders import record_of, write_word_piece_folder


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the worker prints to."""
    return tmp_path / "worker.log"


@pytest.fixture
def worker(log: Path) -> Iterator[Child]:
    """One that has loaded the table."""
    with running_worker(log, "embedder") as worker:
        worker.answer(worker.ask("load", STATIC))
        yield worker


def numbers(answer: object) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """What an answer holds."""
    return np.frombuffer(msgspec.convert(answer, Vectors).values, "<f4")


def test_vectors_come_in_the_order_of_the_texts(worker: Child) -> None:
    """However they were put together by length."""
    texts = ("we meet at the boots, where else", "dinner", "where we meet", "boots")
    together = numbers(worker.answer(worker.ask("embed", Texts(texts=texts))))
    for place, text in enumerate(texts):
        alone = numbers(worker.answer(worker.ask("embed", Texts(texts=(text,)))))
        assert np.allclose(together.reshape(4, -1)[place], alone, atol=1e-6)


def test_the_mean_is_that_of_the_vectors(worker: Child) -> None:
    """One vector, not made of length 1 again; without texts there is none."""
    texts = Texts(texts=("dinner on friday", "the boots", "see you"))
    each = numbers(worker.answer(worker.ask("embed", texts))).reshape(3, -1)
    mean = numbers(worker.answer(worker.ask("mean", texts)))
    assert np.allclose(mean, each.mean(axis=0), atol=1e-6)
    with pytest.raises(InvalidParams, match="no texts"):
        worker.answer(worker.ask("mean", Texts(texts=())))


def test_the_mean_of_another_model_is_refused(worker: Child) -> None:
    """Rather than kept as signs that mean nothing."""
    wrong = Passages(texts=("dinner",), mean=bytes(4 * 3))
    with pytest.raises(InvalidParams, match="another model"):
        worker.answer(worker.ask("store", wrong))
    none = Passages(texts=(), mean=bytes(4 * 128))
    answer = worker.answer(worker.ask("store", none))
    assert msgspec.convert(answer, StoredVectors) == StoredVectors(b"", b"", b"")


def test_texts_that_nobody_wants_any_more_are_let_go(worker: Child) -> None:
    """Those that waited are never begun, and the next request is served."""
    many = Texts(texts=tuple(f"dinner at {number}" for number in range(20_000)))
    first = worker.ask("embed", many)
    second = worker.ask("embed", many)
    worker.take_back(second)
    worker.take_back(first)
    with pytest.raises(Cancelled):
        worker.answer(second)
    assert worker.answer(worker.ask("embed", Texts(texts=("dinner",))))


def test_another_model_takes_the_place_of_the_one_before(
    worker: Child, tmp_path: Path
) -> None:
    """One that cannot be loaded leaves none: nothing is embedded by what nobody chose."""
    record = record_of(write_word_piece_folder(tmp_path / "model"))
    worker.answer(worker.ask("load", record))
    texts = Texts(texts=("dinner",))
    assert len(numbers(worker.answer(worker.ask("embed", texts)))) == 32
    for wrong in (replace(record, path=str(tmp_path / "gone")), SCRIPTED):
        with pytest.raises(ModelUnavailable):
            worker.answer(worker.ask("load", wrong))
        with pytest.raises(ModelUnavailable, match="No model is loaded"):
            worker.answer(worker.ask("embed", texts))


def test_it_writes_nothing(worker: Child) -> None:
    """A worker of one kind has the verbs of that kind."""
    with pytest.raises(MethodNotFound):
        worker.answer(worker.ask("generate", {}))


def test_nothing_of_a_text_is_logged(worker: Child, log: Path) -> None:
    """Not even of one that fails."""
    worker.answer(worker.ask("embed", Texts(texts=("a very secret dinner",))))
    with pytest.raises(InvalidParams):
        worker.answer(worker.ask("embed", {"texts": "a very secret dinner"}))
    assert log.read_text() == ""


def test_one_that_nobody_waits_for_lets_everybody_go_first(log: Path) -> None:
    """It runs at a lower priority than the process that started it."""
    with running_worker(log, "embedder", "--aside") as worker:
        worker.answer(worker.ask("load", STATIC))
        nice = psutil.Process(worker.process.pid).nice()
    assert nice >= min(os.nice(0) + 10, 19)
    assert worker.process.wait(WAIT_S) == 0
