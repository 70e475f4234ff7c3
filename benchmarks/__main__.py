"""`python -m benchmarks [NAME …]`: runs all questions or those named, prints tables."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from benchmarks.harness import Row, print_table

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
    "search_scale",
)
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Run the questions; 2 when one is unknown."""
    wanted = [name.replace("-", "_") for name in sys.argv[1:]] or list(QUESTIONS)
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
