"""A worker process: `python -m jarvis.inference.worker KIND --fd N`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, Final

from jarvis.inference.worker.embedder import EmbedderKind
from jarvis.inference.worker.generator import GeneratorKind
from jarvis.inference.worker.server import Kind, Worker

KINDS: Final[Mapping[str, Callable[[], Kind]]] = {
    "generator": GeneratorKind,
    "embedder": EmbedderKind,
}
"""What a worker can be there for, by name."""
_ASIDE: Final = 10
"""How nice it is where nobody waits for it."""


def _leave(signal_number: int, frame: FrameType | None) -> None:
    """End between two steps of Python: the model's memory is then given back in order."""
    sys.exit(128 + signal_number)


def main(kinds: Mapping[str, Callable[[], Kind]] = KINDS) -> None:
    """Serve the socket whose descriptor was inherited."""
    parser = argparse.ArgumentParser(prog="jarvis.inference.worker")
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument(
        "--aside", action="store_true", help="everybody else goes first"
    )
    given: Any = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # Ctrl-C in a terminal reaches the whole group; when to end is the daemon's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    if given.aside:
        os.nice(_ASIDE)
    with socket.socket(fileno=given.fd) as connection:
        Worker(connection, kinds[given.kind]()).run()


if __name__ == "__main__":
    main()
