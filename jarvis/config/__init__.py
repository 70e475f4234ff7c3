"""Settings: what can be set, and where it is read from."""

from jarvis.config.reading import in_full, load_settings
from jarvis.config.settings import Limits, Settings, Tui

__all__ = ["Limits", "Settings", "Tui", "in_full", "load_settings"]
