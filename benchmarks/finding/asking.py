"""A daemon on the evaluation set, asked as any client asks it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from benchmarks.finding.adapters import is_adapter
from benchmarks.harness import SERVE, Daemon, running_daemon
from jarvis.client import BlockingClient

Mode = Literal["auto", "semantic", "keyword"]

ASKED: Final = 20
_PATIENCE_S: Final = 1_800.0
_LOOK_S: Final = 0.1
_ADAPTED: Final = "benchmarks.finding.peer_daemon"
_SETTING: Final = "JARVIS_EMBEDDER"


class Answer(NamedTuple):
    """Ids of the hits, and with each those of the messages shown beside it."""

    hits: list[int]
    places: list[list[int]]
    similarity: float | None
    """Of the first hit; null where there is none or only words found it."""
    mode_used: str
    wall_ms: float
    took_ms: dict[str, float]


@contextmanager
def searched(inbox: Path, embedder: str) -> Iterator[Daemon]:
    """A daemon that makes vectors with this embedder: "static", a folder, an adapter."""
    adapted = (sys.executable, "-m", _ADAPTED, embedder)
    command = adapted if is_adapter(embedder) else SERVE
    with ExitStack() as stack:
        stack.enter_context(_environment(None if is_adapter(embedder) else embedder))
        yield stack.enter_context(running_daemon(inbox, indexing=True, command=command))


@contextmanager
def _environment(embedder: str | None) -> Iterator[None]:
    before = os.environ.pop(_SETTING, None)
    if embedder is not None:
        os.environ[_SETTING] = embedder
    try:
        yield
    finally:
        os.environ.pop(_SETTING, None)
        if before is not None:
            os.environ[_SETTING] = before


def states_of_index(client: BlockingClient) -> Iterator[dict[str, Any]]:
    """How the index stands, again and again until everything has its vector.

    Raises:
        RuntimeError: it fails, or takes too long.
    """
    end_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end_s:
        state: dict[str, Any] = client.call("get_status")["index"]
        if state["state"] == "failed":
            raise RuntimeError(f"the index: {state['reason']}")
        yield state
        if state["state"] == "ready":
            return
        time.sleep(_LOOK_S)
    raise RuntimeError("the index did not become ready")


def ask(client: BlockingClient, question: str, mode: Mode) -> Answer:
    """The first page of what a client is answered."""
    began_s = time.perf_counter()
    found = client.call("semantic_search", query=question, mode=mode, limit=ASKED)
    wall_ms = (time.perf_counter() - began_s) * 1000
    results = found["results"]
    return Answer(
        hits=[each["message"]["id"] for each in results],
        places=[
            [each["message"]["id"], *(beside["id"] for beside in each["context"])]
            for each in results
        ],
        similarity=results[0]["similarity"] if results else None,
        mode_used=found["mode_used"],
        wall_ms=wall_ms,
        took_ms=found["took_ms"],
    )
