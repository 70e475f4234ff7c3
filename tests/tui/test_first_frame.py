"""The first frame waits for nothing it does not show, and no key waits for the rest."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from jarvis.tui.app import JarvisApp
from jarvis.tui.screens.chat import ChatScreen
from jarvis.tui.screens.help import HelpScreen
from jarvis.tui.widgets.composer import Composer
from tests.tui.fake import FakeClient, FixedClock
from tests.tui.scenes import Stage, stage
from tests.tui.terminal import at_a_terminal

UNSEEN = (
    "textual.widgets._text_area",
    "jarvis.tui.screens.palette",
    "jarvis.tui.screens.search",
    "jarvis.tui.editor",
)
"""What the first frame does not show, and is not imported for it."""


def chat(on: Stage) -> ChatScreen:
    """The main screen."""
    screen = on.app.screen_stack[0]
    assert isinstance(screen, ChatScreen)
    return screen


def test_the_first_frame_waits_for_nothing_it_does_not_show() -> None:
    """Text area, palette, search and editor are imported when they are wanted."""
    code = "import jarvis.tui.app, sys; print(*sys.modules, sep='\\n')"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert set(run.stdout.split()).isdisjoint(UNSEEN)


async def test_the_composer_comes_with_the_list() -> None:
    """Until then nobody could have written to anybody."""
    async with stage() as on:
        assert not chat(on).is_complete
        on.client.connect()
        await on.settle()
        assert chat(on).is_complete
        assert on.app.screen.query_one(Composer).display


async def test_the_composer_comes_once_however_often_the_connection_is_lost() -> None:
    """Whoever waited for it may be cancelled meanwhile."""
    async with stage() as on:
        for turn in range(300):
            if turn % 7 == 0:
                on.client.connect()
            await asyncio.sleep(0)
        await on.settle()
        assert len(on.app.screen.query(Composer)) == 1


async def test_a_key_before_anybody_answers_is_taken() -> None:
    """It makes the screen complete first."""
    async with stage() as on:
        await on.press("f1")
        assert chat(on).is_complete
        assert isinstance(on.app.screen, HelpScreen)


def test_a_key_typed_before_there_is_a_screen_is_taken() -> None:
    """It waits in the terminal, and is the first thing the screen hears of."""
    with at_a_terminal() as terminal:
        terminal.type(b"?")
        terminal.until_painted(b"esc closes")


async def test_garbage_is_looked_for_from_the_first_frame_on() -> None:
    """Whoever opens the screen is told of the frame once."""
    told: list[str] = []
    app = JarvisApp(
        FakeClient(), clock=FixedClock(), on_first_frame=lambda: told.append("frame")
    )
    async with app.run_test() as pilot:
        await pilot.pause()
        assert told == ["frame"]
