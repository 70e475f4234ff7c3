"""A worker process with an adapter's embedder: `python FILE NAME --fd N`."""

from __future__ import annotations

import sys
from pathlib import Path

# A daemon starts its workers in "/" and hands down no path to import from.
sys.path[0] = str(Path(__file__).parents[2])

if __name__ == "__main__":
    from benchmarks.finding.adapters import build
    from jarvis.inference.worker.__main__ import main
    from jarvis.inference.worker.embedder import EmbedderKind

    name = sys.argv[1]
    main({name: lambda: EmbedderKind(lambda model: build(name))})
