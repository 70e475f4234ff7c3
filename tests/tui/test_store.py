"""What the screen knows, without a screen: drafts, pages, the list."""

from __future__ import annotations

import pytest

from jarvis.protocol.methods.mail import ListConversations, ListMessages
from jarvis.records import ChatId, Timestamp
from jarvis.tui.store.card import Card, Phase, Piece
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.outbox import Outbox, Outgoing, Progress
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
    updated,
)

NOW = Timestamp("2025-11-18T21:42:00.000Z")


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
    assert [each.text for each in card.suggestions] == ["Sure, I can.", "No."]
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
    assert inbox.receive(new_message(9, "hey", chat_id=ChatId("any;-;+15550103")))
    assert inbox.conversations[0].display_name == "Priya"
    assert inbox.unread_total == 4
    assert not inbox.receive(new_message(10, "who?", chat_id=ChatId("any;-;+15550177")))


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


def test_changes_of_the_same_page_leave_the_others_as_they_are() -> None:
    """What says the same is the same object: it is not drawn again."""
    page = Page(MUM)
    page.replace(ListMessages(messages=MESSAGES, has_more=False))
    again = tuple(message(each.id, each.text or "", each.date) for each in MESSAGES[:2])
    page.replace(ListMessages(messages=(*again, *MESSAGES[2:]), has_more=False))
    assert all(
        now is before for now, before in zip(page.messages, MESSAGES, strict=True)
    )
    page.update(updated(2, "edited", text="other", line="other"), NOW)
    changed = [n for n, each in enumerate(page.messages) if each is not MESSAGES[n]]
    assert changed == [1]


def test_a_change_of_a_message_that_is_not_here_is_no_change() -> None:
    """It was never fetched, or is gone."""
    page = Page(MUM)
    page.replace(ListMessages(messages=MESSAGES, has_more=False))
    assert page.update(updated(99, "deleted"), NOW) is None
    assert page.messages == list(MESSAGES)


def sent(text: str = "ok", *, outbox: Outbox | None = None) -> Outgoing:
    """Something on its way to Mum, after message 5."""
    return (outbox or Outbox()).begin("k", MUM, text, NOW, after_id=5)


@pytest.mark.parametrize(
    ("heard", "progress"),
    [
        (["accepted"], Progress.SENDING),
        (["accepted", "sent", "delivered", "read"], Progress.READ),
        (["delivered", "sent"], Progress.DELIVERED),
        (["unknown", "sent"], Progress.SENT),
        (["sent", "unknown"], Progress.SENT),
        (["sent", "failed"], Progress.FAILED),
        (["delivered", "failed"], Progress.DELIVERED),
        (["failed", "unknown"], Progress.FAILED),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_answers_and_events_may_come_in_any_order(
    heard: list[str], progress: Progress
) -> None:
    """What is certain is not taken back by what is not."""
    outgoing = sent()
    for status in heard:
        outgoing.take(status, None, None)
    assert outgoing.progress is progress


def test_only_a_newer_message_of_the_same_words_is_taken_for_the_real_one() -> None:
    """Not one of before, not somebody else's, not other words."""
    outbox = Outbox()
    outgoing = sent(outbox=outbox)
    at = "2025-11-18T21:43:00.000Z"
    outbox.recognise(
        [
            message(4, "ok", at, mine=True),
            message(6, "ok", at),
            message(7, "okay", at, mine=True),
            message(8, "ok", at, mine=True, chat_id=ALEX),
        ]
    )
    assert outgoing.guid is None
    outbox.recognise([message(9, "ok ", at, mine=True)])
    assert outgoing.has_appeared


def test_a_wrong_guess_is_corrected_by_the_answer() -> None:
    """The daemon's guid is the one that counts."""
    outbox = Outbox()
    outgoing = sent(outbox=outbox)
    at = "2025-11-18T21:43:00.000Z"
    outbox.recognise([message(9, "ok", at, mine=True)])
    outgoing.take("sent", "G10", None)
    assert not outgoing.has_appeared
    outbox.recognise([message(10, "ok", at, mine=True)])
    assert outgoing.has_appeared


def test_only_what_was_cut_off_is_asked_for_again() -> None:
    """Not what failed, nor what is merely unknown."""
    outbox = Outbox()
    cut_off, failed, unknown = (sent(outbox=outbox) for _ in range(3))
    cut_off.lose()
    failed.take("failed", None, "No such number.")
    unknown.take("unknown", None, None)
    assert outbox.lost == [cut_off]
    cut_off.take("sent", "G9", None)
    assert outbox.lost == []


def test_two_of_the_same_words_are_two_messages() -> None:
    """The first to come is the first that was sent."""
    outbox = Outbox()
    first, second = sent(outbox=outbox), sent(outbox=outbox)
    at = "2025-11-18T21:43:00.000Z"
    outbox.recognise([message(9, "ok", at, mine=True)])
    outbox.recognise(
        [message(9, "ok", at, mine=True), message(10, "ok", at, mine=True)]
    )
    assert [first.guid, second.guid] == ["G9", "G10"]
