"""The process that fetches a model: the only one of Jarvis that reaches the internet.

It is started by the daemon when a person asked for a model, and says how far it is as
lines of JSON on its standard output, whose end ends it (models/pulling.py reads them).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from jarvis.errors import Busy, JarvisError, ModelUnavailable
from jarvis.inference.models.download import ModelDownload, Origin
from jarvis.inference.models.embedder_registry import known_embedder
from jarvis.inference.models.folder import ModelCard, folder_of
from jarvis.inference.models.hub import BrokenOff, Hub
from jarvis.inference.models.manifest import manifest_of
from jarvis.inference.models.progress import FailedLine, FoundLine, Line, Progress, Say
from jarvis.inference.models.registry import known_model


def fetch(
    hub_id: str,
    models_folder: Path,
    environment: Mapping[str, str],
    say: Say,
    *,
    look_only: bool = False,
) -> None:
    """Say what the hub has, then fetch it unless only a look was wanted.

    Raises:
        ModelUnavailable, Busy: it cannot be fetched, and what to do.
    """
    hub = Hub(environment)
    recommended = known_model(hub_id) or known_embedder(hub_id)
    revision = recommended.revision if recommended else "main"
    try:
        listing = hub.listing(hub_id, revision)
    except BrokenOff as broken:
        raise ModelUnavailable(
            f"The hub cannot be reached ({broken}): see to the connection and pull again."
        ) from None
    if recommended and listing.commit != recommended.revision:
        raise ModelUnavailable(
            f"The hub answered with another version of {hub_id} than the one we know, "
            "so it is left alone: try again later."
        )
    files = manifest_of(listing, hub_id)
    total = sum(file.size_bytes for file in files)
    licence = recommended.licence if recommended else listing.licence
    folder = folder_of(models_folder, hub_id)
    say(FoundLine(size_bytes=total, licence=licence, path=str(folder)))
    if look_only or folder.exists():
        return
    card = ModelCard(name=hub_id, licence=licence, revision=listing.commit)
    progress = Progress(total, say)
    origin = Origin(hub, hub_id, listing.commit)
    ModelDownload(origin, models_folder).fetch(files, card, progress)


def _print(line: Line) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def main(arguments: list[str] | None = None) -> None:
    """Fetch the model that the arguments name."""
    parser = argparse.ArgumentParser(prog="jarvis.inference.models.fetching")
    parser.add_argument("hub_id")
    parser.add_argument("models_folder", type=Path)
    parser.add_argument("--look", action="store_true")
    given: Any = parser.parse_args(arguments)
    # Whom it tells is gone: so is the reason to go on.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    try:
        fetch(
            given.hub_id,
            given.models_folder,
            os.environ,
            _print,
            look_only=given.look,
        )
    except JarvisError as error:
        _print(FailedLine(reason=str(error), is_busy=isinstance(error, Busy)))
        sys.exit(1)


if __name__ == "__main__":
    main()
