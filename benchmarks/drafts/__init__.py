"""What worker, daemon and socket add to a model that writes, and what its cache saves."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from benchmarks.harness import Row
from jarvis.cli.demo_home import MODEL
from jarvis.inference.models.folder import read_model
from jarvis.inference.models.selection import mlx_is_installed

WINDOW_TOKENS = 2048


def measure() -> list[Row]:
    """The demo's model bare, in the worker and behind HTTP; then the way to a client."""
    # As the worker does where there is no Metal; it must be so before mlx is imported.
    os.environ["MLX_DISABLE_COMPILE"] = "1"
    from benchmarks.drafts import engines, path

    rows = path.measure()
    if mlx_is_installed():
        with tempfile.TemporaryDirectory(prefix="jb") as name:
            rows = engines.measure(read_model(_widened(Path(name) / "demo"))) + rows
    return rows


def _widened(folder: Path) -> Path:
    """The demo's model, told that it can read long prompts: only its pace matters here."""
    shutil.copytree(MODEL, folder)
    (folder / "words.txt").unlink(missing_ok=True)
    card = json.loads((folder / "jarvis.json").read_text())
    card["context_tokens"] = WINDOW_TOKENS
    (folder / "jarvis.json").write_text(json.dumps(card))
    return folder
