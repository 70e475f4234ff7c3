"""One model, three ways: mlx_lm.stream_generate bare, our worker, mlx_lm.server."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.harness import Row, row
from jarvis.errors import Cancelled
from jarvis.inference.engine import Generated, Prompt, Sampling, Turn
from jarvis.inference.engines.mlx.engine import MlxGenerator
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.process import worker_environment
from jarvis.records import ChatId
from tests.inference.child import Child, running_worker

ROUNDS = 30
LONG_ROUNDS = 7
_MOST_TOKENS = 40
_PREFILL_STEP_TOKENS = 256  # as the worker without Metal
_LINE = "Mia: are you free for dinner at seven on friday, number {}?\n"
_numbers = count()


@dataclass
class Samples:
    """One way of writing: until its first token, and for each further one."""

    first_ms: list[float] = field(default_factory=list)
    token_ms: list[float] = field(default_factory=list)

    def add(self, begin_s: float, tokens_s: list[float], made: int) -> None:
        """Take one text: when each token came, and how many the model made."""
        self.first_ms.append((tokens_s[0] - begin_s) * 1000)
        if made > 1:
            self.token_ms.append((tokens_s[-1] - tokens_s[0]) * 1000 / (made - 1))


def measure(model: ModelRecord) -> list[Row]:
    """All of it in one run, the ways taken in turns."""
    bare = Bare(model)
    with (
        tempfile.TemporaryDirectory(prefix="jb") as log,
        running_worker(Path(log) / "log") as worker,
    ):
        worker.connection.settimeout(60)
        worker.answer(worker.ask("load", model))
        rows = _compare(bare, worker, model)
        return rows + _cancels(worker) + _long_prompts(worker)


def _compare(bare: Bare, worker: Child, model: ModelRecord) -> list[Row]:
    direct, ours, http = Samples(), Samples(), Samples()
    with _served(model) as server:
        ways: list[Callable[[Prompt], None]] = [
            lambda prompt: _write_bare(bare, prompt, direct),
            lambda prompt: _write_in_worker(worker, prompt, ours),
            lambda prompt: _write_over_http(server, prompt, http),
        ]
        for number in range(ROUNDS):
            prompt = _prompt(lines=12)
            # Each comes first as often as the others: what it leaves behind is shared.
            for place in range(len(ways)):
                ways[(number + place) % len(ways)](prompt)
    first = row("bare, first token", direct.first_ms)
    token = row("bare, each further token", direct.token_ms)
    return [
        first,
        row("worker, first token", ours.first_ms, floor=first),
        row("mlx_lm.server, first token", http.first_ms, floor=first),
        row(
            "worker adds to it", _added(ours.first_ms, direct.first_ms), goal="<= 2 ms"
        ),
        token,
        row("worker, each further token", ours.token_ms, floor=token),
        row("mlx_lm.server, each further token", http.token_ms, floor=token),
        row("worker adds", _added(ours.token_ms, direct.token_ms), goal="<= 0.15 ms"),
    ]


def _added(these: list[float], those: list[float]) -> list[float]:
    return [this - that for this, that in zip(these, those, strict=False)]


def _prompt(*, lines: int, chat_id: str | None = None, tail: str = "") -> Prompt:
    """A greedy prompt that nobody has read before."""
    number = next(_numbers)
    talk = "".join(_LINE.format(line) for line in range(lines))
    text = talk + tail if chat_id else f"{number} {talk}{tail}"
    return Prompt(
        task="reply",
        turns=(Turn(role="user", content=f"{text}You:"),),
        chat_id=ChatId(chat_id or str(number)),
        sampling=Sampling(max_tokens=_MOST_TOKENS, temperature=0.0),
    )


# The three ways


class Bare:
    """mlx-lm itself, given the same ids."""

    def __init__(self, record: ModelRecord) -> None:
        from mlx_lm import load

        self._ids_of = MlxGenerator(record).prompt_ids
        self._model, self._tokenizer = load(str(record.path))[:2]

    def responses(self, prompt: Prompt) -> Iterable[Any]:
        """What it writes; nothing is done before the first is asked for."""
        from mlx_lm import stream_generate

        responses: Iterable[Any] = stream_generate(
            self._model,
            self._tokenizer,
            self._ids_of(prompt),
            max_tokens=_MOST_TOKENS,
            prefill_step_size=_PREFILL_STEP_TOKENS,
        )
        return responses


def _write_bare(bare: Bare, prompt: Prompt, samples: Samples) -> None:
    responses = bare.responses(prompt)
    begin_s = time.perf_counter()
    tokens_s = [time.perf_counter() for _ in responses]
    samples.add(begin_s, tokens_s, len(tokens_s))


def _write_in_worker(worker: Child, prompt: Prompt, samples: Samples) -> None:
    worker.heard.clear()
    begin_s = time.perf_counter()
    asked = worker.ask("generate", prompt)
    while not worker.tokens(asked):
        worker.read()
    first_s = time.perf_counter()
    generated = msgspec.convert(worker.answer(asked), Generated)
    # The mark of the end is a step of the model, too.
    steps = generated.tokens + (generated.finish_reason == "stop")
    samples.add(begin_s, [first_s, time.perf_counter()], steps)


def _write_over_http(server: OpenAiGenerator, prompt: Prompt, samples: Samples) -> None:
    begin_s = time.perf_counter()
    steps = server.generate(prompt, lambda phase, done, total: None)
    tokens_s = [time.perf_counter() for _ in steps]
    samples.add(begin_s, tokens_s, len(tokens_s))


@contextmanager
def _served(model: ModelRecord) -> Iterator[OpenAiGenerator]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = str(door.getsockname()[1])
    command = [sys.executable, "-m", "mlx_lm", "server", "--model", str(model.path)]
    with subprocess.Popen(
        [*command, "--port", port],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=worker_environment({}),
    ) as process:
        try:
            assert process.stderr is not None
            assert any(b"Starting httpd" in line for line in process.stderr)
            at_server = msgspec.structs.replace(
                model,
                engine="openai",
                name=str(Path(model.path or "").resolve()),
                address=f"http://127.0.0.1:{port}/v1",
            )
            engine = OpenAiGenerator(at_server)
            yield engine
        finally:
            process.kill()


# What it takes to stop, and what the cache saves


def _cancels(worker: Child) -> list[Row]:
    answered, further, in_prefill = [], [], []
    for _ in range(ROUNDS):
        prompt = _prompt(lines=12)
        took_ms, tokens = _take_back(worker, prompt, lambda id_: worker.tokens(id_))
        answered.append(took_ms)
        further.append(float(tokens))
    for _ in range(LONG_ROUNDS):
        prompt = _prompt(lines=60)
        took_ms, _ = _take_back(
            worker, prompt, lambda id_: worker.notes("progress", id_)
        )
        in_prefill.append(took_ms)
    return [
        row("taken back after a token, answered", answered, goal="one step + 2 ms"),
        row("further tokens by then (count)", further, goal="<= 1"),
        row("taken back while 1,000 tokens are read", in_prefill, goal="<= 600 ms"),
    ]


def _take_back(
    worker: Child, prompt: Prompt, is_time: Callable[[int], object]
) -> tuple[float, int]:
    """Until the answer, and how many tokens came in between; none if it was over."""
    worker.heard.clear()
    asked = worker.ask("generate", prompt)
    while not is_time(asked):
        worker.read()
    before = len(worker.tokens(asked))
    begin_s = time.perf_counter()
    worker.take_back(asked)
    with suppress(Cancelled):
        worker.answer(asked)
    return (time.perf_counter() - begin_s) * 1000, len(worker.tokens(asked)) - before


def _long_prompts(worker: Child) -> list[Row]:
    """1,000 tokens, and again with the last hundred changed."""
    cold, warm = Samples(), Samples()
    for number in range(LONG_ROUNDS):
        key = f"chat {number}"
        for samples, tail in ((cold, "one"), (warm, "two")):
            end = "".join(f"{tail}: {_LINE.format(line)}" for line in range(4))
            begin = _prompt(lines=50, chat_id=key, tail=end)
            _write_in_worker(worker, begin, samples)
    floor = row("1,000 tokens cold, first token", cold.first_ms)
    return [
        floor,
        row("100 of them changed", warm.first_ms, floor=floor, goal="<= 0.3x"),
    ]
