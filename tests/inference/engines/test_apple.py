"""Apple's own model, through a made-up `fm` that behaves as people report Apple's."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
import pytest

from jarvis.errors import InvalidParams, ModelUnavailable
from jarvis.inference.engine import Generated
from jarvis.inference.kinds import GENERATOR
from jarvis.inference.models.apple import apple_model
from jarvis.inference.models.record import ModelRecord
from tests.inference import fm_program
from tests.inference.child import ChildProcess, running_worker
from tests.inference.sample import reply_prompt

WAIT_S = 20.0


@pytest.fixture
def program(short_path: Path) -> Path:
    """The made-up `fm`, in a folder whose name fits a socket's."""
    return fm_program.install(short_path)


@pytest.fixture
def model(program: Path) -> ModelRecord:
    """The model that it serves."""
    return apple_model(program, program.with_name("fm.sock"))


@pytest.fixture
def worker(model: ModelRecord, short_path: Path) -> Iterator[ChildProcess]:
    """A worker that has it loaded."""
    with running_worker(short_path / "worker.log") as child:
        child.answer(child.ask("load", model))
        yield child


def wait_until_gone(pid: int) -> None:
    """Until that process has ended."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(WAIT_S)


def serving_pid(program: Path) -> int:
    """The process of `fm serve`."""
    return int(program.with_name("fm.pid").read_text())


def write(worker: ChildProcess) -> tuple[str, Generated]:
    """A text, and what it took."""
    request_id = worker.ask("generate", reply_prompt("dinner?", max_tokens=9))
    generated = msgspec.convert(worker.answer(request_id), Generated)
    return "".join(worker.tokens(request_id)), generated


def test_a_text_is_written_by_the_model_of_macos(
    worker: ChildProcess, program: Path
) -> None:
    """Only what it knows is asked for: no tools, no log-probs; and never the one that is
    served from elsewhere."""
    text, generated = write(worker)
    assert text == "Yes, gladly."
    assert generated.mean_logprob is None
    assert generated.prompt_tokens == 0
    assert not generated.is_filtered
    (body,) = fm_program.asked(program)
    assert body["model"] == "system"
    assert set(body) == {
        *("model", "messages", "stream", "max_tokens", "temperature", "top_p"),
    }


def test_a_safety_filter_ends_half_a_text(worker: ChildProcess, program: Path) -> None:
    """What came before is there, and is said to be half."""
    fm_program.tell(program, texts=[["Half a"]], ends=["content_filter"])
    text, generated = write(worker)
    assert text == "Half a"
    assert generated.is_filtered


def test_a_safety_filter_may_let_no_text_begin(
    worker: ChildProcess, program: Path
) -> None:
    """That is no failure of the model."""
    fm_program.tell(
        program, statuses=[[500, "The model's safety guardrails were triggered."]]
    )
    text, generated = write(worker)
    assert text == ""
    assert generated.is_filtered


def test_a_prompt_that_is_too_long_is_said_to_be(
    worker: ChildProcess, program: Path
) -> None:
    """So that it is asked again with less of the conversation."""
    fm_program.tell(
        program,
        statuses=[[500, "The session's transcript exceeded the model's context size."]],
    )
    request_id = worker.ask("generate", reply_prompt("dinner?"))
    with pytest.raises(InvalidParams) as refused:
        worker.answer(request_id)
    assert refused.value.field == "prompt"


def test_a_server_that_died_is_started_again(
    worker: ChildProcess, program: Path
) -> None:
    """The text it was at is lost, the next one is written."""
    before = serving_pid(program)
    fm_program.tell(program, dies=True)
    request_id = worker.ask("generate", reply_prompt("dinner?"))
    with pytest.raises(ModelUnavailable):
        worker.answer(request_id)
    wait_until_gone(before)
    fm_program.tell(program)
    assert write(worker)[0] == "Yes, gladly."
    assert serving_pid(program) != before


def test_two_workers_have_a_server_each(
    worker: ChildProcess, model: ModelRecord, program: Path, short_path: Path
) -> None:
    """A daemon writes while its owner has an eval run; neither takes the other's away."""
    (short_path / "fm-999999999.sock").touch()  # what a server left that was killed
    with running_worker(short_path / "other.log") as other:
        other.answer(other.ask("load", model))
        assert write(other)[0] == write(worker)[0] == "Yes, gladly."
        assert len(list(short_path.glob("fm-*.sock"))) == 2
    assert write(worker)[0] == "Yes, gladly."


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_worker(
    model: ModelRecord, program: Path, short_path: Path, how: signal.Signals
) -> None:
    """However that ends: nothing of ours keeps a model in memory."""
    with running_worker(short_path / "worker.log") as child:
        child.answer(child.ask("load", model))
        serving = serving_pid(program)
        assert psutil.pid_exists(serving)
        os.kill(child.process.pid, how)
        wait_until_gone(serving)


@pytest.mark.parametrize(
    ("code", "said", "sentence"),
    [
        (69, "\x1b[31mYou have not agreed.\x1b[0m", "sudo fm license"),
        (1, "System model unavailable: appleIntelligenceNotEnabled", "System Settings"),
        (1, "System model unavailable: modelNotReady", "later"),
        (
            1,
            "\x1b[31mError: The moon is full.\x1b[0m",
            "macOS says “Error: The moon is full”",
        ),
        (1, "", "does not say why"),
    ],
)
def test_macos_says_why_not(
    model: ModelRecord, program: Path, code: int, said: str, sentence: str
) -> None:
    """In our words where the reason is known, else in its own."""
    fm_program.tell(program, available=[code, said])
    with pytest.raises(ModelUnavailable, match=sentence):
        GENERATOR.check(model)


def test_without_the_program_it_says_what_brings_it(tmp_path: Path) -> None:
    """An older macOS, an Intel Mac, or no Mac."""
    with pytest.raises(ModelUnavailable, match="macOS 27"):
        apple_model(tmp_path / "fm", tmp_path / "fm.sock")
