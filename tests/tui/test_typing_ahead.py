"""Keys typed faster than the screen follows: each does what it says, where it was meant."""

from __future__ import annotations

import msgspec
import pytest
from textual import events

from jarvis.errors import CannotSend
from jarvis.protocol.methods.mail import Sent
from jarvis.records import Conversation
from jarvis.tui.screens.choice import ChoiceScreen
from jarvis.tui.screens.help import HelpScreen
from jarvis.tui.store.card import Phase
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.conversation_list import ConversationList
from tests.tui.fake import ALEX, CONVERSATIONS, MUM, changed, draft
from tests.tui.scenes import Stage, ready, stage, streaming, writing

NAMED = {" ": "space", "?": "question_mark", "!": "exclamation_mark", "'": "apostrophe"}


def composer(on: Stage) -> Composer:
    """Where the reader writes."""
    return on.app.screen_stack[0].query_one(Composer)


def phase(on: Stage) -> Phase:
    """How far the draft of the open conversation is."""
    assert on.app.store.card is not None
    return on.app.store.card.phase


async def at_once(on: Stage, *keys: str) -> None:
    """All keys are there before the first is looked at; words stand for their letters."""
    for word in keys:
        is_key = word in KEYS or "+" in word
        for key in (word,) if is_key else word:
            character = None if is_key else key
            on.app.post_message(events.Key(NAMED.get(key, key), character))
    await on.settle()


KEYS = {"enter", "tab", "escape", "up", "down", "f2", "f4", "end", "home"}


def texts_sent(on: Stage) -> list[tuple[object, object]]:
    """To whom, and what, in order."""
    return [
        (asked["chat_id"], asked["text"])
        for asked in on.client.asked_for("send_message")
    ]


async def all_sent(on: Stage) -> list[tuple[object, object]]:
    """The same, with each one answered so that the next may leave."""
    answered = 0
    while answered < len(on.client.sends):
        on.client.sends[answered].end(Sent(status="sent", guid=f"S{answered}"))
        answered += 1
        await on.settle()
    return texts_sent(on)


@pytest.mark.parametrize(
    ("keys", "sent", "left"),
    [
        (("on", "enter", "my", "enter"), ["on", "my"], ""),
        (("ok", "enter", "see you"), ["ok"], "see you"),
        (("a", "enter", "enter", "b", "enter"), ["a", "b"], ""),
        (("one", "ctrl+j", "two", "enter", "!"), ["one\ntwo"], "!"),
        (("ab", "home", "c", "enter", "d"), ["cab"], "d"),
    ],
)
async def test_what_is_typed_after_enter_belongs_to_the_next_message(
    keys: tuple[str, ...], sent: list[str], left: str
) -> None:
    """Nothing is sent twice, nothing is lost."""
    async with stage() as on:
        await writing(on)
        await at_once(on, *keys)
        assert composer(on).text == left
        assert await all_sent(on) == [(MUM, text) for text in sent]


async def test_words_go_to_whom_was_opened_last() -> None:
    """From the list by cursor, and by the key for the next unread."""
    async with stage() as on:
        await writing(on)
        await at_once(on, "escape", "down", "enter", "hi Alex", "enter")
        await at_once(on, "escape", "up", "enter", "hi Mum", "enter", "ctrl+n")
        assert await all_sent(on) == [(ALEX, "hi Alex"), (MUM, "hi Mum")]


async def test_what_was_begun_stays_with_its_person() -> None:
    """Text, what undoing leads back to, and the draft that is asked for."""
    async with stage() as on:
        await writing(on)
        await at_once(on, "to Mum", "ctrl+n", "to Alex", "ctrl+g")
        assert on.app.store.open_chat == ALEX
        assert composer(on).text == "to Alex"
        assert on.client.asked_for("generate_draft")[-1]["chat_id"] == ALEX
        for _ in range(5):
            await at_once(on, "ctrl+z")
        assert "Mum" not in composer(on).text
        await at_once(on, "escape", "escape", "escape", "up", "enter")
        assert composer(on).text == "to Mum"


async def test_a_draft_that_is_stopped_at_once_can_be_asked_for_at_once() -> None:
    """The one before has no say in it, however it ends."""
    async with stage() as on:
        await ready(on)
        await at_once(on, "ctrl+g", "escape")
        assert phase(on) is Phase.STOPPED
        await at_once(on, "ctrl+g")
        on.client.streams[-1].say("the first")
        await on.settle()
        await at_once(on, "escape", "ctrl+g")
        on.client.streams[-1].end(draft("the second"))
        await on.settle()
        assert phase(on) is Phase.DONE
        assert "the second" in on.grid()


async def test_a_message_begun_among_the_messages_keeps_every_letter() -> None:
    """Also those that are keys there; a paste begins one too."""
    async with stage() as on:
        await writing(on)
        await at_once(on, "shift+tab", "hi, dig", "enter")
        assert await all_sent(on) == [(MUM, "hi, dig")]
        await at_once(on, "shift+tab")
        on.app.post_message(events.Paste("one\ntwo"))
        await at_once(on, "!")
        assert composer(on).text == "one\ntwo!"


async def test_a_letter_after_clearing_is_not_cleared() -> None:
    """And the second ctrl+c clears again where there is text again."""
    async with stage() as on:
        await writing(on)
        await at_once(on, "old", "ctrl+c", "new")
        assert composer(on).text == "new"
        await at_once(on, "ctrl+c")
        assert composer(on).text == ""
        assert not on.app._exit


async def test_leaving_does_not_overtake_a_message() -> None:
    """It is on its way first, and leaving is asked for twice."""
    async with stage() as on:
        await writing(on)
        await at_once(on, "bye", "enter", "ctrl+q")
        assert texts_sent(on) == [(MUM, "bye")]
        assert not on.app._exit


async def test_typing_after_taking_a_draft_goes_on_after_it() -> None:
    """Into an empty composer it comes at once."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("from the draft"))
        await on.settle()
        await at_once(on, "f2", ", ok?")
        assert composer(on).text == "from the draft, ok?"


async def test_who_types_on_without_seeing_the_question_has_not_answered_it() -> None:
    """r would have replaced their text."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("from the draft"))
        await on.settle()
        await at_once(on, "my own", "f2", " rather")
        assert composer(on).text == "my own rather"
        assert not isinstance(on.app.screen, ChoiceScreen)
        await at_once(on, "f2")
        assert isinstance(on.app.screen, ChoiceScreen)
        await at_once(on, "r", "!")
        assert composer(on).text == "from the draft!"


async def test_an_answer_counts_for_the_conversation_it_was_asked_in() -> None:
    """Which may be gone by then: its text waits there, and nobody else gets it."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("for Mum"))
        await on.settle()
        await at_once(on, "my own", "f2")
        mums = CONVERSATIONS[0]
        gone = changed("unread", _emptied(mums))
        on.client.tell(gone)
        await on.settle()
        on.app.screen_stack[0]._open(ALEX)  # type: ignore[attr-defined]
        await at_once(on, "r")
        assert composer(on).text == ""
        assert on.app.store.unsent[MUM] == "for Mum"


async def test_nothing_is_put_under_the_fingers() -> None:
    """What could not be sent waits in its thread while the next message is written."""
    async with stage() as on:
        await writing(on)
        await at_once(on, "on", "enter")
        on.client.sends[0].end(CannotSend("Messages may not be steered."))
        await at_once(on, "my")
        assert composer(on).text == "my"
        assert "not sent: Messages may not be steered." in on.grid()
        await at_once(on, "f4")
        await on.press("a")
        assert composer(on).text == "my on"


async def test_a_click_opens_before_the_next_letter() -> None:
    """Its words go to whom was clicked."""
    async with stage() as on:
        await writing(on)
        row = on.app.screen.query_one(ConversationList).region.offset
        at = {"x": row.x + 5, "y": row.y + 3}
        for kind in (events.MouseDown, events.MouseUp):
            on.app.post_message(_mouse(kind, **at))
        await at_once(on, "hi", "enter")
        assert texts_sent(on) == [(ALEX, "hi")]


async def test_help_and_palette_take_the_keys_that_come_after_them() -> None:
    """A screen that is being opened gets what was typed for it."""
    async with stage() as on:
        await ready(on)
        await at_once(on, "ctrl+p", "again")
        assert "Again" in on.grid()
        await at_once(on, "escape", "f2", "ok")
        assert composer(on).text == "ok"


async def test_the_palette_does_what_was_typed_and_not_what_was_listed_before() -> None:
    """Enter waits for the words before it."""
    async with stage() as on:
        await ready(on)
        await at_once(on, "ctrl+p", "help", "enter")
        assert isinstance(on.app.screen, HelpScreen)
        assert not on.client.asked_for("generate_draft")


def _emptied(row: Conversation) -> Conversation:
    return msgspec.structs.replace(row, message_count=0, last_message_date=None)


def _mouse(kind: type[events.MouseEvent], x: int, y: int) -> events.MouseEvent:
    return kind(None, x, y, 0, 0, 1, False, False, False, x, y)
