"""Parts of `./dev bench search`: other embedders, other ways to search, and the figures."""

from __future__ import annotations

from typing import Final

EMBEDDERS: Final = "JARVIS_BENCH_EMBEDDERS"
"""What `--embedder` names, a path separator between two."""
