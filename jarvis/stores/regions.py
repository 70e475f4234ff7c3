"""The country that this machine is set to: the last resort to read a number by."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jarvis.later import later

if TYPE_CHECKING:
    import plistlib
else:
    plistlib = later("plistlib")

_LOCALE: Final = re.compile(r"[a-z]{2,3}(?:[_-][A-Za-z]{4})?[_-](?P<region>[A-Z]{2})\b")
_VARIABLES: Final = ("LC_ALL", "LC_TELEPHONE", "LANG")
_PREFERENCES: Final = "Library/Preferences/.GlobalPreferences.plist"


def machine_region() -> str | None:
    """The country ("US") of the system's locale, None where it has none.

    macOS keeps it in the user's preferences (AppleLocale, "en_GB@calendar=…"), where a
    daemon without a terminal finds it too; other systems in the environment.
    """
    locales = [_apple_locale(), *map(os.environ.get, _VARIABLES)]
    matches = (_LOCALE.match(locale) for locale in locales if locale)
    return next((locale["region"] for locale in matches if locale), None)


def _apple_locale() -> str | None:
    try:
        with (Path.home() / _PREFERENCES).open("rb") as file:
            locale = plistlib.load(file).get("AppleLocale")
    except (
        OSError,
        RuntimeError,
        ValueError,
        AttributeError,
        plistlib.InvalidFileException,
    ):
        return None
    return locale if isinstance(locale, str) else None
