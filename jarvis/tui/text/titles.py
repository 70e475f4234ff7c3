"""What stands in the borders: titles, and the keys for what is inside."""

from __future__ import annotations

from jarvis.records import Conversation
from jarvis.tui.actions import ANYWHERE
from jarvis.tui.store.card import Card
from jarvis.tui.store.daemon_state import Sender
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.page import Page
from jarvis.tui.text.clean import one_line

_MOST_PEOPLE = 3


def of_list(inbox: Inbox) -> tuple[str, str]:
    """«Conversations · 3 unread», and how many conversations there are in all."""
    unread = inbox.unread_total
    title = f"Conversations · {unread} unread" if unread else "Conversations"
    return title, str(inbox.total_count) if inbox.conversations else ""


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


def thread_subtitle(page: Page) -> str:
    """What came below while the reader looked further up, or how far up that is."""
    facts = ["earlier messages, G to the newest"] if page.visited else []
    if page.below:
        facts.append(f"↓ {page.below} new")
    return " · ".join(facts)


def card_keys(card: Card) -> str:
    """The keys that do something with the draft as it is now."""
    keys = [("step_back", "stops")] if card.is_live else [("step_back", "closes")]
    if card.current is not None:
        keys.append(("use_draft", "use"))
    if len(card.suggestions) > 1:
        keys.append(("next_suggestion", "next"))
    if not card.is_live:
        keys.append(("draft_again", "again"))
    return " · ".join(f"{ANYWHERE[name].shown_key} {does}" for name, does in keys)


def of_composer(sender: Sender, *, is_online: bool) -> tuple[str, str]:
    """Where what is written goes, where that is not to people; and what the keys do.

    Where the daemon cannot send, enter says so beforehand.
    """
    title = "Message · to the made-up inbox only" if sender.is_demo else "Message"
    keys = ["^j newline", "^o editor"]
    if is_online:
        keys.insert(0, f"enter {'sends' if sender.can_send else 'copies'}")
    return title, " · ".join(keys)
