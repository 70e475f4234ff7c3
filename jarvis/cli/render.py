"""Text of other people made safe and short for a terminal, alone and in columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

_BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def plain(text: str) -> str:
    """The text on one line, without control characters or overrides of direction."""
    return "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if letter not in _BIDI
    )


def safe(text: str) -> str:
    """The text with its lines, without other control characters."""
    return "\n".join(plain(line) for line in text.split("\n"))


def table(rows: Iterable[Sequence[str]], *widest: int | None) -> str:
    """The rows in columns as wide as a terminal shows them: an emoji takes two cells.

    `widest` are the most cells of each column, None for as many as it takes; what is
    longer ends in an ellipsis. Nothing is fitted to the window: a script reads it whole.
    """
    # 25 ms, so that a command without a table does not load it.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    listed = [[Text(plain(cell), end="") for cell in row] for row in rows]
    grid = Table.grid(padding=(0, 2), pad_edge=False)
    for most in widest:
        grid.add_column(no_wrap=True, overflow="ellipsis", max_width=most)
    for row in listed:
        grid.add_row(*row)
    console = Console(width=100_000, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(grid)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
