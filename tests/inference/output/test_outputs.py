"""The corpus of outputs.py, letter by letter, through mlx's path and a server's.

Each test takes another quarter of it, and all of it with `./dev test --thorough`.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.inference.engine import Opening
from jarvis.inference.models.folder import read_model
from jarvis.inference.output.stop_filter import StopFilter
from jarvis.inference.worker.generator import GeneratorKind
from jarvis.inference.worker.server import Worker
from tests.inference.child import WAIT_S, Child, running_worker
from tests.inference.dictated import Dictation, known_to_mlx, write_dictated
from tests.inference.model_server import (
    DONE,
    Speech,
    chunk,
    head,
    model_at,
    models,
    says,
    serving,
)
from tests.inference.outputs import FAMILIES, OUTPUTS, TEXT, Output
from tests.inference.sample import reply_prompt
from tests.needs import needs_mlx
from tests.thorough import one_in

_CHATS = count()
_MLX_WAIT_S = 30.0
_SPECIAL = re.compile(
    r"<[|｜]\S+?[|｜]>|<\|?\w+\|?>(?=\n|$)|\[\|\w+\|\]|</?think>|\[/?THINK\]|</s>"
)


def openings(output: Output) -> tuple[Opening, ...]:
    """How its text may be said to begin."""
    if output.in_thought:
        return ("thought", "unknown")
    return ("reply", "presumed", "unknown")


@given(st.sampled_from(sorted(OUTPUTS)), st.lists(st.integers(1, 9)), st.data())
def test_whatever_the_split_the_same_comes_out(
    name: str, sizes: list[int], data: st.DataObject
) -> None:
    """Of every family, every shape, in whatever pieces it comes."""
    output = OUTPUTS[name]
    opening = data.draw(st.sampled_from(openings(output)))
    stop_filter, rest, shown = StopFilter(opening=opening), output.raw, ""
    for size in sizes:
        shown += stop_filter.feed(rest[:size])
        rest = rest[size:]
    shown += stop_filter.feed(rest) + stop_filter.finish()
    assert shown.rstrip() == output.text


def test_the_corpus_is_large_enough() -> None:
    """Families times shapes, each a text of its own."""
    assert len(FAMILIES) >= 30
    assert len(OUTPUTS) >= 400
    assert len({output.raw for output in OUTPUTS.values()}) >= 340


def written(worker: Child) -> str:
    """What the worker writes."""
    asked = worker.ask(
        "generate", reply_prompt("dinner at six?", chat_id=f"chat-{next(_CHATS)}")
    )
    worker.answer(asked)
    return "".join(worker.tokens(asked))


# Through a server


def speech(raw: str, size: int) -> Speech:
    """A server that writes so, in pieces of that size."""
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    said = b"".join(map(chunk, pieces))
    return says(head(), said, chunk(finish="stop"), DONE)


@pytest.mark.parametrize("size", [1, 4, 10_000])
def test_a_server_that_leaves_everything_in_the_text(size: int, tmp_path: Path) -> None:
    """Its model is not known to think or not: each text is its first one."""
    outputs = {name: OUTPUTS[name] for name in one_in(4, [*OUTPUTS], first=size)}
    speeches = [
        each
        for output in outputs.values()
        for each in (models("small"), speech(output.raw, size))
    ]
    seen: dict[str, str] = {}
    with (
        serving(*speeches) as server,
        running_worker(tmp_path / "log") as worker,
    ):
        for name in outputs:
            worker.answer(worker.ask("load", model_at(server.address)))
            seen[name] = written(worker).rstrip()
    assert seen == {name: output.text for name, output in outputs.items()}


def test_a_server_that_did_not_think_before(tmp_path: Path) -> None:
    """Once a text came without a thought, the next ones stream; thoughts are seen still."""
    known = {
        name: output
        for name, output in OUTPUTS.items()
        if not output.in_thought or name.endswith("aloud")
    }
    known = {name: known[name] for name in one_in(4, [*known])}
    plain = speech(TEXT, 1)
    speeches = (speech(output.raw, 1) for output in known.values())
    seen: dict[str, str] = {}
    with (
        serving(models("small"), plain, *speeches) as server,
        running_worker(tmp_path / "log") as worker,
    ):
        worker.answer(worker.ask("load", model_at(server.address)))
        written(worker)
        for name in known:
            seen[name] = written(worker).rstrip()
    assert seen == {name: output.text for name, output in known.items()}


# Through mlx-lm


_TEMPLATE = (
    "{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n"
    "{% endfor %}[reply] "
)


@contextmanager
def dictating_worker(
    folder: Path, template: str, dictation: Dictation, marks: list[str]
) -> Iterator[tuple[Child, Any]]:
    """A worker in this process, with a model that writes what is dictated."""
    ours, theirs = socket.socketpair()
    ours.settimeout(_MLX_WAIT_S)
    tokenizer = write_dictated(folder, marks, template)
    with known_to_mlx(dictation), closing(theirs):
        thread = Thread(target=Worker(theirs, GeneratorKind()).run)
        thread.start()
        with closing(ours):
            worker = Child(ours)
            worker.answer(worker.ask("load", read_model(folder)))
            yield worker, tokenizer
        thread.join(WAIT_S)


@needs_mlx
@pytest.mark.parametrize("in_thought", [False, True])
@pytest.mark.parametrize("are_tokens", [True, False])
def test_a_model_of_mlx(in_thought: bool, are_tokens: bool, tmp_path: Path) -> None:
    """Its marks are tokens of their own, or it spells them letter by letter."""
    outputs = {
        name: output
        for name, output in OUTPUTS.items()
        if output.in_thought == in_thought
    }
    outputs = {name: outputs[name] for name in one_in(4, [*outputs], first=are_tokens)}
    found = (_SPECIAL.findall(output.raw) for output in outputs.values())
    marks = sorted({mark for each in found for mark in each}) if are_tokens else []
    template = _TEMPLATE + ("<think>\n" if in_thought else "")
    dictation = Dictation()
    seen: dict[str, str] = {}
    with dictating_worker(tmp_path / "m", template, dictation, marks) as (
        worker,
        tokenizer,
    ):
        end = tokenizer.token_to_id("<eos>")
        for name, output in outputs.items():
            dictation.begin([*tokenizer.encode(output.raw).ids, end])
            seen[name] = written(worker).rstrip()
    assert seen == {name: output.text for name, output in outputs.items()}
