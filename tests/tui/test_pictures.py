"""The pictures in screenshots/ show what the screen shows: they cannot go stale."""

from __future__ import annotations

import asyncio

import pytest

from jarvis.tui.store.state import State
from tests.tui.scenes import NARROW, SCENES, SCREENSHOTS, played, tidy

QUIET = (
    *("light", "done", "sending", "sent", "not-sent", "cannot-send", "edited"),
    *("search", "search-help", "search-by-words", "search-nothing", "search-narrow"),
    *("found", "prefetched", "no-model", "no-model-others"),
)
"""Pictures of what happens in a conversation while the screen itself is ready."""
REDRAW = "draw it anew with ./dev shots, and look at it"


@pytest.mark.parametrize("name", SCENES)
async def test_the_picture_is_what_the_screen_shows(name: str) -> None:
    """Grid and SVG letter by letter, in the state it is named after, of few widgets."""
    streaming = dict.fromkeys(("narrow", "reading"), State.STREAMING)
    states = {**streaming, **dict.fromkeys(QUIET, State.READY)}
    state = name.removeprefix("light-")
    async with played(name) as on:
        grid, picture = tidy(on.grid()), on.picture()
        assert on.app.store.state == states.get(state, state.replace("-", " "))
        assert len(on.app.screen.query("*")) < 60
    read = asyncio.to_thread
    assert grid == await read((SCREENSHOTS / f"{name}.txt").read_text), REDRAW
    assert picture == await read((SCREENSHOTS / f"{name}.svg").read_text), REDRAW


def test_every_state_has_its_picture() -> None:
    """None was forgotten, and none is left over."""
    shown = {path.stem for path in SCREENSHOTS.glob("*.svg")}
    assert shown == set(SCENES)
    assert {state.replace(" ", "-") for state in State} <= shown


def test_no_line_is_wider_than_the_screen() -> None:
    """A narrow window cuts nothing off."""
    for line in (SCREENSHOTS / "narrow.txt").read_text().splitlines():
        assert len(line) <= NARROW[0]
