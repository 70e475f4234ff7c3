"""`python -m tests.tui.shots`: draws every picture in screenshots/ anew."""

from __future__ import annotations

import asyncio
import sys

from tests.tui.conftest import PLAIN_TERMINAL, plain_terminal
from tests.tui.scenes import SCENES, SCREENSHOTS, played, tidy


async def draw(name: str) -> tuple[str, str]:
    """A scene's picture and its grid."""
    async with played(name) as on:
        return on.picture(), tidy(on.grid())


def main() -> None:
    """Write them all; those of scenes that are gone are removed."""
    plain_terminal(PLAIN_TERMINAL)
    SCREENSHOTS.mkdir(exist_ok=True)
    for old in SCREENSHOTS.iterdir():
        if old.suffix in (".svg", ".txt") and old.stem not in SCENES:
            old.unlink()
    for name in SCENES:
        svg, grid = asyncio.run(draw(name))
        (SCREENSHOTS / f"{name}.svg").write_text(svg)
        (SCREENSHOTS / f"{name}.txt").write_text(grid)
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
