"""The facts of the status line, each with its style; the narrow one keeps three."""

from __future__ import annotations

from datetime import datetime

from jarvis.tui.actions import ANYWHERE
from jarvis.tui.store.daemon_state import Connecting, Model, Offline, Online
from jarvis.tui.store.store import Store
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.message_rows import Part
from jarvis.tui.text.when import time_of_day


def connection(store: Store, address: str, now_s: float) -> Part:
    """How the connection stands; the mark and the word both say it, not the colour."""
    match store.link:
        case Connecting():
            return "waiting", f"◌ connecting to {address}"
        case Offline(retry_at_s=retry_at_s):
            wait_s = max(0, round(retry_at_s - now_s))
            wait = f"retry in {wait_s} s" if wait_s else "trying now"
            return "offline", f"○ offline · {wait} · F5 now"
        case Online(ping=ping) if ping.status == "draining":
            return "waiting", "◌ the daemon is stopping"
    return "online", "● connected"


def model(store: Store) -> Part | None:
    """Which model writes, and what it is doing; a scripted engine is called so."""
    if not isinstance(store.link, Online):
        return None
    current: Model = store.model
    if current.is_scripted:
        return "warning", "scripted texts, no model"
    name = one_line(current.name or "")
    if not name and store.offers:
        key, title = ANYWHERE["use_offer"].shown_key, one_line(store.offers[0].title)
        return "warning", f"no model yet · {key} takes {title}"
    if not name:
        return None if store.link.ping.models_ready else ("fact", "no model yet")
    return "fact", f"model {name}{_doing(current.state)}"


def right(store: Store, now: datetime) -> list[Part]:
    """What stands at the right end: unread mail, and the time."""
    unread = store.inbox.unread_total
    facts: list[Part] = [("unread", f"{unread} unread")] if unread else []
    return [*facts, ("fact", time_of_day(now))]


def _doing(state: str | None) -> str:
    words = {"ready": " ready", "loading": " warming up", "failed": " failed"}
    return words.get(state or "", "")
