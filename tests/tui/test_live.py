"""The screen follows what happens to messages, and draws only what changed."""

from __future__ import annotations

import msgspec
import pytest

from jarvis.client import Connected, Disconnected, Gap
from jarvis.protocol.events import ModelProgress
from jarvis.protocol.methods.mail import ListConversations, ListMessages
from jarvis.records import Reaction, Timestamp
from jarvis.tui.screens.reading import FOLLOWED
from jarvis.tui.text.conversation_rows import ROWS
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.conversation_list import ConversationList
from jarvis.tui.widgets.thread import Thread
from tests.tui.fake import (
    CONVERSATIONS,
    MESSAGES,
    MUM,
    changed,
    message,
    new_message,
    ping,
    updated,
)
from tests.tui.scenes import Stage, edited, ready, stage

MUMS, ALEXS, *_ = CONVERSATIONS


def thread(on: Stage) -> Thread:
    """The messages."""
    return on.app.screen.query_one(Thread)


async def test_events_are_followed_from_where_the_lists_were_fetched() -> None:
    """Once, whatever becomes of the connection."""
    async with stage() as on:
        on.client.seq = 7
        await ready(on)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        on.client.connect()
        await on.settle()
        assert on.client.followed == [(FOLLOWED, 7, "e")]
        methods = [method for method, _ in on.client.asked]
        assert methods.index("subscribe") < methods.index("list_conversations")


async def test_a_model_that_is_loaded_is_ready_without_a_draft() -> None:
    """The status bar follows what the model is at, and not what is fetched of another."""
    async with stage() as on:
        await ready(on)
        model = str(on.client.model.model)
        assert on.client.asked_for("subscribe") == [{"events": ["model_progress"]}]
        on.client.tell(ModelProgress(model=model, state="loading"))
        on.client.tell(ModelProgress(model="another", state="ready"))
        await on.settle()
        assert f"model {model} warming up" in on.grid()
        on.client.tell(ModelProgress(model=model, state="ready"))
        on.client.tell(ModelProgress(model=model, state="downloading"))
        await on.settle()
        assert f"model {model} ready" in on.grid()


@pytest.mark.parametrize("is_of_before", [False, True])
async def test_the_daemon_hears_that_drafts_will_be_asked_for(
    is_of_before: bool,
) -> None:
    """After the lists; one that does not know the word shows nothing else for it."""
    async with stage() as on:
        on.client.is_of_before = is_of_before
        await ready(on)
        methods = [method for method, _ in on.client.asked]
        assert on.client.asked_for("hello") == [{"drafts": True}]
        assert methods.index("list_messages") < methods.index("hello")
        assert "hello" not in on.grid()


async def test_what_the_lists_had_already_is_not_counted_again() -> None:
    """After an absence the events come too, and change nothing."""
    async with stage() as on:
        on.client.seq = 100
        await ready(on)
        on.client.tell(new_message(99, "long ago", chat_id=ALEXS.chat_id))
        await on.settle()
        assert "long ago" not in on.grid()
        assert "Conversations · 1 unread" in on.grid()


async def test_after_a_gap_everything_is_fetched() -> None:
    """Nobody knows what was missed."""
    async with stage() as on:
        await ready(on)
        asked = len(on.client.asked)
        on.client.tell(Gap(seq=9_000, epoch="e"))
        await on.settle()
        again = [method for method, _ in on.client.asked[asked:]]
        assert {"list_conversations", "list_messages"} <= set(again)


async def test_an_edit_is_shown_and_only_that_message_is_drawn() -> None:
    """With its mark."""
    async with stage() as on:
        await ready(on)
        drawn = thread(on).drawn_messages
        asked = len(on.client.asked)
        on.client.tell(updated(1, "edited", text="Saturday?", line="Saturday?"))
        await on.settle()
        line = next(row for row in on.grid().splitlines() if "Saturday?" in row)
        assert "(edited)" in line
        assert "Sunday?" not in on.grid()
        assert thread(on).drawn_messages == drawn + 1
        assert len(on.client.asked) == asked
        page = on.app.store.page
        assert page is not None
        assert [e.text for e in page.messages[0].edits] == ["Are you coming on Sunday?"]


async def test_edits_unsent_messages_and_reactions_show() -> None:
    """Each where it stands."""
    async with stage() as on:
        await edited(on)
        await on.settle()
        grid = on.grid()
        for words in ("Saturday?", "Mum unsent a message", "♥  🎉"):
            assert words in grid
        assert "a pudding" not in grid


async def test_a_reaction_that_is_taken_back_goes() -> None:
    """The event has what stands now."""
    async with stage() as on:
        await ready(on)
        love = Reaction(kind="love", sender=None, is_from_me=True)
        on.client.tell(updated(4, "reaction", reactions=(love,)))
        await on.settle()
        assert "♥" in on.grid()
        on.client.tell(updated(4, "reaction", reactions=()))
        await on.settle()
        assert "♥" not in on.grid()


async def test_own_messages_are_delivered_and_read() -> None:
    """The mark of the newest one, at the time it was heard."""
    mine = message(6, "on my way", "2025-11-18T21:41:00.000Z", mine=True)
    unread = msgspec.structs.replace(mine, date_read=None)
    async with stage() as on:
        on.client.messages = lambda _: ListMessages(
            messages=(*MESSAGES, unread), has_more=False
        )
        await ready(on)
        on.client.tell(updated(6, "delivered"))
        await on.settle()
        assert "delivered ✓✓" in on.grid()
        on.client.tell(updated(6, "read"))
        await on.settle()
        assert "read 21:42" in on.grid()


async def test_a_deleted_message_vanishes() -> None:
    """Also from the list, where it was the last one."""
    async with stage() as on:
        await ready(on)
        on.client.tell(new_message(9, "oh no, wrong window"))
        await on.settle()
        assert on.grid().count("oh no, wrong window") == 2
        on.client.tell(updated(9, "deleted"))
        await on.settle()
        assert "oh no" not in on.grid()


async def test_the_reading_position_does_not_move() -> None:
    """Whatever is edited above, deleted above, or comes below; even under the eye."""
    many = tuple(
        message(n, f"line {n}", f"2025-11-18T18:{n // 60:02}:{n % 60:02}.000Z")
        for n in range(1, 200)
    )
    async with stage() as on:
        on.client.messages = lambda _: ListMessages(messages=many, has_more=False)
        await ready(on)
        await on.press("shift+tab", "pageup", "pageup")

        def first_line() -> str:
            return on.grid().splitlines()[1][34:].strip(" │")

        seen = first_line()
        number = int(seen.split("line ")[1])
        on.client.tell(
            updated(3, "edited", text="long " * 60, line="long"),
            updated(5, "deleted"),
            new_message(300, "below"),
        )
        await on.settle()
        assert first_line() == seen
        on.client.tell(updated(number, "deleted"))
        await on.settle()
        assert first_line().endswith(f"line {number + 1}")


async def test_a_row_of_the_list_changes_alone() -> None:
    """Two rows are painted for a new title, and nothing is asked."""
    async with stage() as on:
        await ready(on)
        asked = len(on.client.asked)
        pane = on.app.screen.query_one(ConversationList)
        painted = pane.painted_rows
        row = msgspec.structs.replace(ALEXS, display_name="Alex (new phone)")
        on.client.tell(changed("title", row))
        await on.settle()
        assert "Alex (new phone)" in on.grid()
        assert pane.painted_rows == painted + ROWS
        assert len(on.client.asked) == asked


async def test_reading_on_the_phone_takes_the_badge_away() -> None:
    """And out of the title."""
    async with stage() as on:
        await ready(on)
        assert "Conversations · 1 unread" in on.grid()
        row = msgspec.structs.replace(ALEXS, unread_count=0)
        on.client.tell(changed("unread", row))
        await on.settle()
        assert "unread" not in on.grid()


async def test_the_title_of_the_open_conversation_follows() -> None:
    """In the list and above the messages."""
    async with stage() as on:
        await ready(on)
        row = msgspec.structs.replace(MUMS, display_name="Mum and Dad")
        on.client.tell(changed("title", row))
        await on.settle()
        assert on.grid().splitlines()[0].count("Mum and Dad") == 1
        assert on.grid().count("Mum and Dad") == 2


async def test_an_event_of_a_group_is_fetched_into_its_thread() -> None:
    """The event does not tell its line."""
    async with stage() as on:
        await ready(on)
        before = len(on.client.asked_for("list_messages"))
        on.client.tell(changed("event", MUMS))
        await on.settle()
        assert len(on.client.asked_for("list_messages")) == before + 1


async def test_mail_that_is_not_pushed_is_fetched_into_its_thread() -> None:
    """Of a bank only its row is told; a row as new as the page fetches nothing."""
    async with stage() as on:
        await ready(on)
        before = len(on.client.asked_for("list_messages"))
        on.client.tell(changed("unread", MUMS))
        await on.settle()
        assert len(on.client.asked_for("list_messages")) == before
        row = msgspec.structs.replace(
            MUMS, last_message_date=Timestamp("2031-01-01T00:00:00.000Z")
        )
        on.client.tell(changed("unread", row, seq=51))
        await on.settle()
        assert len(on.client.asked_for("list_messages")) == before + 1


async def test_a_conversation_in_another_folder_leaves_the_list() -> None:
    """Open, it stays readable; and it comes back."""
    async with stage() as on:
        await ready(on)
        row = msgspec.structs.replace(MUMS, folder="archived")
        on.client.tell(changed("folder", row))
        await on.settle()
        assert on.app.store.inbox.find(MUM) is None
        assert "Bring the kids' boots" in on.grid()
        assert "Mum · +15550100" in on.grid()
        on.client.tell(changed("folder", MUMS, seq=51))
        await on.settle()
        assert on.app.store.inbox.position(MUM) == 0


async def test_a_conversation_that_is_gone_leaves_everything() -> None:
    """What was being written to it is kept for when it comes back."""
    async with stage() as on:
        await ready(on)
        on.app.screen.query_one(Composer).put("half a thought")
        row = msgspec.structs.replace(MUMS, message_count=0, last_message_date=None)
        on.client.tell(changed("unread", row))
        await on.settle()
        assert "Mum" not in on.grid()
        assert "enter opens a conversation" in on.grid()
        assert on.app.store.unsent[MUM] == "half a thought"
        on.client.tell(changed("unread", MUMS, seq=51))
        await on.settle()
        on.app.screen.query_one(ConversationList).focus()
        await on.press("g", "enter")
        assert on.app.screen.query_one(Composer).text == "half a thought"


async def test_what_went_while_away_is_gone_after() -> None:
    """A deleted message, and a deleted conversation."""
    async with stage() as on:
        await ready(on)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        without = tuple(each for each in MESSAGES if each.id != 2)
        on.client.messages = lambda _: ListMessages(messages=without, has_more=False)
        rest = tuple(each for each in CONVERSATIONS if each is not ALEXS)
        on.client.conversations = lambda: ListConversations(
            conversations=rest, total_count=4
        )
        on.client.connect()
        await on.settle()
        assert "Dad wants" not in on.grid()
        assert "Alex" not in on.grid()


async def test_why_nobody_could_be_started_stays_on_screen() -> None:
    """Where there is nothing else to show; beside a conversation it is a line of news."""
    reason = "The socket path is 137 bytes long."
    async with stage() as on:
        on.client.tell(Disconnected(reason, 4.0))
        await on.settle()
        on.client.tell(Disconnected(reason, 8.0))
        await on.settle()
        assert reason in on.grid()
    async with stage() as on:
        await ready(on)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 0.2))
        on.client.tell(Disconnected(reason, 4.0))
        await on.settle()
        assert reason in on.grid()


@pytest.mark.parametrize(
    ("version", "told"), [("0.0.1", "still of version 0.0.1"), ("99.0", "newer than")]
)
async def test_a_daemon_of_another_version_is_named(version: str, told: str) -> None:
    """Also one that a long-running screen meets after an update."""
    async with stage() as on:
        await ready(on)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 0.2))
        on.client.tell(Connected(ping(version=version)))
        await on.settle()
        assert told in on.grid()
