"""What the reader does with a draft is told to the daemon, once and truly."""

from __future__ import annotations

import pytest

from jarvis.tui.widgets.composer import Composer
from tests.tui.fake import MUM
from tests.tui.scenes import SENDS, Stage, done, stage

FIRST = "Sunday's perfect, one o'clock works."


def told(on: Stage) -> list[tuple[object, object]]:
    """Action and text of each outcome, in order."""
    asked = on.client.asked_for("record_feedback")
    assert {each["chat_id"] for each in asked} <= {MUM}
    return [(each["action"], each["suggestion_text"]) for each in asked]


async def test_a_draft_that_was_sent_as_it_was() -> None:
    """Taken with F2, sent with enter; the texts of the reader's own go nowhere."""
    async with stage() as on:
        on.client.sending = SENDS
        await done(on)
        assert told(on) == []
        await on.press("enter")
        await on.settle()
        assert told(on) == [("sent", FIRST)]


async def test_a_draft_that_was_changed_first() -> None:
    """Of the change nothing is told."""
    async with stage() as on:
        on.client.sending = SENDS
        await done(on)
        await on.press("end", "!", "enter")
        await on.settle()
        assert told(on) == [("edited", FIRST)]
        (asked,) = on.client.asked_for("record_feedback")
        assert set(asked) == {"chat_id", "action", "suggestion_text"}


@pytest.mark.parametrize("keys", [("escape",), ("enter",)])
async def test_a_draft_that_nobody_wanted(keys: tuple[str, ...]) -> None:
    """Put away, or passed over for words of one's own."""
    async with stage() as on:
        on.client.sending = SENDS
        await done(on)
        on.app.screen.query_one(Composer).put("something else")
        card = on.app.store.card
        assert card is not None
        card.taken = None  # as if it had never been taken
        await on.press(*keys)
        await on.settle()
        assert told(on) == [("dismissed", FIRST)]


async def test_a_draft_that_was_taken_is_not_dismissed_by_closing_the_card() -> None:
    """What becomes of it is seen when something is sent."""
    async with stage() as on:
        on.client.sending = SENDS
        await done(on)
        await on.press("escape")
        await on.settle()
        assert told(on) == []
