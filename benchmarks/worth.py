"""What suggestions are worth: `jarvis eval` on made-up mail, and on what people wrote.

Real chit-chat is that of the package chitchat-dataset (Myers, Etchart, Fulda 2020), where
it is installed. Judged are the routes without a model, and a model where one is given:
JARVIS_REAL_MODEL or `--model` names it as for `bench real`; JARVIS_BENCH_LLAMA has
SmolLM2-135M served (judging/llama.py). Figures alone are printed, no text.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.harness import REAL_MODEL, Row, row
from benchmarks.judging import REPLIES
from benchmarks.judging.inboxes import MADE_UP, built, names
from benchmarks.judging.llama import NAME, found, served
from jarvis.assistant.evaluating.likelihood import likelihood_report
from jarvis.cli.eval_run import (
    Progress,
    evaluate,
    measure_likelihood,
    plan_for,
)
from jarvis.cli.eval_table import likelihood_table_of, table_of
from jarvis.config import load_settings
from jarvis.errors import JarvisError
from jarvis.inference.models.selection import selection_of
from jarvis.inference.states import Selection

DEFAULT_REPLIES: Final = "60"
CAVEAT: Final = (
    "Chit-chat of people who hardly knew each other, written for a study: more questions "
    "and fewer plans than in one's own mail."
)


def measure() -> list[Row]:
    """Print each inbox's figures with their intervals; the rows are of latencies."""
    rows: list[Row] = []
    try:
        inboxes = names()
    except JarvisError as problem:
        print(f"\nworth: {problem}")
        return rows
    with models() as selections:
        for name in inboxes:
            try:
                with built(name) as inbox:
                    rows += judge(name, inbox, selections)
            except JarvisError as problem:
                print(f"\n{name}: {problem}")
    return rows


@contextmanager
def models() -> Iterator[Mapping[str | None, Selection]]:
    """The models to judge, by the names they go under, for as long as the block runs."""
    selections: dict[str | None, Selection] = {}
    given = os.environ.get(REAL_MODEL)
    if given:
        selections[given] = selection_of(given, Selection())
    with ExitStack() as running:
        try:
            model = found()
            address = running.enter_context(served(model))
            selection = selection_of(f"openai:{NAME}@{address}", Selection())
            selections[NAME] = msgspec.structs.replace(
                selection, chat_template=model.chat_template
            )
        except JarvisError as problem:
            print(f"\nworth: {problem}")
        yield selections


def judge(
    name: str, inbox: Path, selections: Mapping[str | None, Selection]
) -> list[Row]:
    """The figures of one inbox, as `jarvis eval` prints them."""
    print(f"\n{name}" if name == MADE_UP else f"\nowner {name}. {CAVEAT}")
    progress = Progress(is_shown=False)
    with tempfile.TemporaryDirectory(prefix="jb") as home:
        settings = load_settings(
            {
                "home": home,
                "chat_db": inbox / "chat.db",
                "contacts_db": inbox / "AddressBook",
            }
        )
        last = int(os.environ.get(REPLIES, DEFAULT_REPLIES))
        nothing = plan_for(settings, last=last, models=(), without_model=True)
        plan = replace(nothing, selections=selections)
        _run(evaluate(settings, plan, progress))
        for model, selection in selections.items():
            one = replace(plan, selections={model: selection})
            _run(measure_likelihood(settings, one, progress))
    print(table_of(progress.report(None)))
    if progress.likelihoods:
        print(f"\n{likelihood_table_of(likelihood_report(progress.likelihoods), None)}")
    return [
        row(f"{name}: {route}", [each.took_ms for each in scores])
        for route, scores in progress.scores.items()
        if scores
    ]


def _run(figures: Coroutine[None, None, None]) -> None:
    """Until they are there, or something cannot be used, which is said."""
    try:
        asyncio.run(figures)
    except JarvisError as problem:
        print(problem)
