"""Which colours: Jarvis's own two themes, and which of all is taken at the start."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from textual.theme import Theme

from jarvis.errors import ConfigError

# Neutral greys: over ssh a terminal may show 256 colours, where dark blues collapse. Every
# text stands out from what is behind it by 4.5 to 1 or more; a test reads all of them.
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
    variables={
        "border": "#4b4e55",
        "border-blurred": "#3a3c42",
        "text-muted": "#a9abb0",
        "text-disabled": "#8f9197",
    },
)
LIGHT: Final = Theme(
    name="jarvis-light",
    primary="#1f62b0",
    secondary="#7043b5",
    accent="#8f5400",
    success="#23723b",
    warning="#805d00",
    error="#b3261e",
    foreground="#1d1e20",
    background="#fbfbfa",
    surface="#f3f3f1",
    panel="#e6e6e3",
    dark=False,
    variables={
        "border": "#b9bbc0",
        "border-blurred": "#d2d3d6",
        "text-muted": "#4e5055",
        "text-disabled": "#62646a",
    },
)


AUTO: Final = "auto"
"""Jarvis's own, light or dark as the terminal is."""
_SHORT: Final = {"dark": DARK.name, "light": LIGHT.name}


def wanted_theme(
    flag: str | None,
    setting: str,
    environment: Mapping[str, str],
    themes: Collection[str],
) -> str:
    """The name of the theme to show, or `auto`.

    A flag wins over the environment, the environment over the setting. With RGB themes
    NO_COLOR still gives 24-bit greys; the terminal's own palette is the one that sends no
    colour at all. TEXTUAL_THEME may list several: the first that there is.

    Raises:
        ConfigError: there is no theme of that name.
    """
    if flag is not None:
        return _checked(flag, "--theme", themes)
    if environment.get("NO_COLOR"):
        return "ansi-dark"
    variable = environment.get("TEXTUAL_THEME")
    if variable:
        return _checked(variable, "TEXTUAL_THEME", themes)
    return _checked(setting, "[tui] theme in config.toml", themes)


def _checked(names: str, origin: str, themes: Collection[str]) -> str:
    for name in map(str.strip, names.split(",")):
        if name == AUTO or name in _SHORT or name in themes:
            return _SHORT.get(name, name)
    there_are = ", ".join((AUTO, *_SHORT, *sorted(themes)))
    raise ConfigError(f'{origin}: there is no theme "{names}". There are {there_are}.')


def own_theme(*, is_light: bool | None) -> str:
    """Jarvis's own; the dark one where nobody says what the terminal paints on."""
    return LIGHT.name if is_light else DARK.name
