"""Whatever happens, each pane is drawn once for it, and panes it is no news to never."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from jarvis.client import Disconnected
from jarvis.protocol.methods.mail import Sent
from jarvis.tui.screens.chat import ChatScreen
from jarvis.tui.store.pane import Pane
from tests.tui.fake import (
    ALEX,
    CONVERSATIONS,
    Told,
    changed,
    draft,
    new_message,
    send_status,
    updated,
)
from tests.tui.scenes import Stage, ready, sending, stage, streaming


def redraws(on: Stage) -> Counter[Pane]:
    """How often each pane was drawn so far."""
    screen = on.app.screen_stack[0]
    assert isinstance(screen, ChatScreen)
    return screen.redraws


async def drawn_for(on: Stage, act: Callable[[], object]) -> dict[Pane, int]:
    """What is drawn for it until all is at rest; the clock draws the status by itself."""
    before = Counter(redraws(on))
    act()
    await on.settle()
    drawn = redraws(on) - before
    del drawn[Pane.STATUS]
    return dict(drawn)


MUMS, ALEXS, *_ = CONVERSATIONS
EVENTS: dict[str, tuple[Told, Pane]] = {
    "a message where the reader is": (
        new_message(30, "are you there?"),
        Pane.LIST | Pane.THREAD,
    ),
    "a message elsewhere": (new_message(31, "hi", chat_id=ALEX), Pane.LIST),
    "an edit": (
        updated(4, "edited", text="Two o'clock.", line="Two o'clock."),
        Pane.LIST | Pane.THREAD,
    ),
    "a title": (
        changed("title", msgspec.structs.replace(ALEXS, display_name="Alex")),
        Pane.LIST,
    ),
    "a conversation that goes": (
        changed(
            "unread",
            msgspec.structs.replace(MUMS, message_count=0, last_message_date=None),
        ),
        Pane.LIST | Pane.THREAD | Pane.REPLY,
    ),
    "the daemon goes": (
        Disconnected("It ended.", 4.0),
        Pane.LIST | Pane.THREAD | Pane.REPLY,
    ),
}


@pytest.mark.parametrize("name", EVENTS)
async def test_an_event_draws_each_pane_it_concerns_once(name: str) -> None:
    """And no other; also where it takes a badge away, ends a draft's use or moves focus."""
    event, panes = EVENTS[name]
    async with stage() as on:
        await ready(on)
        drawn = await drawn_for(on, lambda: on.client.tell(event))
        assert drawn == dict.fromkeys(panes, 1)


async def test_a_burst_is_drawn_once() -> None:
    """Sixty messages that are there together are one turn of the loop."""
    burst = [new_message(number, f"line {number}") for number in range(120, 180)]
    async with stage() as on:
        await ready(on)
        drawn = await drawn_for(on, lambda: on.client.tell(*burst))
        assert drawn == {Pane.LIST: 1, Pane.THREAD: 1}
        assert "line 179" in on.grid()


async def test_a_draft_that_a_message_outdates_is_drawn_with_it() -> None:
    """Once, with the message and its row."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("too late"))
        await on.settle()
        drawn = await drawn_for(on, lambda: on.client.tell(new_message(32, "no!")))
        assert drawn == {Pane.LIST: 1, Pane.THREAD: 1, Pane.REPLY: 1}


async def test_what_becomes_of_a_message_is_drawn_in_its_thread_only() -> None:
    """The answer to the request, and the event that tells the same."""
    async with stage() as on:
        await sending(on)
        sent = on.client.sends[-1]
        told = send_status(sent.key, "delivered", guid="G20")
        drawn = await drawn_for(on, lambda: sent.end(Sent(status="sent", guid="G20")))
        assert drawn == {Pane.THREAD: 1}
        drawn = await drawn_for(on, lambda: on.client.tell(told))
        assert drawn == {Pane.THREAD: 1}


@pytest.mark.parametrize("key", ["f3", "escape"])
async def test_a_key_for_the_draft_draws_the_draft_only(key: str) -> None:
    """Once."""
    async with stage() as on:
        await streaming(on)
        on.client.streams[-1].end(draft("one thing", "another"))
        await on.settle()
        before = Counter(redraws(on))
        await on.press(key)
        drawn = redraws(on) - before
        del drawn[Pane.STATUS]
        assert drawn == {Pane.REPLY: 1}


async def test_moving_the_focus_draws_no_pane() -> None:
    """Only the keys that count change."""
    async with stage() as on:
        await ready(on)
        before = Counter(redraws(on))
        await on.press("tab", "tab")
        assert set(redraws(on) - before) <= {Pane.STATUS}
