"""The engine that asks a server, against one that people really run: mlx_lm.server."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from jarvis.errors import Cancelled, ModelUnavailable
from jarvis.inference.engine import Generated, Token
from jarvis.inference.engines.mlx.engine import MlxGenerator
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from jarvis.inference.models.folder import read_model
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.output.accumulator import TokenAccumulator
from jarvis.inference.process import worker_environment
from jarvis.records import FinishReason
from tests.inference.child import running_worker
from tests.inference.model_server import model_at
from tests.inference.sample import joined, nobody_minds, reply_prompt
from tests.inference.tiny_model import write_tiny_model
from tests.needs import needs_mlx

pytestmark = needs_mlx

GREEDY = reply_prompt(max_tokens=20, temperature=0.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model's folder."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny").resolve()


@pytest.fixture(scope="module")
def served(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModelRecord]:
    """The model at a real mlx_lm.server on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    command = [sys.executable, "-P", "-m", "mlx_lm", "server", "--model", str(folder)]
    hub = tmp_path_factory.mktemp("hub")
    environment = worker_environment({"HF_HUB_CACHE": str(hub)})
    with subprocess.Popen(
        [*command, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        try:
            assert process.stderr is not None
            assert any(b"Starting httpd" in line for line in process.stderr)
            yield model_at(f"http://127.0.0.1:{port}/v1", str(folder))
        finally:
            process.kill()


def write(engine: OpenAiGenerator | MlxGenerator) -> tuple[str, FinishReason]:
    """A greedy text, and why it ends."""
    tokens: list[Token | None] = []
    accumulator = TokenAccumulator(GREEDY.sampling)
    with closing(engine.generate(GREEDY, nobody_minds)) as steps:
        for step in steps:
            tokens.append(accumulator.add(step))
            if accumulator.is_done:
                break
    text = joined(token for token in tokens if token)
    return text, accumulator.generated().finish_reason


def test_the_server_writes_what_the_engine_in_the_worker_writes(
    served: ModelRecord, folder: Path
) -> None:
    """Same model, same template, thinking off, greedy: the same text."""
    engine = OpenAiGenerator(served)
    first, again = write(engine), write(engine)
    own = write(MlxGenerator(read_model(folder)))
    assert first == again
    assert own[0] != ""
    # What has no text yet is sent with the token that completes it, so more fit in.
    assert first[0].startswith(own[0])
    assert first[1] == own[1] == "length"


def test_a_text_left_in_the_middle_does_not_keep_the_next_waiting(
    served: ModelRecord,
) -> None:
    """The server hears that the connection is closed and stops."""
    engine = OpenAiGenerator(served)
    endless = reply_prompt(max_tokens=1500, temperature=0.0)
    with closing(engine.generate(endless, nobody_minds)) as steps:
        next(steps)
    assert write(engine)


def test_a_model_it_does_not_have_is_named(served: ModelRecord) -> None:
    """With the one it has."""
    other = msgspec.structs.replace(served, name="org/other")
    with pytest.raises(ModelUnavailable, match=r"no model org/other .it has .*tiny"):
        OpenAiGenerator(other)


def test_a_worker_streams_from_it(served: ModelRecord, tmp_path: Path) -> None:
    """Through the socket, and taken back between two tokens."""
    with running_worker(tmp_path / "log") as worker:
        assert worker.answer(worker.ask("load", served)) is None
        asked = worker.ask("generate", GREEDY)
        generated = msgspec.convert(worker.answer(asked), Generated)
        assert len(worker.tokens(asked)) <= generated.tokens
        endless = reply_prompt(max_tokens=1500, temperature=0.0)
        left = worker.ask("generate", endless)
        while not worker.tokens(left):
            worker.read()
        worker.take_back(left)
        with pytest.raises(Cancelled):
            worker.answer(left)
        assert worker.answer(worker.ask("generate", GREEDY))
