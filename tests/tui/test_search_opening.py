"""A hit is opened where it stands; and the way back from there, and from the search."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jarvis.client import Disconnected
from jarvis.errors import InvalidParams
from jarvis.protocol.methods.mail import ListConversations, ListMessages
from jarvis.records import ChatId
from jarvis.tui.screens.palette import Palette
from jarvis.tui.screens.search import SearchScreen
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.search_hits import SearchHits
from jarvis.tui.widgets.thread import Thread
from tests.tui.fake import (
    ALEX,
    CLIMBING,
    CONVERSATIONS,
    MUM,
    found,
    hit,
    new_message,
    updated,
)
from tests.tui.scenes import (
    BOOTS,
    NARROW,
    SENDS,
    ask,
    box,
    history,
    main_screen,
    opened_there,
    ready,
    searched,
    searching,
    stage,
)


async def test_enter_opens_the_thread_there_with_the_message_lit() -> None:
    """However far back; nothing newer is taken for read."""
    async with stage() as on:
        await opened_there(on)
        lit = [row for row in on.grid().splitlines() if "line 150" in row]
        assert "▌18:02" in lit[0]
        assert isinstance(on.app.screen.focused, Thread)
        around = [p for p in on.client.asked_for("list_messages") if "around" in p]
        assert around == [{"chat_id": MUM, "limit": 100, "around": 150}]
        assert "earlier messages, G to the newest" in on.grid()
        assert not on.app.screen.query_one(Thread).is_at_end


async def test_a_message_on_the_newest_page_is_lit_where_it_is() -> None:
    """Nothing is fetched for it."""
    async with stage() as on:
        await searched(on)
        count = len(on.client.asked_for("list_messages"))
        await on.press("enter")
        lit = [row for row in on.grid().splitlines() if "▌21:40" in row]
        assert "One o'clock. Bring the kids' boots" in lit[0]
        assert len(on.client.asked_for("list_messages")) == count


async def test_the_place_grows_at_both_ends_until_it_meets_the_newest() -> None:
    """Without a jump, without a hole, without a message twice."""
    async with stage() as on:
        await opened_there(on)
        await on.press(*["pagedown"] * 14)
        page = on.app.store.page
        assert page is not None
        assert page.visited is None
        assert [m.id for m in page.messages] == list(range(page.messages[0].id, 401))
        assert "line 400" in on.grid()
        await on.press(*["pageup"] * 30)
        assert page.messages[0].id == 1
        assert [m.id for m in page.messages] == list(range(1, 401))


async def test_end_goes_back_to_the_newest_message() -> None:
    """At once, past everything between."""
    async with stage() as on:
        await opened_there(on)
        await on.press("G")
        assert "line 400" in on.grid()
        assert "earlier messages" not in on.grid()
        assert on.app.screen.query_one(Thread).is_at_end


async def test_new_mail_waits_below_while_the_reader_is_far_back() -> None:
    """It is counted, and is there at the end."""
    async with stage() as on:
        await opened_there(on)
        on.client.tell(new_message(900, "are you there?"))
        await on.settle()
        assert "↓ 1 new" in on.grid()
        assert "line 150" in on.grid()
        await on.press("G")
        assert "are you there?" in on.grid()


async def test_what_is_sent_from_far_back_shows_at_the_end() -> None:
    """Where the newest messages are; one of long ago is not taken for it."""
    async with stage() as on:
        on.client.sending = SENDS
        await opened_there(on)
        await on.press("i", *"line", "enter")
        assert on.client.sends[-1].text == "line"
        assert "sending…" in on.grid()
        assert "line 400" in on.grid()


async def test_an_edit_far_back_shows_there() -> None:
    """The run that is shown is kept up to date like the newest."""
    async with stage() as on:
        await opened_there(on)
        on.client.tell(updated(151, "edited", text="written anew", line="written anew"))
        await on.settle()
        assert "written anew" in on.grid()


async def test_coming_back_from_far_away_keeps_the_place() -> None:
    """After a lost connection what is around it is fetched again."""
    async with stage() as on:
        await opened_there(on)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        on.client.connect()
        await on.settle()
        assert "▌18:02" in on.grid()
        around = [p for p in on.client.asked_for("list_messages") if "around" in p]
        assert len(around) == 2


async def test_a_message_that_is_gone_is_said() -> None:
    """The conversation is open all the same."""

    def gone(params: dict[str, Any]) -> ListMessages:
        if "around" in params:
            raise InvalidParams("There is no message 999 in this conversation.")
        return history(params)

    async with stage() as on:
        on.client.found = lambda _: found(hit(999, "line 999", words="line"))
        on.client.messages = gone
        await ready(on)
        await ask(on, "line")
        await on.press("enter")
        assert "There is no message 999" in on.grid()
        assert "line 400" in on.grid()


async def test_a_conversation_beyond_the_list_is_opened_with_its_name() -> None:
    """Its row is fetched."""
    far = ChatId("any;-;+15550103")
    async with stage() as on:
        on.client.conversations = lambda: ListConversations(
            conversations=CONVERSATIONS[:2], total_count=5, next="more"
        )
        on.client.found = lambda _: found(hit(4, "boots", message={"chat_id": far}))
        await ready(on)
        await ask(on, "boots")
        await on.press("enter")
        assert on.app.store.open_chat == far
        assert "Priya · +15550103" in on.grid()


async def test_escape_gives_back_what_was_there() -> None:
    """Conversation, focus and text; and the next ^f what was found."""
    async with stage() as on:
        on.client.found = lambda _: found(*BOOTS)
        await ready(on)
        await on.press("h", "i")
        await ask(on, "boots")
        await on.press("down", "escape")
        assert on.app.store.open_chat == MUM
        assert isinstance(on.app.screen.focused, Composer)
        assert on.app.screen.query_one(Composer).text == "hi"
        count = len(on.client.asked_for("semantic_search"))
        await on.press("ctrl+f")
        assert "▌  do we still have the spare pair" in on.grid()
        assert len(on.client.asked_for("semantic_search")) == count
        await on.press("x")
        assert box(on).value == "x"


async def test_enter_opens_what_answers_the_words_that_are_there() -> None:
    """Not what was found for fewer of them, however fast it is pressed."""
    async with stage() as on:
        on.client.found = lambda params: found(
            hit(4, "for Mum") if params["query"] == "boots" else hit(9, "another")
        )
        await ready(on)
        await ask(on, "boo", "another")
        box(on).value = "boots"
        on.app.simulate_key("enter")
        await on.settle()
        page = on.app.store.page
        assert page is not None
        assert page.shown.lit == "G4"


async def test_what_is_typed_after_enter_is_typed_to_the_one_that_was_opened() -> None:
    """The first letter goes to the composer of that conversation."""
    async with stage() as on:
        on.client.found = lambda _: found(hit(4, "boots", message={"chat_id": ALEX}))
        await ready(on)
        await ask(on, "boots")
        for key in ("enter", "h", "m"):
            on.app.simulate_key(key)
        await on.settle()
        assert on.app.store.open_chat == ALEX
        assert on.app.screen.query_one(Composer).text == "hm"


async def test_a_click_opens_a_hit() -> None:
    """The one that was clicked."""
    async with stage() as on:
        await searched(on)
        await on.pilot.click(SearchHits, offset=(5, 3))
        await on.settle()
        assert on.app.store.open_chat == CLIMBING


async def test_enter_without_a_hit_does_nothing() -> None:
    """The search stays open."""
    async with stage() as on:
        await searching(on)
        await on.press("enter", "up", "down", "pagedown")
        assert isinstance(on.app.screen, SearchScreen)


async def test_acts_of_the_main_screen_are_not_offered_over_the_search() -> None:
    """The palette waits until the search is closed."""
    async with stage() as on:
        await searched(on)
        await on.press("ctrl+p")
        assert isinstance(on.app.screen, SearchScreen)
        await on.press("escape", "ctrl+p")
        assert isinstance(on.app.screen, Palette)


async def test_the_text_of_a_hit_is_copied() -> None:
    """Whole, as it was written."""
    async with stage() as on:
        await searched(on)
        await on.press("ctrl+y")
        await on.until("Copied.")
        assert on.app.clipboard == "One o'clock. Bring the kids' boots"


async def test_f1_shows_the_keys_of_the_search() -> None:
    """And no others: none of them counts here."""
    async with stage() as on:
        await searched(on)
        await on.press("f1")
        assert "Back to where you were" in on.grid()
        assert "Write three replies" not in on.grid()
        await on.press("escape")
        assert isinstance(on.app.screen, SearchScreen)


@pytest.mark.parametrize("size", [NARROW, (40, 12), (24, 8), (12, 4)])
async def test_a_small_terminal_searches_too(size: tuple[int, int]) -> None:
    """As far as there is room."""
    async with stage(size) as on:
        on.client.found = lambda _: found(*BOOTS)
        on.client.messages = history
        await ready(on)
        await on.press("ctrl+f")
        box(on).value = "boots"
        search = main_screen(on)._search
        async with asyncio.timeout(30):
            while search.answer is None:
                await on.settle()
        assert on.app.screen.query_one(SearchHits).content_size.height >= min(
            2, size[1] - 5
        )
        await on.press("down", "up", "pagedown", "pageup")
        await on.pilot.resize_terminal(120, 34)
        await on.settle()
        assert "4 found" in on.grid()
        await on.pilot.resize_terminal(*size)
        await on.press("enter")
        assert on.app.store.open_chat == MUM


async def test_a_hostile_message_cannot_leave_its_hit() -> None:
    """Markup, escape codes and turned text stay text, here and in sentences."""
    async with stage() as on:
        on.client.found = lambda _: found(
            hit(1, "[/b] [red]x \x1b[31mred \u202eturned"),
            mode_used="keyword",
            reason="[bold]no[/] \x1b[31mmodel",
        )
        await ready(on)
        await ask(on, "x")
        grid = on.grid()
    assert "[/b] [red]x" in grid
    assert "[bold]no[/]" in grid
    assert "\x1b" not in grid
    assert "\u202e" not in grid
