"""`python -m benchmarks [NAME …]`: runs all questions or those named, prints tables.

`--embedder NAME` is for the question `search`, and may be given more than once. `--model`
is for `real` and `worth`; `--owner ID`, which may be repeated, and `--last N` for `worth`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

from benchmarks.finding import EMBEDDERS
from benchmarks.harness import REAL_MODEL, Row, print_table
from benchmarks.judging import OWNERS, REPLIES

QUESTIONS = (
    "wire",
    "stores",
    "push",
    "loop",
    "journey",
    "start",
    "drafts",
    "prefetch",
    "screen",
    "idle",
    "real",
    "worth",
    "search_scale",
    "search",
    "indexing",
)
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Run the questions; 2 when one is unknown."""
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--embedder", action="append", default=[])
    parser.add_argument("--model")
    parser.add_argument("--owner", action="append", default=[])
    parser.add_argument("--last", type=int)
    given = parser.parse_args()
    if given.embedder:
        os.environ[EMBEDDERS] = os.pathsep.join(given.embedder)
    if given.model:
        os.environ[REAL_MODEL] = given.model
    if given.owner:
        os.environ[OWNERS] = " ".join(given.owner)
    if given.last:
        os.environ[REPLIES] = str(given.last)
    wanted = [name.replace("-", "_") for name in given.names] or list(QUESTIONS)
    unknown = [name for name in wanted if name not in QUESTIONS]
    if unknown:
        print(f"No such benchmark: {unknown[0]}. There are {', '.join(QUESTIONS)}.")
        return 2
    RESULTS.mkdir(exist_ok=True)
    for name in wanted:
        rows: list[Row] = importlib.import_module(f"benchmarks.{name}").measure()
        print_table(name, rows)
        data = json.dumps([row.as_dict() for row in rows], indent=2)
        (RESULTS / f"{name}.json").write_text(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
