"""What stands in the borders: titles, and the keys for what is inside."""

from __future__ import annotations

from jarvis.records import Conversation
from jarvis.tui.actions import action_named, shown_key
from jarvis.tui.store.card import Card
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.page import Page
from jarvis.tui.store.sender import Sender
from jarvis.tui.text.clean import one_line

_MOST_PEOPLE = 3


def list_title(inbox: Inbox) -> str:
    """«Conversations · 3 unread»."""
    unread = inbox.unread_total
    return f"Conversations · {unread} unread" if unread else "Conversations"


def list_subtitle(inbox: Inbox) -> str:
    """How many conversations there are in all."""
    return str(inbox.total_count) if inbox.conversations else ""


def thread_title(conversation: Conversation | None) -> str:
    """«Mum · +1 555 0100 · iMessage», or who is in the group."""
    if conversation is None:
        return ""
    name = one_line(conversation.display_name)
    people = [one_line(person) for person in conversation.participants]
    if conversation.is_group:
        detail = f"{conversation.people + 1} people"
    else:
        detail = ", ".join(people[:_MOST_PEOPLE])
    facts = [name, detail if detail != name else "", conversation.service or ""]
    return " · ".join(fact for fact in facts if fact)


def thread_subtitle(page: Page | None) -> str:
    """What came below while the reader looked further up."""
    return f"↓ {page.below} new" if page is not None and page.below else ""


def card_keys(card: Card) -> str:
    """The keys that do something with the draft as it is now."""
    keys = [("step_back", "stops")] if card.is_live else [("step_back", "closes")]
    if card.current is not None:
        keys.append(("use_draft", "use"))
    if len(card.candidates) > 1:
        keys.append(("next_candidate", "next"))
    if not card.is_live:
        keys.append(("draft_again", "again"))
    return " · ".join(f"{shown_key(action_named(name))} {does}" for name, does in keys)


def composer_title(sender: Sender) -> str:
    """Where what is written goes, where that is not to people."""
    return "Message · to the made-up inbox only" if sender.is_demo else "Message"


def composer_keys(*, is_online: bool, can_send: bool) -> str:
    """What enter does here; where the daemon cannot send it says so beforehand."""
    keys = ["^j newline", "^o editor"]
    if is_online:
        keys.insert(0, f"enter {'sends' if can_send else 'copies'}")
    return " · ".join(keys)
