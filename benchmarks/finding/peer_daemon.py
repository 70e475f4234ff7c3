"""`jarvis serve` with an adapter in the place of the embedder: `NAME --home DIR ...`."""

from __future__ import annotations

import sys
from unittest.mock import patch

from benchmarks.finding.adapters import kinds_of
from jarvis.cli.serving import plain_flags, serve


def main() -> None:
    """Serve until told to stop."""
    name, *words = sys.argv[1:]
    flags = plain_flags(words)
    if flags is None:
        raise SystemExit("These flags are not those of `jarvis serve`.")
    with patch("jarvis.cli.composition.EMBEDDER", kinds_of(name)):
        serve(**flags)


if __name__ == "__main__":
    main()
