"""What the screen knows, without a screen: drafts, pages, the list."""

from __future__ import annotations

from jarvis.protocol.methods.mail import ListConversations, ListMessages
from jarvis.tui.store.card import Card, Phase, Piece
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.page import Page
from tests.tui.fake import (
    ALEX,
    CONVERSATIONS,
    MESSAGES,
    MUM,
    conversation,
    draft,
    message,
    new_message,
)


def test_a_card_goes_from_asking_to_streaming_to_done() -> None:
    """The daemon's own texts and times count in the end."""
    card = Card()
    phases = [card.phase]
    card.ask(0.0, 3, keep=False)
    phases.append(card.phase)
    card.grow([Piece(0, "Sure"), Piece(0, ", I")], 0.2)
    phases.append(card.phase)
    assert card.first_token_ms == 200
    assert card.count == 3
    card.finish(draft("Sure, I can.", "No."))
    phases.append(card.phase)
    assert phases == [Phase.DONE, Phase.ASKING, Phase.STREAMING, Phase.DONE]
    assert [each.text for each in card.candidates] == ["Sure, I can.", "No."]
    assert card.first_token_ms == 212


def test_what_comes_after_the_end_is_ignored() -> None:
    """Stopped is stopped."""
    card = Card()
    card.ask(0.0, 1, keep=False)
    card.grow([Piece(0, "kept")], 0.1)
    card.stop()
    card.grow([Piece(0, " lost")], 0.2)
    assert card.current is not None
    assert card.current.text == "kept"
    assert card.phase is Phase.STOPPED


def test_the_text_under_the_eye_stays_when_the_order_changes() -> None:
    """Suggestions come back in order of merit, which is not that of writing."""
    card = Card()
    card.ask(0.0, 2, keep=False)
    card.grow([Piece(0, "first written")], 0.1)
    result = draft("better", "first written")
    swapped = tuple(reversed([s.suggestion for s in result.suggestions]))
    assert swapped == (1, 0)
    card.finish(draft("first written", "better"))
    assert card.current is not None
    assert card.current.text == "first written"


def test_a_page_takes_a_push_once_and_in_its_place() -> None:
    """Twice the same is once; an older one goes further up."""
    page = Page(MUM)
    page.replace(ListMessages(messages=MESSAGES, has_more=True))
    assert page.receive(new_message(6, "newest"))
    assert not page.receive(new_message(6, "newest"))
    late = new_message(7, "older")
    page.prepend(
        ListMessages(
            messages=(message(0, "oldest", "2025-11-17T10:00:00.000Z"),), has_more=False
        )
    )
    assert page.messages[0].text == "oldest"
    assert page.messages[-1].text == "newest"
    assert not page.has_older
    assert page.receive(late)


def test_the_new_rule_stands_above_the_unread_ones() -> None:
    """Counted over others' messages only."""
    page = Page(MUM)
    page.open(2)
    page.replace(ListMessages(messages=MESSAGES, has_more=False))
    assert page.new_count == 2
    assert page.new_from == "G4"


def test_the_list_is_newest_first_whatever_comes() -> None:
    """A push moves its conversation up and counts."""
    inbox = Inbox()
    inbox.replace(ListConversations(conversations=CONVERSATIONS, total_count=5))
    assert inbox.unread_total == 3
    assert inbox.receive(new_message(9, "hey", chat_id="any;-;+15550103"))
    assert inbox.conversations[0].display_name == "Priya"
    assert inbox.unread_total == 4
    assert not inbox.receive(new_message(10, "who?", chat_id="any;-;+15550177"))


def test_reading_here_hides_the_badge_until_more_comes() -> None:
    """Apple's own count stays Apple's."""
    inbox = Inbox()
    inbox.replace(ListConversations(conversations=CONVERSATIONS, total_count=5))
    inbox.mark_read(MUM)
    assert inbox.unread_total == 1
    assert inbox.next_unread(MUM) == ALEX
    more = conversation(MUM, "Mum", "?", "2025-11-18T21:50:00.000Z", unread=3)
    arrived = inbox.replace(ListConversations(conversations=(more,), total_count=5))
    assert arrived == 1
    assert inbox.unread_total == 2
