"""Sending as the reader sees it: enter, the message in its thread, what became of it."""

from __future__ import annotations

import pytest
from textual import events

from jarvis.client import Disconnected
from jarvis.errors import CannotSend, ConnectionLost, InternalError, JarvisError
from jarvis.protocol.methods.mail import ListMessages, Sent
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.thread import Thread
from tests.tui.fake import (
    ALEX,
    MESSAGES,
    MUM,
    message,
    new_message,
    send_status,
    updated,
)
from tests.tui.scenes import (
    SENDS,
    Stage,
    cannot_send,
    done,
    sending,
    sent,
    stage,
    writing,
)

WORDS = "One o'clock it is"


def composer(on: Stage) -> Composer:
    """Where the reader writes."""
    return on.app.screen.query_one(Composer)


async def test_enter_sends_and_the_message_is_there_at_once() -> None:
    """Asked once, with a key; the composer is empty for the next one."""
    async with stage() as on:
        await sending(on)
        (asked,) = on.client.asked_for("send_message")
        assert (asked["chat_id"], asked["text"]) == (MUM, WORDS)
        assert len(str(asked["idempotency_key"])) == 36
        assert composer(on).text == ""
        line = next(row for row in on.grid().splitlines() if WORDS in row)
        assert "sending…" in line


async def test_each_press_of_enter_is_an_act_of_its_own() -> None:
    """The same words twice are two messages, one after the other, each with its key."""
    async with stage() as on:
        await writing(on, "ok")
        await on.press("enter", "o", "k", "enter")
        assert len(on.client.sends) == 1
        on.client.sends[0].end(Sent(status="sent", guid="G20"))
        await on.settle()
        first, second = on.client.sends
        assert first.key != second.key


@pytest.mark.parametrize("comes_first", ["push", "answer"])
async def test_the_real_message_takes_its_place(comes_first: str) -> None:
    """Whichever comes first, it is never twice on the screen."""
    async with stage() as on:
        await sending(on)
        thread = on.app.screen.query_one(Thread)
        second = "answer" if comes_first == "push" else "push"
        for comes in (comes_first, second):
            if comes == "push":
                on.client.tell(new_message(20, WORDS, mine=True))
            else:
                on.client.sends[0].end(Sent(status="sent", guid="G20"))
            await on.settle()
            rows = [row for row in on.grid().splitlines() if WORDS in row]
            assert len([row for row in rows if "You: " not in row]) == 1
        assert "sent ✓" in on.grid()
        drawn = thread.drawn_messages
        on.client.tell(send_status(on.client.sends[0].key, "delivered"))
        await on.settle()
        assert "delivered ✓✓" in on.grid()
        assert thread.drawn_messages == drawn + 1


async def test_another_message_of_the_same_words_is_not_taken_for_it_in_the_end() -> (
    None
):
    """The answer tells which one it is."""
    async with stage() as on:
        await sending(on)
        on.client.tell(new_message(20, WORDS, mine=True))  # from the phone, just then
        await on.settle()
        on.client.sends[0].end(Sent(status="sent", guid="G21"))
        on.client.tell(new_message(21, WORDS, mine=True))
        await on.settle()
        assert on.grid().count(f"{WORDS} ") >= 2
        assert "sending…" not in on.grid()


async def test_blank_text_is_not_sent() -> None:
    """Nothing happens."""
    async with stage() as on:
        await writing(on, "  \n ")
        await on.press("enter")
        assert not on.client.sends
        assert composer(on).text == "  \n "


async def test_a_paste_of_lines_is_text_and_sends_nothing() -> None:
    """Enter is what sends, not a line end."""
    async with stage() as on:
        await writing(on)
        on.app.post_message(events.Paste("one\ntwo\nthree\n"))
        await on.settle()
        assert composer(on).text == "one\ntwo\nthree\n"
        assert not on.client.sends


async def test_what_failed_stays_with_its_reason_and_one_key_takes_it_back() -> None:
    """Nothing is asked again by itself."""
    async with stage() as on:
        await sending(on)
        on.client.sends[0].end(Sent(status="failed", reason="No such number."))
        await on.settle()
        assert "not sent: No such number." in on.grid()
        assert "F4 Take back" in on.grid()
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        on.client.connect()
        await on.settle()
        assert len(on.client.sends) == 1
        await on.press("f4")
        assert composer(on).text == WORDS
        assert "not sent" not in on.grid()


async def test_a_sent_message_that_is_deleted_later_stays_away() -> None:
    """What stood for it does not come back."""
    async with stage() as on:
        await sent(on)
        await on.settle()
        assert WORDS in on.grid()
        on.client.tell(updated(20, "deleted"))
        await on.settle()
        assert WORDS not in on.grid()


async def test_the_draft_is_put_away_when_an_answer_was_given() -> None:
    """Its place is for the messages."""
    async with stage() as on:
        on.client.sending = SENDS
        await done(on)
        await on.press("enter")
        assert on.client.sends[0].text.startswith("Sunday's perfect")
        card = on.app.store.card
        assert card is not None
        assert not card.is_open


async def test_taking_back_asks_before_it_overwrites() -> None:
    """Kept: both stay where they are."""
    async with stage() as on:
        await sending(on)
        on.client.sends[0].end(Sent(status="failed", reason="No such number."))
        composer(on).put("something else")
        await on.settle()
        await on.press("f4", "k")
        assert composer(on).text == "something else"
        assert "not sent" in on.grid()
        await on.press("f4", "a")
        assert composer(on).text == f"something else {WORDS}"


async def test_a_lost_connection_asks_again_with_the_same_key() -> None:
    """Unknown meanwhile; one message in the end."""
    async with stage() as on:
        await sending(on)
        on.client.sends[0].end(ConnectionLost("The connection to Jarvis ended."))
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        await on.settle()
        assert "unknown: it may still go out" in on.grid()
        page = (*MESSAGES, message(20, WORDS, "2025-11-18T21:42:20.000Z", mine=True))
        on.client.messages = lambda _: ListMessages(messages=page, has_more=False)
        on.client.connect()
        await on.settle()
        first, second = on.client.asked_for("send_message")
        assert first == second
        on.client.sends[1].end(Sent(status="sent", guid="G20"))
        await on.settle()
        assert "unknown" not in on.grid()
        assert on.grid().count(WORDS) == 1


@pytest.mark.parametrize(
    "answer", [Sent(status="unknown"), InternalError("A defect; incident 1.")]
)
async def test_what_nobody_knows_is_called_so(answer: Sent | JarvisError) -> None:
    """Also when it appears: it may stand there and not have gone out. Then it is told."""
    async with stage() as on:
        await sending(on)
        on.client.sends[0].end(answer)
        await on.settle()
        assert "unknown: it may still go out" in on.grid()
        on.client.tell(new_message(20, WORDS, mine=True))
        await on.settle()
        assert on.grid().count(WORDS) == 2  # in the thread, and in the list
        assert "unknown: it may still go out" in on.grid()
        (asked,) = on.client.asked_for("send_message")
        key = str(asked["idempotency_key"])
        on.client.tell(send_status(key, "sent", guid="G20"))
        await on.settle()
        assert "unknown" not in on.grid()
        assert "sent ✓" in on.grid()


async def test_where_the_daemon_cannot_send_the_text_stays() -> None:
    """Its own sentence, and nothing is asked."""
    async with stage() as on:
        await cannot_send(on)
        assert composer(on).text == WORDS
        assert "Messages may not be steered" in on.grid()
        assert not on.client.sends


async def test_a_refusal_waits_in_its_thread() -> None:
    """Told wherever the reader is; one key takes it back there, and nothing else does."""
    async with stage() as on:
        await sending(on)
        await on.press("ctrl+n")
        assert on.app.store.open_chat == ALEX
        on.client.sends[0].end(CannotSend("Messages may not be steered."))
        await on.settle()
        assert composer(on).text == ""
        assert "F4 takes it back: Messages may not be steered." in on.grid()
        on.app.screen.query_one("#conversations").focus()
        await on.press("up", "enter")
        assert composer(on).text == ""
        assert "not sent: Messages may not be steered." in on.grid()
        await on.press("f4")
        assert composer(on).text == WORDS


async def test_offline_enter_keeps_the_text() -> None:
    """It is not sent later behind the reader's back."""
    async with stage() as on:
        await writing(on, WORDS)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        await on.settle()
        await on.press("enter")
        assert "not connected" in on.grid()
        on.client.connect()
        await on.settle()
        assert composer(on).text == WORDS
        assert not on.client.sends


async def test_the_second_of_two_is_not_sent_when_the_first_was_cut_off() -> None:
    """It never reached anybody, so it is not asked for again."""
    async with stage() as on:
        await sending(on)
        await on.press("o", "k", "enter")
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        await on.settle()
        on.client.sends[0].end(ConnectionLost("The connection to Jarvis ended."))
        await on.settle()
        assert "not sent: Jarvis was not connected." in on.grid()
        on.client.connect()
        await on.settle()
        texts = [asked["text"] for asked in on.client.asked_for("send_message")]
        assert texts == [WORDS, WORDS]


async def test_leaving_while_something_is_sent_is_asked_for_twice() -> None:
    """A message is not cut off by one key."""
    async with stage() as on:
        await sending(on)
        await on.press("ctrl+q")
        assert "still being sent" in on.grid()
        assert not on.app._exit
        await on.press("ctrl+q")
        assert on.app._exit


async def test_sending_shows_the_end_of_the_conversation() -> None:
    """Wherever the reader was."""
    many = tuple(
        message(n, f"line {n}", "2025-11-18T18:00:00.000Z") for n in range(1, 200)
    )
    async with stage() as on:
        on.client.messages = lambda _: ListMessages(messages=many, has_more=False)
        await writing(on, WORDS)
        await on.press("pageup", "pageup", "enter")
        assert WORDS in on.grid()
        assert on.app.screen.query_one(Thread).is_at_end


async def test_the_help_tells_the_new_keys() -> None:
    """From the table."""
    async with stage(size=(120, 50)) as on:
        await sent(on)
        await on.press("f1")
        grid = on.grid()
        for words in ("Send the message", "your own editor", "was not sent into the"):
            assert words in grid
