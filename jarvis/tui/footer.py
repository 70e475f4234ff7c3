"""Which acts the footer offers: those that would do something where the reader is."""

from __future__ import annotations

from jarvis.tui.actions import ACTIONS, Action, Where
from jarvis.tui.store.link import Offline, Online
from jarvis.tui.store.store import Store


def footer_actions(where: Where, store: Store) -> list[Action]:
    """In the order of the table, the acts of this place and those of everywhere."""
    return [
        action
        for action in ACTIONS
        if action.in_footer
        and action.where in (where, Where.ANYWHERE)
        and _would_do_something(action.name, store)
    ]


def _would_do_something(name: str, store: Store) -> bool:
    card, is_online = store.card, isinstance(store.link, Online)
    has_draft = card is not None and card.is_open and bool(card.candidates)
    is_live = card is not None and card.is_live
    match name:
        case "draft":
            return card is not None and is_online and not is_live
        case "draft_again":
            return has_draft and is_online and not is_live
        case "use_draft":
            return has_draft
        case "next_candidate":
            return has_draft and card is not None and len(card.candidates) > 1
        case "take_back":
            return store.outbox.last_not_sent(store.open_chat) is not None
        case "next_unread":
            return store.inbox.next_unread(store.open_chat) is not None
        case "retry":
            page = store.page
            is_page_failed = page is not None and page.failure is not None
            is_failed = store.inbox_failure is not None or is_page_failed
            return isinstance(store.link, Offline) or is_failed
        case "open":
            return bool(store.inbox.conversations)
    return True
