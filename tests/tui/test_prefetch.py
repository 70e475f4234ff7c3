"""Drafts that are ready before they are asked for: who is prefetched, and what shows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from msgspec.structs import replace

from jarvis.client import Disconnected
from jarvis.records import ChatId
from jarvis.tui.store.pane import Pane
from jarvis.tui.store.prepared import Prepared
from jarvis.tui.text.conversation_rows import READY, ROWS
from jarvis.tui.widgets.conversation_list import ConversationList
from tests.tui.fake import (
    ALEX,
    CLIMBING,
    CONVERSATIONS,
    MUM,
    Told,
    changed,
    draft,
    new_message,
    ready_draft,
    updated,
)
from tests.tui.scenes import WAIT_S, Stage, main_screen, prefetched, ready, stage

MUMS, ALEXS, *_ = CONVERSATIONS


@asynccontextmanager
async def prefetching() -> AsyncIterator[Stage]:
    """A conversation is open, and the daemon makes drafts ready."""
    async with stage() as on:
        on.client.is_prefetching = True
        await ready(on)
        yield on


def marked(on: Stage) -> list[str]:
    """The rows of the list that say that a draft is ready."""
    rows = [row[:34] for row in on.grid().splitlines()]
    return [
        above.strip("│▌ ").split("  ")[0]
        for above, row in pairwise(rows)
        if row.rstrip("│ ").endswith(READY)
    ]


async def rested(on: Stage, count: int) -> None:
    """Until so many conversations were rested on."""
    async with asyncio.timeout(WAIT_S):
        while len(on.client.asked_for("prefetch_hover")) < count:
            await on.settle()


def hovered(on: Stage) -> list[object]:
    """Who was rested on."""
    return [each["chat_id"] for each in on.client.asked_for("prefetch_hover")]


async def test_opening_a_conversation_asks_once_for_as_many_as_a_draft_has() -> None:
    """What only shows in passing, at the start, is not opened."""
    async with stage() as on:
        on.client.is_prefetching = True
        on.client.connect()
        await on.settle()
        assert not on.client.asked_for("prefetch_focus")
        await on.press("enter")
        assert on.client.asked_for("prefetch_focus") == [
            {"chat_id": MUM, "num_suggestions": 3}
        ]
        await on.press("ctrl+n")
        assert [p["chat_id"] for p in on.client.asked_for("prefetch_focus")] == [
            MUM,
            ALEX,
        ]


async def test_where_prefetch_is_off_nothing_is_asked() -> None:
    """Once on each connection it is looked whether it is on."""
    async with stage() as on:
        await ready(on)
        main_screen(on).query_one(ConversationList).post_message(
            ConversationList.Dwelt(ALEX)
        )
        await on.settle()
        assert len(on.client.asked_for("prefetch_stats")) == 1
        assert not on.client.asked_for("prefetch_focus")
        assert not on.client.asked_for("prefetch_hover")


async def test_a_cursor_that_rests_is_a_hover_and_one_that_runs_is_none() -> None:
    """Ten rows in one go ask for the last of them."""
    async with prefetching() as on:
        await on.press("escape")
        for _ in range(5):
            on.app.simulate_key("down")
            on.app.simulate_key("up")
        on.app.simulate_key("down")
        await rested(on, 1)
        assert hovered(on) == [ALEX]
        await on.press("down")
        await rested(on, 2)
        assert hovered(on) == [ALEX, CLIMBING]


async def test_a_pointer_that_is_waved_about_asks_for_the_one_it_stops_at() -> None:
    """A thousand rows are one wait after the other, and one request."""
    async with prefetching() as on:
        rows = main_screen(on).query_one(ConversationList)
        for number in range(1001):
            rows._attend(CONVERSATIONS[number % 5].chat_id)
        rows._attend(CLIMBING)
        await rested(on, 1)
        await on.settle()
        assert hovered(on) == [CLIMBING]


async def test_a_pointer_that_rests_is_a_hover() -> None:
    """Moving within the two rows of one conversation is resting."""
    async with prefetching() as on:
        for x, y in ((4, 1), (4, 3), (9, 4), (12, 3)):
            await on.pilot.hover("#conversations", offset=(x, y))
        await rested(on, 1)
        assert hovered(on) == [ALEX]


async def test_who_comes_under_a_pointer_that_stands_still_is_hovered_over() -> None:
    """The wheel moves the list, not the pointer."""
    async with stage((120, 9)) as on:
        on.client.is_prefetching = True
        await ready(on)
        rows = main_screen(on).query_one(ConversationList)
        await on.pilot.hover("#conversations", offset=(4, 3))
        await rested(on, 1)
        rows.scroll_to(y=ROWS, animate=False, immediate=True)
        await rested(on, 2)
        assert hovered(on) == [ALEX, CLIMBING]


async def test_a_pointer_that_leaves_hovers_over_nobody() -> None:
    """And comes back to another one."""
    async with prefetching() as on:
        await on.pilot.hover("#conversations", offset=(4, 3))
        await on.pilot.hover("#thread", offset=(4, 3))
        await on.pilot.hover("#conversations", offset=(4, 5))
        await rested(on, 1)
        assert hovered(on)[-1] == CLIMBING


async def test_who_is_ready_or_open_is_not_asked_for_again() -> None:
    """There is nothing to be made."""
    async with prefetching() as on:
        on.client.tell(ready_draft(ALEX, "thanks"))
        await on.press("escape", "down", "down")
        await rested(on, 1)
        await on.press("up", "up", "down", "down")
        assert ALEX not in hovered(on)
        assert MUM not in hovered(on)


async def test_the_list_shows_where_a_draft_is_ready() -> None:
    """By a word, in the row of that conversation; only that row is drawn."""
    async with prefetching() as on:
        before = dict(main_screen(on).redraws)
        on.client.tell(ready_draft(ALEX, "thanks, will do"))
        await on.settle()
        assert marked(on) == ["Alex Chen"]
        after = main_screen(on).redraws
        assert after[Pane.LIST] == before[Pane.LIST] + 1
        assert after[Pane.THREAD] == before[Pane.THREAD]
        assert after[Pane.REPLY] == before[Pane.REPLY]


OUTDATED: dict[str, tuple[Told, list[str]]] = {
    "new mail": (new_message(40, "and?", chat_id=ALEX), ["Mum"]),
    "a message of one's own": (new_message(41, "ok", chat_id=ALEX, mine=True), ["Mum"]),
    "a reaction": (updated(4, "reaction", reactions=()), ["Alex Chen"]),
    "an edit": (updated(4, "edited", text="Two.", line="Two."), []),
    "a message that is gone": (updated(4, "deleted"), []),
    "another title": (changed("title", replace(ALEXS, display_name="Alex")), ["Mum"]),
    "a message that was read": (updated(4, "read"), ["Alex Chen", "Mum"]),
    "mail that was read elsewhere": (
        changed("unread", replace(ALEXS, unread_count=0)),
        ["Alex Chen", "Mum"],
    ),
    "the daemon goes and comes back": (Disconnected("It ended.", 4.0), []),
}


@pytest.mark.parametrize("name", OUTDATED)
async def test_what_outdates_a_draft_takes_its_mark_away(name: str) -> None:
    """Words that changed, everywhere: they may stand as an example in any draft."""
    event, left = OUTDATED[name]
    async with prefetching() as on:
        on.client.tell(ready_draft(ALEX, "thanks"), ready_draft(MUM, "yes"))
        await on.settle()
        on.client.tell(event)
        if isinstance(event, Disconnected):
            on.client.connect()
        await on.settle()
        assert sorted(marked(on)) == left


async def test_asking_takes_the_mark_away_and_the_card_says_it_was_ready() -> None:
    """It is served once; the daemon decides, so that no outdated one is shown."""
    async with prefetching() as on:
        on.client.tell(ready_draft(MUM, "yes, at one"))
        await on.settle()
        assert marked(on) == ["Mum"]
        await on.press("ctrl+g")
        assert marked(on) == []
        on.client.streams[-1].say("yes, at one")
        on.client.streams[-1].end(replace(draft("yes, at one"), prefetched=True))
        await on.settle()
        assert "ready before you asked" in on.grid()
        await on.press("ctrl+r")
        on.client.streams[-1].end(draft("at one it is"))
        await on.settle()
        assert "ready before you asked" not in on.grid()


async def test_a_draft_that_comes_whole_shows_its_best_text_first() -> None:
    """Not the one whose first word came first: nobody has seen that."""
    async with prefetching() as on:
        await on.press("ctrl+g")
        stream = on.client.streams[-1]
        stream.say("the third", suggestion=2)
        stream.say("the best", suggestion=0)
        stream.end(draft("the best", "the second", "the third"))
        await on.settle()
        card = on.app.store.card
        assert card is not None
        assert card.current is not None
        assert card.current.text == "the best"
        assert "Draft 1/3" in on.grid()


async def test_an_opened_conversation_says_at_once_what_is_ready() -> None:
    """By the answer, without an event."""
    async with stage() as on:
        on.client.is_prefetching = True
        on.client.prepared = {ALEX}
        await ready(on)
        await on.press("ctrl+n")
        assert marked(on) == ["Alex Chen"]


async def test_the_picture_has_its_marks() -> None:
    """Two of the three others have one."""
    async with stage() as on:
        await prefetched(on)
        await on.settle()
        assert marked(on) == ["Alex Chen", "Climbing"]


def test_nothing_is_ready_for_whom_nobody_told_of() -> None:
    """And what changes nothing is no news."""
    prepared = Prepared()
    assert not prepared.note(ChatId("x"), is_ready=False)
    assert prepared.note(ChatId("x"), is_ready=True)
    assert not prepared.note(ChatId("x"), is_ready=True)
    assert prepared.forget()
    assert not prepared.forget()
