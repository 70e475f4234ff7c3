"""A worker killed at every stage of a text, and models that write what is no text."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import EngineOutput, Opening, Outputs, Progress, Prompt
from jarvis.inference.kinds import GENERATOR
from jarvis.inference.models.record import SCRIPTED
from jarvis.inference.pool.supervisor import Supervisor, supervised
from jarvis.inference.states import Selection
from jarvis.inference.worker.generator import GeneratorKind
from jarvis.inference.worker.server import Worker
from jarvis.protocol.jsonrpc import Notification, Response
from jarvis.protocol.peer import Peer
from tests.inference.child import WAIT_S
from tests.inference.model_server import (
    DONE,
    Speech,
    chunk,
    head,
    models,
    says,
    serving,
)
from tests.inference.sample import reply_prompt

HAS = models("small")
YES = says(head(), chunk("Yes"), chunk(finish="stop"), DONE)


class Stage:
    """A speech that stops in the middle and says when it does."""

    def __init__(self, *said: bytes) -> None:
        self._said = said
        self._is_reached = Event()

    def __call__(self, connection: socket.socket) -> None:
        """See Speech."""
        for part in self._said:
            connection.sendall(part)
        self._is_reached.set()
        connection.recv(1)

    async def reached(self) -> None:
        """Wait until the worker stands there."""
        assert await asyncio.to_thread(self._is_reached.wait, WAIT_S)


@asynccontextmanager
async def asking(server: str, log_path: Path) -> AsyncIterator[Supervisor]:
    """A supervisor of workers that ask a server."""
    selection = Selection(engine="openai", model="small", server=server)
    async with (
        asyncio.timeout(30),
        supervised(selection, GENERATOR, log_path=log_path) as supervisor,
    ):
        yield supervisor


async def write(supervisor: Supervisor) -> str:
    """A whole text."""
    async with supervisor.generate(reply_prompt(), caller="a") as generation:
        return "".join([token.text async for token in generation])


async def kill(supervisor: Supervisor) -> None:
    """SIGKILL to the worker that runs now."""
    pid = (await supervisor.status()).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("name", ["load", "prefill", "mid-token"])
async def test_a_worker_killed_at_any_stage_fails_one_text(
    name: str, tmp_path: Path
) -> None:
    """While it loads, reads a prompt or writes; the next ask is served by another."""
    stage = Stage(head(), chunk("Ye")) if name == "mid-token" else Stage()
    speeches: tuple[Speech, ...] = (stage,) if name == "load" else (HAS, stage)
    with serving(*speeches, HAS, YES) as server:
        async with asking(server.address, tmp_path / "log") as supervisor:
            text = asyncio.create_task(write(supervisor))
            await stage.reached()
            await kill(supervisor)
            with pytest.raises(ModelUnavailable, match="SIGKILL"):
                await text
            assert await write(supervisor) == "Yes"
            assert (await supervisor.status()).crashes == 1


async def test_a_worker_killed_as_it_starts_fails_one_text(tmp_path: Path) -> None:
    """Before it has read a single request."""
    with serving(HAS, YES) as server:
        async with asking(server.address, tmp_path / "log") as supervisor:
            text = asyncio.create_task(write(supervisor))
            while (await supervisor.status()).pid is None:
                assert not text.done()
            await kill(supervisor)
            with pytest.raises(ModelUnavailable, match="SIGKILL"):
                await text
            assert await write(supervisor) == "Yes"


class GarbageEngine:
    """A model that writes what is no text, then one good word."""

    opening: Opening = "reply"

    def __init__(self, garbage: EngineOutput) -> None:
        self._garbage: EngineOutput | None = garbage

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """Garbage the first time."""
        if self._garbage is not None:
            step, self._garbage = self._garbage, None
            yield step
        yield EngineOutput(text="Yes", logprob=-1.0)
        yield EngineOutput(text="", is_token=False, finish_reason="stop")


@pytest.mark.parametrize(
    "garbage",
    [
        EngineOutput(text="\ud800", logprob=-1.0),
        EngineOutput(text="\x00\x1b[2J", logprob=float("nan")),
        EngineOutput(text="\ufffd", logprob=float("-inf")),
    ],
    ids=["half a surrogate", "control bytes and no number", "half a letter"],
)
def test_garbage_of_a_model_does_not_break_the_conversation(
    garbage: EngineOutput,
) -> None:
    """It fails its text or is passed on as it is; the next text is whole."""
    ours, theirs = socket.socketpair()
    ours.settimeout(WAIT_S)
    engine = GarbageEngine(garbage)
    kind = GeneratorKind(lambda model: engine)
    serving_thread = Thread(target=Worker(theirs, kind).run)
    serving_thread.start()
    peer = Peer()
    answers: list[Response] = []
    said: list[str] = []
    peer.request("load", SCRIPTED)
    with theirs, ours:
        for number in (2, 3):
            peer.request("generate", reply_prompt())
            ours.sendall(peer.data_to_send())
            while len(answers) < number:
                heard = peer.receive_data(ours.recv(2**16))
                answers += [each for each in heard if isinstance(each, Response)]
                said += [
                    each.params["text"]
                    for each in heard
                    if isinstance(each, Notification)
                    and isinstance(each.params, dict)
                    and "text" in each.params
                ]
        ours.shutdown(socket.SHUT_RDWR)
        serving_thread.join(WAIT_S)
    _, first, second = answers
    assert first.error is None or isinstance(first.error, ModelUnavailable)
    assert isinstance(second.result, dict)
    assert said[-1] == "Yes"
