"""What fills the reading pane when there is nothing to read: why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from textual.content import Content
from textual.widgets import Static

from jarvis.tui.actions import ANYWHERE
from jarvis.tui.store.daemon_state import Offline
from jarvis.tui.store.state import State
from jarvis.tui.store.store import Store
from jarvis.tui.text.clean import clean


@dataclass(frozen=True)
class EmptyState:
    """A heading and paragraphs; `is_urgent` takes the whole of a narrow window."""

    heading: str
    paragraphs: tuple[str, ...]
    is_urgent: bool = False


class EmptyStatePane(Static):
    """A heading and some sentences in the middle of the pane."""

    def __init__(self, *, id: str | None = None) -> None:
        """Show nothing; a stranger's words are never read as markup."""
        super().__init__(id=id, markup=False)
        self._shown: EmptyState | None = None

    def show(self, state: EmptyState | None) -> None:
        """Show the state, or hide where there is something to read."""
        self.display = state is not None
        if state is None or state == self._shown:
            return
        self._shown = state
        parts = [Content.styled(state.heading, "bold")]
        parts += [Content(paragraph) for paragraph in state.paragraphs]
        self.update(Content("\n\n").join(parts))


def empty_state(store: Store, address: str) -> EmptyState | None:
    """What to say in place of messages; None while there are some to show."""
    if not store.inbox.is_loaded:
        if store.inbox_failure is not None:
            return _no_permission(store.inbox_failure)
        if isinstance(store.link, Offline):
            return _unreachable(store.link.reason)
    match store.state:
        case State.STARTING | State.LOADING:
            return EmptyState("Jarvis", (f"connecting to {address}",))
        case State.EMPTY:
            return _offering(_NO_CONVERSATIONS, store)
    page = store.page
    if page is None:
        return _offering(EmptyState("Jarvis", ("enter opens a conversation",)), store)
    if page.failure is not None and not page.messages:
        sentence = clean(page.failure)
        heading = "This conversation could not be read"
        return EmptyState(heading, (sentence, "F5 retries."))
    if page.messages or not page.is_loaded or store.outbox.of(page.chat_id):
        return None
    return EmptyState("No messages", ("Nothing was ever written here.",))


def _offering(state: EmptyState, store: Store) -> EmptyState:
    """The same with the models that could write, where nobody has chosen one."""
    if not store.offers:
        return state
    first, *others = [clean(offer.title) for offer in store.offers]
    sentence = (
        f"No model writes yet: {ANYWHERE['use_offer'].shown_key} lets {first} write."
    )
    if others:
        key = ANYWHERE["choose_offer"].shown_key
        sentence += f" {key} chooses among all that run: {', '.join(others)}."
    return replace(state, paragraphs=(*state.paragraphs, sentence))


_NO_CONVERSATIONS: Final = EmptyState(
    "No conversations yet",
    (
        "Jarvis reads the Messages database of this computer (chat.db) and never writes"
        " to it. It holds no conversation so far; the first one shows here by itself.",
        "`jarvis status` says which file is read.",
    ),
    is_urgent=True,
)


def _unreachable(sentence: str) -> EmptyState:
    return EmptyState(
        "Jarvis cannot be reached", (clean(sentence), "F5 tries again."), is_urgent=True
    )


def _no_permission(sentence: str) -> EmptyState:
    return EmptyState(
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
