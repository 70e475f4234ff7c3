"""How long it takes until mail that people wrote can be searched, and what it costs others.

The mail is all of the chitchat set (258,000 messages; Myers, Etchart, Fulda 2020), for its
size alone; without it, as many made-up messages. Asked are the questions of the
evaluation set. The floor is a bare event loop that is pinged in turns with the daemon.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import psutil

from benchmarks.finding.asking import Mode, ask, searched, states_of_index
from benchmarks.harness import BUILT_FOR, Daemon, Row, built_inbox, cache_directory, row
from benchmarks.loop import Pinging, idle_loop
from fixtures.chitchat import EVERYBODY, build_chitchat, installed_dataset
from jarvis.client import BlockingClient
from tests.search.evaluation.reading import evaluation_set

MESSAGES: Final = 258_000
QUESTIONS: Final = 100
_MIB: Final = 1 << 20


def measure() -> list[Row]:
    """Seconds and MiB of one run, as rows, and milliseconds of pings and searches."""
    with (
        searched(_inbox(), "static") as daemon,
        daemon.connect() as client,
        idle_loop() as idle,
    ):
        rows = []
        with Pinging(idle, daemon) as samples:
            rows += _until_ready(daemon, client)
        floor = row("idle loop meanwhile", samples[0])
        rows += [floor, row("ping while it is indexed", samples[1], floor=floor)]
        rows += _searches(client)
        rows.append(_one("daemon with all codes in memory, MiB", _mib(daemon)))
    return rows


def _inbox() -> Path:
    """Made once; the set's dates are moved so that its newest message is of a fixed day."""
    if importlib.util.find_spec("chitchat_dataset") is None:
        return built_inbox(MESSAGES)
    directory = cache_directory() / f"inbox-chitchat-{EVERYBODY}"
    if not (directory / "manifest.json").exists():
        end = datetime.fromisoformat(BUILT_FOR)
        build_chitchat(directory, EVERYBODY, end=end, dataset=installed_dataset())
    return directory


def _until_ready(daemon: Daemon, client: BlockingClient) -> list[Row]:
    """How long words and vectors took, and the most memory the daemon had meanwhile."""
    began_s = time.monotonic()
    words_s = 0.0
    most = 0.0
    for state in states_of_index(client):
        most = max(most, _mib(daemon))
        seconds = time.monotonic() - began_s
        if not words_s and state["state"] in ("vectors", "ready"):
            words_s = seconds
    seconds = time.monotonic() - began_s
    return [
        _one(f"{state['indexed']:,} messages found by words, s", words_s),
        _one(f"{state['embedded']:,} texts found by meaning, s", seconds),
        _one("daemon at its largest until then, MiB", most, goal="<= 45"),
    ]


def _searches(client: BlockingClient) -> list[Row]:
    questions = [each.text for each in evaluation_set().questions[:QUESTIONS]]
    ask(client, questions[0], "auto")  # the first one reads the codes
    modes: Sequence[Mode] = ("keyword", "semantic", "auto")
    return [
        row(f"search, {mode}", [ask(client, each, mode).wall_ms for each in questions])
        for mode in modes
    ]


def _mib(daemon: Daemon) -> float:
    size: int = psutil.Process(daemon.process.pid).memory_info().rss
    return size / _MIB


def _one(what: str, figure: float, *, goal: str = "") -> Row:
    return Row(what, figure, figure, figure, goal=goal)
