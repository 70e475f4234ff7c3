"""Every state of the screen, played to the moment its picture is taken."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import Input

from jarvis.client import Disconnected
from jarvis.errors import ModelUnavailable, StoreUnavailable
from jarvis.protocol.methods.mail import ListConversations, ListMessages, Sent
from jarvis.protocol.methods.models import ListModels
from jarvis.protocol.methods.search import IndexState
from jarvis.protocol.methods.status import SendingStatus
from jarvis.records import Reaction
from jarvis.tui.app import JarvisApp
from jarvis.tui.screens.chat import ChatScreen
from jarvis.tui.screens.search import SearchScreen
from jarvis.tui.widgets.composer import Composer
from tests.tui.fake import (
    ALEX,
    CLIMBING,
    FakeClient,
    FixedClock,
    draft,
    found,
    found_message,
    hit,
    message,
    new_message,
    offered,
    ready_draft,
    send_status,
    updated,
)

SCREENSHOTS = Path(__file__).parent.parent.parent / "screenshots"
WIDE, NARROW = (120, 34), (80, 24)
WAIT_S = 30.0
SOON_S = 0.05
"""Longer than a tick of the screen's or of a draft that is written."""


async def at_rest() -> None:
    """Until nothing on this loop is left to run, but for timers that are not due soon.

    A clock that watched how busy the process is would call a busy machine's test over.
    """
    loop: Any = asyncio.get_running_loop()
    until = loop.time() + SOON_S
    while True:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        due = [each.when() for each in loop._scheduled if not each.cancelled()]
        if min(due, default=until) >= until:
            return
        await asyncio.sleep(max(min(due) - loop.time(), 0))


@dataclass
class Stage:
    """A running screen and what plays it."""

    client: FakeClient
    clock: FixedClock
    app: JarvisApp
    pilot: Pilot[None]

    async def settle(self) -> None:
        """Until everything that was told is on screen."""
        await at_rest()
        self.app.screen._on_timer_update()
        await at_rest()

    async def press(self, *keys: str) -> None:
        """Type keys, one after the other, each when the one before is on screen."""
        for key in keys:
            self.app.simulate_key(key)
            await self.settle()

    async def until(self, words: str) -> None:
        """Until they are on screen, where a thread has a part in it."""
        async with asyncio.timeout(WAIT_S):
            while words not in self.grid():
                await self.settle()

    def grid(self) -> str:
        """The screen as plain text."""
        return _console(self.app).export_text(styles=False)

    def picture(self) -> str:
        """The screen as SVG, the same for the same screen."""
        svg = self.app.export_screenshot(title="Jarvis")
        return re.sub(r"terminal-\d+", "terminal-0", svg)


def _console(app: JarvisApp) -> Console:
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        record=True,
        legacy_windows=False,
    )
    console.print(app.screen._compositor.render_update(full=True))
    return console


@asynccontextmanager
async def stage(
    size: tuple[int, int] = WIDE,
    *,
    demo: bool = False,
    client: FakeClient | None = None,
    theme: str = "dark",
) -> AsyncIterator[Stage]:
    """A screen that is up, with nobody connected yet."""
    client = client or FakeClient()
    clock = FixedClock()
    app = JarvisApp(client, demo=demo, clock=clock, theme_flag=theme)
    async with app.run_test(size=size) as pilot:
        made = Stage(client, clock, app, pilot)
        await made.settle()
        yield made


async def starting(on: Stage) -> None:
    """Nobody has answered yet."""


async def loading(on: Stage) -> None:
    """Connected, and the list is on its way."""
    on.client.conversations = None
    on.client.connect()


async def empty(on: Stage) -> None:
    """A history without conversations."""
    on.client.conversations = lambda: ListConversations(conversations=(), total_count=0)
    on.client.connect()


async def no_permission(on: Stage) -> None:
    """The daemon may not read chat.db."""

    def refuse() -> ListConversations:
        raise StoreUnavailable(
            "Full Disk Access is missing for Terminal: allow it in System Settings."
        )

    on.client.conversations = refuse
    on.client.connect()


async def ready(on: Stage) -> None:
    """A conversation is open."""
    on.client.connect()
    await on.settle()
    await on.press("enter")


async def model_loading(on: Stage) -> None:
    """A draft was asked for before the model was there."""
    on.client.model = replace(on.client.model, state="loading")
    on.client.connect(models_ready=False)
    await on.settle()
    await on.press("enter", "ctrl+g")
    on.clock.elapsed = 3.0


async def reading(on: Stage) -> None:
    """A large model reads the conversation, and says how far it is."""
    await ready(on)
    await on.press("ctrl+g")
    on.client.streams[-1].be_at("reading", 640, 1900)
    on.clock.elapsed = 48.0


async def streaming(on: Stage) -> None:
    """A draft is being written."""
    await ready(on)
    await on.press("ctrl+g")
    on.clock.elapsed = 0.212
    on.client.streams[-1].say("Sunday's", " perfect", ", one", " o'clock")
    await on.settle()
    on.clock.elapsed = 0.5
    on.client.streams[-1].say(" works", ". We'll", " bring the boots", " and a pudding")
    await on.settle()


async def stopped(on: Stage) -> None:
    """The reader took it back."""
    await streaming(on)
    await on.press("escape")


async def failed(on: Stage) -> None:
    """The model went away."""
    await streaming(on)
    reason = "The model's process was killed; asking for a text starts another."
    on.client.streams[-1].end(ModelUnavailable(reason))


async def done(on: Stage) -> None:
    """Three suggestions, the first in the composer."""
    await streaming(on)
    texts = ("Sunday's perfect, one o'clock works.", "Sorry, we can't.", "I'll see!")
    on.client.streams[-1].end(draft(*texts))
    await on.settle()
    await on.press("f2")


async def offline(on: Stage) -> None:
    """The daemon went away."""
    await ready(on)
    on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))


async def demo(on: Stage) -> None:
    """The made-up inbox, with a message that has just come."""
    await ready(on)
    on.client.tell(new_message(6, "Are you bringing the dog?"))


SENDS = SendingStatus(can_send=True, sender="messages")
CANNOT_SEND = SendingStatus(
    can_send=False,
    reason="Messages may not be steered: allow it under Privacy, Automation.",
)


async def writing(on: Stage, text: str = "") -> None:
    """A conversation is open where the daemon can send, and this is in the composer."""
    on.client.sending = SENDS
    await ready(on)
    on.app.screen.query_one(Composer).put(text)
    await on.settle()


async def sending(on: Stage) -> None:
    """Enter was pressed, and nobody has said yet what became of it."""
    await writing(on, "One o'clock it is")
    await on.press("enter")


async def sent(on: Stage) -> None:
    """It is in the history, and has arrived."""
    await sending(on)
    on.client.sends[-1].end(Sent(status="sent", guid="G20"))
    on.client.tell(
        new_message(20, "One o'clock it is", mine=True),
        send_status(on.client.sends[-1].key, "delivered", guid="G20"),
    )


async def not_sent(on: Stage) -> None:
    """Messages refused one; of another nobody knows."""
    await sending(on)
    reason = "Messages is not signed in. Open it and sign in."
    on.client.sends[-1].end(Sent(status="failed", reason=reason))
    await on.settle()
    on.app.screen.query_one(Composer).put("Or two?")
    await on.press("enter")
    on.client.sends[-1].end(Sent(status="unknown"))


async def cannot_send(on: Stage) -> None:
    """This machine cannot; the text stays."""
    on.client.sending = CANNOT_SEND
    await ready(on)
    on.app.screen.query_one(Composer).put("One o'clock it is")
    await on.press("enter")


async def edited(on: Stage) -> None:
    """A message was written anew, one taken back, one reacted to."""
    await writing(on)
    on.client.tell(
        updated(
            1, "edited", text="Are you coming on Saturday?", line="Are you coming…"
        ),
        updated(5, "unsent", line="Mum unsent a message"),
        updated(
            4,
            "reaction",
            reactions=(
                Reaction(kind="love", sender=None, is_from_me=True),
                Reaction(
                    kind="emoji", sender="+15550100", is_from_me=False, emoji="🎉"
                ),
            ),
        ),
    )


async def sending_in_the_demo(on: Stage) -> None:
    """What is written stays in the made-up inbox, and the composer says so."""
    on.client.sending = SendingStatus(can_send=True, sender="demo")
    await demo(on)


BOOTS = (
    hit(
        4,
        "One o'clock. Bring the kids' boots",
        words="boots",
        context=(
            found_message(
                3,
                "sounds great, what time?",
                "2025-11-18T18:10:00.000Z",
                is_from_me=True,
                sender=None,
                sender_name=None,
            ),
            found_message(
                5, "and a pudding if you like 🍮", "2025-11-18T21:40:30.000Z"
            ),
        ),
    ),
    hit(
        17,
        "do we still have the spare pair in size 38? mine are wet through",
        at="2025-11-12T09:00:00.000Z",
        message={
            "chat_id": CLIMBING,
            "sender": "+15550103",
            "sender_name": "Priya",
            "chat_name": "Climbing",
        },
    ),
    hit(
        23,
        "boots are by the door, help yourself",
        at="2024-10-03T08:30:00.000Z",
        words="boots",
        repeat_count=3,
        similarity=None,
        match="keyword",
        message={"chat_id": ALEX, "is_from_me": True, "chat_name": "Alex Chen"},
    ),
    hit(
        31,
        "我的靴子在门口 👢 拿去吧, 顺便看看阳台上还有没有别的鞋子, 明天我们要去爬山",
        at="2025-11-10T12:00:00.000Z",
        message={"sender_name": "Priya", "chat_name": "Priya"},
    ),
)
"""What is found about boots."""


def main_screen(on: Stage) -> ChatScreen:
    """The one below all others."""
    screen = on.app.screen_stack[0]
    assert isinstance(screen, ChatScreen)
    return screen


def box(on: Stage) -> Input:
    """Where a question is typed."""
    return on.app.screen.query_one(Input)


async def ask(on: Stage, typed: str, until: str = "found") -> None:
    """Open the search, and have this answered."""
    if not isinstance(on.app.screen, SearchScreen):
        await on.press("ctrl+f")
    box(on).value = typed  # in one go, so that it is one question
    box(on).cursor_position = len(typed)
    await on.until(until)


async def searching(on: Stage) -> None:
    """The search is open."""
    await ready(on)
    await on.press("ctrl+f")


async def searched(on: Stage) -> None:
    """Hits, best first, and what is around the first."""
    on.client.found = lambda _: found(*BOOTS)
    await searching(on)
    await ask(on, "boots", "4 found")


async def search_help(on: Stage) -> None:
    """Nothing is typed yet: what can be."""
    await searching(on)


async def searched_by_words(on: Stage) -> None:
    """No embedder is there, and the index is on its way."""
    on.client.found = lambda _: found(
        BOOTS[2],
        mode_used="keyword",
        semantic_available=False,
        reason="no model for meaning is there yet: jarvis models pull.",
    )
    await searching(on)
    on.client.tell(
        IndexState(state="keywords", indexed=1204, total=5812, per_s=900.0, eta_s=5.0)
    )
    await ask(on, "boots", "1 found")


async def found_nothing(on: Stage) -> None:
    """Nothing is like it, and a filter is not finished."""
    await searching(on)
    await ask(on, "boots after:20", "Nothing is found")


async def opened_there(on: Stage) -> None:
    """A message far back, lit, in its conversation."""
    on.client.messages = history
    on.client.found = lambda _: found(hit(150, "line 150", words="line"))
    await searching(on)
    await ask(on, "line", "1 found")
    await on.press("enter")


def history(params: dict[str, Any]) -> ListMessages:
    """A conversation of 400 messages, asked for by page."""
    around, before, after = (params.get(n) for n in ("around", "before", "after"))
    first, last = 301, 400
    if around is not None:
        first, last = max(1, around - 49), min(400, around + 50)
    elif before is not None:
        first, last = max(1, before - params["limit"]), before - 1
    elif after is not None:
        first, last = after + 1, min(400, after + params["limit"])
    pages = tuple(
        message(n, f"line {n}", f"2025-11-17T18:{n // 60:02}:{n % 60:02}.000Z")
        for n in range(first, last + 1)
    )
    return ListMessages(
        messages=pages, has_more=last < 400 if after is not None else first > 1
    )


async def prefetched(on: Stage) -> None:
    """Drafts are ready for two; the one of the open conversation was just asked for."""
    on.client.is_prefetching = True
    await ready(on)
    on.client.tell(ready_draft(ALEX, "thanks, will do"), ready_draft(CLIMBING, "in!"))
    await on.press("ctrl+g")
    texts = ("Sunday's perfect, one o'clock works.", "Sorry, we can't.", "I'll see!")
    on.client.streams[-1].end(replace(draft(*texts), prefetched=True))


APPLES = offered("apple", "apple", "The model of macOS itself: nothing to download.")
OLLAMAS = offered(
    "openai:qwen3:4b@http://127.0.0.1:11434/v1", "openai", "Ollama has it."
)


async def without_model(on: Stage) -> None:
    """Nobody has chosen a model; Apple's is there, and one of a server."""
    on.client.model = replace(on.client.model, model=None, state="unloaded")
    on.client.models = ListModels(models=(APPLES, OLLAMAS), chosen=False)
    on.client.connect(models_ready=False)
    await on.settle()


async def choosing_model(on: Stage) -> None:
    """Which of the two is to write."""
    await without_model(on)
    await on.press("shift+f6")


async def narrow(on: Stage) -> None:
    """One pane at a time."""
    await streaming(on)


@dataclass(frozen=True)
class Scene:
    """A picture by name: how it is played, on which screen."""

    play: Callable[[Stage], Awaitable[None]]
    size: tuple[int, int] = WIDE
    is_demo: bool = False
    theme: str = "dark"


SCENES: dict[str, Scene] = {
    "starting": Scene(starting),
    "loading": Scene(loading),
    "empty": Scene(empty),
    "no-permission": Scene(no_permission),
    "ready": Scene(ready),
    "model-loading": Scene(model_loading),
    "reading": Scene(reading),
    "streaming": Scene(streaming),
    "stopped": Scene(stopped),
    "failed": Scene(failed),
    "done": Scene(done),
    "offline": Scene(offline),
    "demo": Scene(sending_in_the_demo, is_demo=True),
    "sending": Scene(sending),
    "sent": Scene(sent),
    "not-sent": Scene(not_sent),
    "cannot-send": Scene(cannot_send),
    "edited": Scene(edited),
    "prefetched": Scene(prefetched),
    "search": Scene(searched),
    "search-help": Scene(search_help),
    "search-by-words": Scene(searched_by_words),
    "search-nothing": Scene(found_nothing),
    "search-narrow": Scene(searched, size=NARROW),
    "found": Scene(opened_there),
    "no-model": Scene(without_model),
    "no-model-others": Scene(choosing_model),
    "narrow": Scene(narrow, size=NARROW),
    "light": Scene(done, theme="light"),
    "light-streaming": Scene(streaming, theme="light"),
    "light-offline": Scene(offline, theme="light"),
    "light-search": Scene(searched, theme="light"),
    "light-found": Scene(opened_there, theme="light"),
    "light-narrow": Scene(narrow, size=NARROW, theme="light"),
}


@asynccontextmanager
async def played(name: str) -> AsyncIterator[Stage]:
    """The scene of that name, at the moment of its picture."""
    scene = SCENES[name]
    async with stage(scene.size, demo=scene.is_demo, theme=scene.theme) as on:
        await scene.play(on)
        await on.settle()
        yield on


def tidy(grid: str) -> str:
    """A grid without blanks at the ends of its lines."""
    return "\n".join(line.rstrip() for line in grid.splitlines()) + "\n"
