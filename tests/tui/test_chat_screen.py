"""The screen as a reader uses it: keys in, rows out, a daemon played by hand."""

from __future__ import annotations

import msgspec
import pytest

from jarvis.client import Disconnected
from jarvis.errors import UnknownChat
from jarvis.protocol.methods.mail import ListMessages
from jarvis.records import ChatId
from jarvis.tui.screens.chat import ChatScreen
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.thread import Thread
from tests.tui.fake import ALEX, MUM, draft, message, new_message
from tests.tui.scenes import Stage, done, ready, stage, streaming


async def test_the_frame_is_there_before_anybody_answers() -> None:
    """And says where it is connecting to."""
    async with stage() as on:
        assert "connecting to ~/.jarvis/jarvis.sock" in on.grid()
        assert "Conversations" in on.grid()


async def test_badges_sum_to_the_title() -> None:
    """What is unread is said three times, and the same each time."""
    async with stage() as on:
        on.client.connect()
        await on.settle()
        grid = on.grid()
    assert "●2" in grid
    assert "●1" in grid
    assert "Conversations · 3 unread" in grid


async def test_pushes_reorder_the_list_and_the_cursor_stays_on_its_person() -> None:
    """New mail for somebody below moves them up."""
    async with stage() as on:
        on.client.connect()
        await on.settle()
        on.client.tell(
            new_message(10, "are you awake?", chat_id=ChatId("any;-;+15550103"))
        )
        await on.settle()
        first, second = on.grid().splitlines()[1:3]
        assert "Priya" in first
        assert "are you awake?" in second
        assert on.app.store.open_chat == MUM
        await on.press("enter")
        assert on.app.store.open_chat == MUM


async def test_opening_shows_the_newest_message_and_clears_the_badge() -> None:
    """Asked for once; the badge of this run goes when the end was seen."""
    async with stage() as on:
        await ready(on)
        pages = [p for m, p in on.client.asked if m == "list_messages"]
        assert len([p for p in pages if p["chat_id"] == MUM]) == 1
        assert "and a pudding if you like" in on.grid()
        assert "Conversations · 1 unread" in on.grid()


async def test_a_conversation_nobody_knows_is_fetched() -> None:
    """Its first message shows it in the list."""
    async with stage() as on:
        await ready(on)
        asked = len(on.client.asked)
        on.client.tell(
            new_message(11, "a new number", chat_id=ChatId("any;-;+15550199"))
        )
        await on.settle()
        assert "list_conversations" in [m for m, _ in on.client.asked[asked:]]


async def test_a_message_that_comes_while_looking_further_up_waits_below() -> None:
    """The view stays where it is; End goes there."""
    many = tuple(
        message(n, f"line {n}", "2025-11-18T18:00:00.000Z") for n in range(1, 200)
    )
    async with stage() as on:
        on.client.messages = lambda _: ListMessages(messages=many, has_more=False)
        await ready(on)
        await on.press("shift+tab", "g")
        top = on.app.screen.query_one(Thread).scroll_offset.y
        on.client.tell(new_message(300, "below"))
        await on.settle()
        assert on.app.screen.query_one(Thread).scroll_offset.y == top
        assert "↓ 1 new" in on.grid()
        await on.press("G")
        assert "↓ 1 new" not in on.grid()
        assert "below" in on.grid()


async def test_scrolling_to_the_top_fetches_older_ones_once_and_nothing_jumps() -> None:
    """The row under the eye keeps its place."""
    newest = tuple(
        message(n, f"line {n}", "2025-11-18T18:00:00.000Z") for n in range(500, 600)
    )
    older = tuple(
        message(n, f"line {n}", "2025-11-18T17:00:00.000Z") for n in range(300, 500)
    )

    def page(params: dict[str, object]) -> ListMessages:
        if params.get("before") == 500:
            return ListMessages(messages=older, has_more=False)
        return ListMessages(messages=newest, has_more=True)

    async with stage() as on:
        on.client.messages = page
        await ready(on)
        await on.press("shift+tab", "g")
        befores = [p["before"] for _, p in on.client.asked if "before" in p]
        assert befores == [500]
        assert "line 500" in on.grid()


async def test_tokens_become_the_text_and_the_timer_rests_after() -> None:
    """200 tokens in bursts: no more repaints than ticks."""
    async with stage() as on:
        await ready(on)
        await on.press("ctrl+g")
        words = [f"w{n} " for n in range(200)]
        stream = on.client.streams[-1]
        for start in (0, 70, 140):
            stream.say(*words[start : start + 70])
            await on.settle()
        stream.end(draft("".join(words).strip()))
        await on.settle()
        card = on.app.store.card
        assert card is not None
        assert [each.text for each in card.suggestions] == ["".join(words).strip()]
        screen = on.app.screen
        assert isinstance(screen, ChatScreen)
        ticks = screen.ticks
        await on.settle()
        assert screen.ticks == ticks


async def test_what_is_asked_for_again_is_to_be_other_text() -> None:
    """Not what was written a moment ago; after new mail anything will do."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("one thing"))
        await on.settle()
        await on.press("ctrl+r")
        assert on.client.asked_for("generate_draft")[-1]["skip_cache"] is True


async def test_what_a_draft_made_up_is_pointed_out() -> None:
    """Numbers and links to look at before it is sent."""
    async with stage() as on:
        await streaming(on)
        made = draft("see you at 7:40")
        (said,) = made.suggestions
        flagged = msgspec.structs.replace(said, foreign=("7:40",))
        on.client.streams[-1].end(msgspec.structs.replace(made, suggestions=(flagged,)))
        await on.settle()
        assert "check 7:40" in on.grid()


async def test_three_suggestions_are_asked_for_and_walked() -> None:
    """F3 goes on, shift+F3 back, round and round."""
    async with stage() as on:
        await streaming(on)
        assert on.client.asked[-1] == (
            "generate_draft",
            {"chat_id": MUM, "num_suggestions": 3, "skip_cache": False},
        )
        on.client.streams[-1].end(draft("one thing", "another", "a third"))
        await on.settle()
        seen = []
        for key in ("f3", "f3", "f3", "shift+f3"):
            await on.press(key)
            card = on.app.store.card
            assert card is not None
            assert card.current is not None
            seen.append(card.current.text)
    assert seen == ["another", "a third", "one thing", "a third"]


async def test_using_a_draft_makes_it_text_and_sends_nothing() -> None:
    """It stands in the composer, to be changed."""
    async with stage() as on:
        await done(on)
        assert on.app.screen.query_one(Composer).text.startswith("Sunday's perfect")
        assert "send_message" not in [method for method, _ in on.client.asked]


async def test_escape_stops_the_stream_and_keeps_what_was_written() -> None:
    """The request is taken back; what comes after is ignored."""
    async with stage() as on:
        await streaming(on)
        await on.press("escape")
        stream = on.client.streams[-1]
        assert stream.was_left_early
        stream.say("never shown")
        await on.settle()
        assert "bring the boots" in on.grid()
        assert "never shown" not in on.grid()


async def test_asking_again_keeps_the_earlier_suggestion() -> None:
    """ctrl+r adds to what is there."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("the first try"))
        await on.settle()
        await on.press("ctrl+r")
        on.client.streams[-1].end(draft("the second try"))
        await on.settle()
        card = on.app.store.card
        assert card is not None
        texts = [each.text for each in card.suggestions]
    assert texts == ["the first try", "the second try"]


async def test_two_drafts_at_once_do_not_mix() -> None:
    """Each goes on in its own conversation."""
    async with stage() as on:
        await streaming(on)
        await on.press("ctrl+n")
        assert on.app.store.open_chat == ALEX
        await on.press("ctrl+g")
        mum, alex = on.client.streams
        mum.say(" for Mum")
        alex.say("for Alex")
        await on.settle()
        theirs = on.app.store.card_of(ALEX).suggestions[0].text
        hers = on.app.store.card_of(MUM).suggestions[0].text
        alex.end(draft("for Alex"))
        mum.end(draft("for Mum"))
        await on.settle()
    assert theirs == "for Alex"
    assert hers.endswith(" for Mum")


@pytest.mark.parametrize(
    ("key", "text"),
    [("r", "from the draft"), ("a", "my own from the draft"), ("k", "my own")],
)
async def test_what_was_typed_is_never_overwritten_unasked(key: str, text: str) -> None:
    """F2 asks: replace, append or keep."""
    async with stage() as on:
        await ready(on)
        await on.press("ctrl+g", *"my own".replace(" ", "_"))
        composer = on.app.screen.query_one(Composer)
        composer.text = "my own"
        on.client.streams[-1].end(draft("from the draft"))
        await on.settle()
        await on.press("f2", key)
        assert composer.text == text


async def test_a_new_message_marks_the_draft_as_older() -> None:
    """The draft does not know of it."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("too late"))
        await on.settle()
        on.client.tell(new_message(20, "forget it"))
        await on.settle()
        assert "older than the last message" in on.grid()


async def test_enter_says_honestly_that_nothing_is_sent() -> None:
    """And ctrl+j breaks the line."""
    async with stage() as on:
        await ready(on)
        composer = on.app.screen.query_one(Composer)
        await on.press("h", "i", "ctrl+j", "u")
        assert composer.text == "hi\nu"
        await on.press("enter")
        assert "cannot send" in on.grid()
        assert "send_message" not in [method for method, _ in on.client.asked]


async def test_what_was_written_is_kept_when_looking_elsewhere() -> None:
    """By conversation."""
    async with stage() as on:
        await ready(on)
        composer = on.app.screen.query_one(Composer)
        await on.press("h", "m")
        await on.press("ctrl+n")
        assert composer.text == ""
        on.app.screen.query_one("#conversations").focus()
        await on.press("up", "enter")
        assert on.app.store.open_chat == MUM
        assert composer.text == "hm"


async def test_going_offline_and_coming_back() -> None:
    """Content stays readable; on return everything is fetched again."""
    async with stage() as on:
        await ready(on)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        await on.settle()
        assert "offline · retry in 4 s" in on.grid()
        assert "One o'clock" in on.grid()
        await on.press("f5")
        assert on.client.retries == 1
        asked = len(on.client.asked)
        on.client.connect()
        await on.settle()
        again = [method for method, _ in on.client.asked[asked:]]
        assert "list_conversations" in again
        assert "list_messages" in again
        assert "Connected again" in on.grid()


async def test_a_page_that_cannot_be_read_is_a_sentence() -> None:
    """Never a traceback; the rest goes on."""

    def refuse(_: dict[str, object]) -> ListMessages:
        raise UnknownChat("There is no such conversation.")

    async with stage() as on:
        on.client.messages = refuse
        await ready(on)
        assert "There is no such conversation." in on.grid()
        on.client.tell(new_message(12, "still alive", chat_id=ALEX))
        await on.settle()
        assert "still alive" in on.grid()


async def test_a_hundred_thousand_messages_are_a_few_widgets() -> None:
    """Home and End land on the right ones."""
    many = tuple(
        message(n, f"line {n}", "2025-11-18T18:00:00.000Z") for n in range(1, 100_001)
    )
    async with stage() as on:
        on.client.messages = lambda _: ListMessages(messages=many, has_more=False)
        await ready(on)
        assert "line 100000" in on.grid()
        await on.press("shift+tab", "g")
        assert "line 1 " in on.grid()
        assert len(on.app.screen.query("*")) < 60


async def test_a_hostile_message_cannot_leave_its_place() -> None:
    """Markup, escape codes, turned text and piles of accents stay text."""
    texts = [
        "[/b] [red]x",
        "\x1b[31mred",
        "\u202eturned",
        "Z" + "\u0300" * 300,
        "👨‍👩‍👧‍👦",
    ]
    hostile = tuple(
        message(n, text, "2025-11-18T18:00:00.000Z") for n, text in enumerate(texts, 1)
    )
    async with stage() as on:
        on.client.messages = lambda _: ListMessages(messages=hostile, has_more=False)
        await ready(on)
        grid = on.grid()
    assert "[/b] [red]x" in grid
    assert "\x1b" not in grid
    assert "\u202e" not in grid


async def test_resizing_in_mid_stream_loses_nothing() -> None:
    """From two panes to one and back."""
    async with stage() as on:
        await streaming(on)
        for width in (80, 40, 200):
            await on.pilot.resize_terminal(width, 30)
            on.client.streams[-1].say(" more")
            await on.settle()
        card = on.app.store.card
        assert card is not None
        assert card.suggestions[0].text.endswith(" more more more")


async def test_leaving_takes_one_key_or_two() -> None:
    """ctrl+q at once; ctrl+c clears first and warns."""

    async def left_after(on: Stage, *keys: str) -> bool:
        await on.press(*keys)
        return not on.app.is_running or on.app._exit

    async with stage() as on:
        await ready(on)
        await on.press("h", "i")
        assert not await left_after(on, "ctrl+c")
        assert on.app.screen.query_one(Composer).text == ""
        assert await left_after(on, "ctrl+c")
    async with stage() as on:
        assert await left_after(on, "ctrl+q")
