"""Which colours: Jarvis's own two themes, and which of all is taken at the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

# Neutral greys: over ssh a terminal may show 256 colours, where dark blues collapse.
DARK: Final = Theme(
    name="jarvis-dark",
    primary="#7cb7ff",
    secondary="#c3a6ff",
    accent="#f5b96a",
    success="#82cf9b",
    warning="#eccb76",
    error="#f28b82",
    foreground="#dcdde0",
    background="#141517",
    surface="#1b1c1f",
    panel="#26282c",
    dark=True,
    variables={"border": "#4b4e55", "border-blurred": "#3a3c42"},
)
LIGHT: Final = Theme(
    name="jarvis-light",
    primary="#1f62b0",
    secondary="#7043b5",
    accent="#9a5b00",
    success="#23723b",
    warning="#805d00",
    error="#b3261e",
    foreground="#1d1e20",
    background="#fbfbfa",
    surface="#f3f3f1",
    panel="#e6e6e3",
    dark=False,
    variables={"border": "#b9bbc0", "border-blurred": "#d2d3d6"},
)


def theme_for(environment: Mapping[str, str]) -> str:
    """The theme to start with.

    With RGB themes NO_COLOR still gives 24-bit greys; the terminal's own palette is the
    one that sends no colour at all.
    """
    if environment.get("NO_COLOR"):
        return "ansi-dark"
    return environment.get("TEXTUAL_THEME") or DARK.name
