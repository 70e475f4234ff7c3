"""Search at a size: by meaning and by words over made-up messages, beside what else could.

    JARVIS_BENCH_SIZES=100000,1000000,3000000 ./dev bench search_scale

A size is built once (a minute for each 200,000) and kept in the user's cache. Each side
runs in a process of its own, so that its memory is its own; what counts is processor time,
and where that is not there, ratios within the run. 100,000 unless told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.harness import Row, row
from benchmarks.search_scale.data import generated

SIZES = tuple(
    int(size) for size in os.environ.get("JARVIS_BENCH_SIZES", "100000").split(",")
)
GOALS = {
    "nearest": {
        100_000: "<= 20",
        1_000_000: "p50 <= 20, p95 <= 40",
        3_000_000: "<= 60",
    },
    "a word many have": {1_000_000: "<= 20"},
    "a word in the largest chat": {1_000_000: "<= 10"},
    "write 1": {1_000_000: "<= 5"},
    "write 1000": {1_000_000: "<= 50"},
}


def measure() -> list[Row]:
    """Processor milliseconds of each, and as plain sentences what is no time."""
    rows: list[Row] = []
    for size in SIZES:
        generated(size)
        ours, peers = (_child(name, size) for name in ("ours", "peers"))
        floor = None
        for name, value in (peers | ours).items():
            if not isinstance(value, list):
                print(f"  {size:,}: {name} {value:.3f}")
                continue
            # A late turn of the loop costs no processor time.
            at = 0 if "loop gap" in name else 1
            made = row(
                f"{name}, {size:,}",
                [sample[at] for sample in value],
                floor=floor if name == "nearest" else None,
                goal=GOALS.get(name, {}).get(size, ""),
            )
            floor = made if name == "numpy int8" else floor
            rows.append(made)
    return rows


def _child(name: str, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.search_scale.{name}", str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
