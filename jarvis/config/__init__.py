"""Settings: what can be set, and where it is read from."""

from jarvis.config.reading import in_full, load_settings
from jarvis.config.settings import Limits, Prefetch, Settings, Tui

__all__ = ["Limits", "Prefetch", "Settings", "Tui", "in_full", "load_settings"]
