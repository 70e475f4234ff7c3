"""The worker as a real child process, spoken to over a real socket."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from jarvis.errors import Cancelled, InvalidParams, MethodNotFound, ModelUnavailable
from jarvis.inference.engine import (
    EngineOutput,
    Generated,
    Opening,
    Outputs,
    Progress,
    Prompt,
)
from jarvis.inference.models.record import SCRIPTED
from jarvis.inference.process import worker_environment
from jarvis.inference.worker.generator import GeneratorKind
from jarvis.inference.worker.server import Worker
from jarvis.protocol.jsonrpc import Response
from jarvis.protocol.peer import Peer
from tests.inference.child import WAIT_S, scripted_worker
from tests.inference.sample import reply_prompt


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the worker prints to."""
    return tmp_path / "worker.log"


def test_tokens_come_before_the_answer(log: Path) -> None:
    """One line a token; the answer says what they took."""
    with scripted_worker(log) as worker:
        asked = worker.ask("generate", reply_prompt())
        generated = msgspec.convert(worker.answer(asked), Generated)
        tokens = worker.tokens(asked)
    assert generated.tokens == len(tokens) >= 16
    assert worker.process.returncode == 0


def test_a_failed_load_leaves_no_model(log: Path, tmp_path: Path) -> None:
    """The one before is gone, too: nothing writes with a model nobody chose."""
    spoilt = msgspec.structs.replace(
        SCRIPTED, engine="mlx", path=str(tmp_path / "gone")
    )
    with scripted_worker(log) as worker:
        with pytest.raises(ModelUnavailable):
            worker.answer(worker.ask("load", spoilt))
        with pytest.raises(ModelUnavailable, match="No model is loaded"):
            worker.answer(worker.ask("generate", reply_prompt()))


def test_a_text_taken_back_ends_at_the_next_token(log: Path) -> None:
    """At most one more comes, then Cancelled, and the next request is served."""
    with scripted_worker(log, token_ms=50) as worker:
        asked = worker.ask("generate", reply_prompt())
        while not worker.tokens(asked):
            worker.read()
        before = len(worker.tokens(asked))
        worker.take_back(asked)
        with pytest.raises(Cancelled):
            worker.answer(asked)
        assert len(worker.tokens(asked)) <= before + 1
        again = worker.ask("generate", reply_prompt(max_tokens=2))
        assert worker.answer(again)


def test_a_text_taken_back_before_its_turn_is_never_begun(log: Path) -> None:
    """It waits behind another one and is answered Cancelled without a token."""
    with scripted_worker(log, token_ms=5) as worker:
        first = worker.ask("generate", reply_prompt(max_tokens=4))
        second = worker.ask("generate", reply_prompt())
        worker.take_back(second)
        with pytest.raises(Cancelled):
            worker.answer(second)
        assert worker.tokens(second) == []
        assert worker.answer(first)


def test_taking_back_what_is_not_open_does_nothing(log: Path) -> None:
    """Unknown ids, ids answered already, and nonsense."""
    with scripted_worker(log) as worker:
        worker.take_back(99)
        worker.peer.notify("$/cancelRequest", [1])
        worker.peer.notify("$/cancelRequest", None)
        worker.send()
        asked = worker.ask("generate", reply_prompt())
        assert worker.answer(asked)


def test_wrong_requests_are_answered_with_what_is_wrong(log: Path) -> None:
    """An unknown method, and a prompt that is none; the worker goes on."""
    with scripted_worker(log) as worker:
        with pytest.raises(MethodNotFound):
            worker.answer(worker.ask("embed", {}))
        with pytest.raises(InvalidParams, match="generate: "):
            worker.answer(worker.ask("generate", {"task": "poem"}))
        assert worker.answer(worker.ask("generate", reply_prompt()))


def test_the_end_of_the_connection_ends_it(log: Path) -> None:
    """In the middle of a text, without being asked."""
    with scripted_worker(log, token_ms=20) as worker:
        asked = worker.ask("generate", reply_prompt())
        while not worker.tokens(asked):
            worker.read()
        worker.connection.close()
        assert worker.process.wait(WAIT_S) == 0


def test_a_terminals_interrupt_is_not_for_it(log: Path) -> None:
    """Ctrl-C reaches the whole group; SIGTERM ends it in order."""
    with scripted_worker(log, token_ms=20) as worker:
        asked = worker.ask("generate", reply_prompt())
        while not worker.tokens(asked):
            worker.read()
        worker.process.send_signal(signal.SIGINT)
        assert worker.answer(asked)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(WAIT_S) == 128 + signal.SIGTERM


def test_nothing_of_a_prompt_or_a_text_is_logged(log: Path) -> None:
    """Nothing is printed at all as long as all is well."""
    with scripted_worker(log) as worker:
        worker.answer(worker.ask("generate", reply_prompt("a very secret dinner")))
    assert log.read_text() == ""


class FailingEngine:
    """An engine whose model breaks in the middle of a text, and says too much of it."""

    opening: Opening = "reply"

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """One token, then the defect."""
        yield EngineOutput(text="Sure", logprob=-1.0)
        raise RuntimeError(f"cannot write about {prompt.turns[-1].content}")


def test_a_model_that_breaks_fails_the_text_and_tells_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log holds the kind of error and its place; the worker goes on."""
    ours, theirs = socket.socketpair()
    ours.settimeout(WAIT_S)
    kind = GeneratorKind(lambda model: FailingEngine())
    serving = Thread(target=Worker(theirs, kind).run)
    serving.start()
    peer = Peer()
    with theirs:
        with ours:
            peer.request("load", SCRIPTED)
            for _ in range(2):
                peer.request("generate", reply_prompt("a very secret dinner"))
                ours.sendall(peer.data_to_send())
                said = b""
                while b"error" not in said:
                    said += ours.recv(2**16)
                answer = peer.receive_data(said)[-1]
                assert isinstance(answer, Response)
                assert isinstance(answer.error, ModelUnavailable)
                told = str(answer.error)
                assert "failed with RuntimeError" in told
        serving.join(WAIT_S)
    assert "RuntimeError in generate" in caplog.text
    assert "secret" not in caplog.text + told


def test_a_step_that_never_ends_does_not_outlive_the_daemon() -> None:
    """Some seconds after the connection has ended, so does the process."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", HANGING, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdout=subprocess.PIPE,
        env=worker_environment({}),
    )
    with ours, theirs, process:
        peer = Peer()
        peer.request("load", SCRIPTED)
        peer.request("generate", reply_prompt())
        ours.sendall(peer.data_to_send())
        assert process.stdout is not None
        assert process.stdout.readline() == b"hanging\n"
        theirs.close()
        ours.close()
        assert process.wait(WAIT_S) == 1


HANGING = """
import socket, sys, time
from jarvis.inference.worker import generator, server

class HangingEngine:
    opening = "reply"

    def generate(self, prompt, progress):
        print("hanging", flush=True)
        time.sleep(60)
        yield

server._LAST_STEP_S = 0.1
connection = socket.socket(fileno=int(sys.argv[-1]))
kind = generator.GeneratorKind(lambda model: HangingEngine())
server.Worker(connection, kind).run()
"""
