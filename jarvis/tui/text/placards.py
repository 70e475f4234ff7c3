"""What fills the pane when there is nothing to read: a heading and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from jarvis.tui.store.link import Offline
from jarvis.tui.store.store import State, Store
from jarvis.tui.text.clean import clean


@dataclass(frozen=True)
class Placard:
    """A heading and paragraphs; `is_urgent` takes the whole of a narrow window."""

    heading: str
    paragraphs: tuple[str, ...]
    is_urgent: bool = False


def placard_for(store: Store, address: str) -> Placard | None:
    """What to say in place of messages; None while there are some to show."""
    if store.inbox_failure is not None and not store.inbox.is_loaded:
        return _no_permission(store.inbox_failure)
    if isinstance(store.link, Offline) and not store.inbox.is_loaded:
        return _unreachable(store.link.reason)
    match store.state:
        case State.STARTING:
            return Placard("Jarvis", (f"connecting to {address}",))
        case State.EMPTY:
            return _EMPTY
    page = store.page
    if page is not None and page.failure is not None and not page.messages:
        sentence = clean(page.failure)
        return Placard("This conversation could not be read", (sentence, "F5 retries."))
    was_written_to = bool(store.outbox.of(store.open_chat))
    if page is not None and (page.messages or was_written_to or not page.is_loaded):
        return None
    if page is not None:
        return Placard("No messages", ("Nothing was ever written here.",))
    return Placard("Jarvis", ("enter opens a conversation",))


_EMPTY = Placard(
    "No conversations yet",
    (
        "Jarvis reads the Messages database of this computer (chat.db) and never writes"
        " to it. It holds no conversation so far; the first one shows here by itself.",
        "`jarvis status` says which file is read.",
    ),
    is_urgent=True,
)


def _unreachable(sentence: str) -> Placard:
    return Placard(
        "Jarvis cannot be reached", (clean(sentence), "F5 tries again."), is_urgent=True
    )


def _no_permission(sentence: str) -> Placard:
    return Placard(
        "Your messages cannot be read",
        (
            clean(sentence),
            "On a Mac: open System Settings > Privacy & Security > Full Disk Access and"
            " switch on the app Jarvis was started from: your terminal, or the daemon"
            " itself. It counts from the next start of that app.",
            "r tries again.",
        ),
        is_urgent=True,
    )
