"""The screen at a real terminal: its colours, when it is stopped, and when it goes away."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.terminal import FAKED, Terminal, at_a_terminal

LIGHT, DARK = b"48;2;251;251;250m", b"48;2;20;21;23m"
"""The backgrounds of the two themes, as they are painted."""
UP, DOWN = (
    b"\x1b[?1049h",
    (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l"),
)
ASKED = b"\x1b]11;?"
OPENED = b"\r"


async def seen(play: Callable[[Terminal], None], **environment: str) -> None:
    """A screen with a conversation open, and what happens to it."""

    def watch() -> None:
        with at_a_terminal(environment) as terminal:
            terminal.until_painted(b"pudding")
            terminal.type(OPENED)
            terminal.until_painted(b"newline")
            play(terminal)

    await asyncio.to_thread(watch)


async def test_stopped_and_continued_it_is_whole_again() -> None:
    """The shell gets its terminal, the screen gets it back, and what it showed is there."""

    def play(terminal: Terminal) -> None:
        terminal.process.send_signal(signal.SIGTSTP)
        terminal.until(terminal.is_stopped)
        before = terminal.until_painted(*DOWN)
        assert not terminal.is_raw()
        terminal.go_on()
        terminal.until_painted(UP, b"pudding", b"Conversations", after=before)
        assert terminal.is_raw()
        terminal.type(b"still here")
        terminal.until_painted(b"here", after=before)

    await seen(play)


async def test_a_stop_without_a_word_loses_no_key_and_doubles_none() -> None:
    """What was typed meanwhile is read once, in order; leaving gives a whole terminal."""

    def play(terminal: Terminal) -> None:
        for words in (b"one ", b"two ", b"three "):
            terminal.stop()
            terminal.type(words)
            before = len(terminal.painted)
            terminal.go_on()
            terminal.until_painted(UP, b"pudding", words.strip(), after=before)
        before = len(terminal.painted)
        terminal.type(b"\x0f")
        before = terminal.until_painted(DOWN[0], UP, b"pudding", after=before)
        terminal.type(b"\x11")
        assert terminal.ended() == 0
        terminal.until_painted(*DOWN, after=before)
        assert b"ended with code" not in terminal.painted
        assert not terminal.is_raw()

    leaves = "import sys; assert open(sys.argv[1]).read() == 'one two three '"
    editor = shlex.join([sys.executable, "-c", leaves])
    await seen(play, EDITOR=editor)


@pytest.mark.parametrize("is_deaf", [True, False])
async def test_without_its_terminal_it_ends(is_deaf: bool) -> None:
    """Also where nobody tells it: it does not go on at half a core."""
    screen = shlex.join([sys.executable, "-c", FAKED])
    deaf = ["sh", "-c", f"trap '' HUP; exec {screen}"]

    def watch() -> int:
        with at_a_terminal(command=deaf if is_deaf else None) as terminal:
            terminal.until_painted(b"pudding")
            terminal.hang_up()
            return terminal.ended()

    assert await asyncio.to_thread(watch) == 128 + signal.SIGHUP


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_told_to_end_it_gives_the_terminal_back(number: signal.Signals) -> None:
    """With the exit code of who ends so."""

    def play(terminal: Terminal) -> None:
        terminal.process.send_signal(number)
        assert terminal.ended() == 128 + number
        terminal.until_painted(*DOWN)
        assert not terminal.is_raw()

    await seen(play)


async def test_told_to_end_it_ends_where_nobody_looks() -> None:
    """A terminal that takes nothing any more cannot hold it."""

    def play(terminal: Terminal) -> None:
        terminal.type(b"x" * 3000)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(20) == 128 + signal.SIGTERM

    await seen(play)


def answering(colour: bytes) -> Callable[[bytes], bytes]:
    """A terminal that knows its background."""
    return lambda asked: b"\x1b]11;" + colour + b"\x07" if ASKED in asked else b""


async def test_the_screen_is_as_light_as_its_terminal() -> None:
    """Asked, and again when the terminal says that it changed; no answer is a key."""

    def watch() -> None:
        with at_a_terminal() as terminal:
            terminal.answers = answering(b"rgb:fdfd/f6f6/e3e3")
            terminal.until_painted(b"pudding", LIGHT)
            terminal.answers = answering(b"rgb:0000/2b2b/3636")
            before = len(terminal.painted)
            terminal.type(b"\x1b[?997;1n")
            terminal.until_painted(ASKED, DARK, after=before)
            terminal.type(b"\rhello")
            before = terminal.until_painted(b"hello", after=before)
            assert b"rgb" not in terminal.painted.replace(ASKED, b"")

    await asyncio.to_thread(watch)


@pytest.mark.parametrize(
    ("environment", "painted"),
    [({}, DARK), ({"COLORFGBG": "0;15"}, LIGHT), ({"COLORFGBG": "15;default"}, DARK)],
)
async def test_a_terminal_that_does_not_answer_is_not_waited_for(
    environment: dict[str, str], painted: bytes
) -> None:
    """A variable tells, else it is taken for dark."""

    def play(terminal: Terminal) -> None:
        terminal.until_painted(ASKED, painted)

    await seen(play, **environment)


async def test_a_theme_that_was_chosen_asks_nobody() -> None:
    """The variable that Textual reads too is painted as it says."""

    def play(terminal: Terminal) -> None:
        terminal.until_painted(LIGHT)
        assert ASKED not in terminal.painted
        assert DARK not in terminal.painted

    await seen(play, TEXTUAL_THEME="jarvis-light")


@pytest.mark.parametrize(
    ("flags", "variables", "setting"),
    [
        (["--theme", "nonsense"], {}, ""),
        ([], {"TEXTUAL_THEME": "nonsense"}, ""),
        ([], {}, '[tui]\ntheme = "nonsense"'),
    ],
)
async def test_a_theme_that_nobody_knows_opens_nothing(
    flags: list[str], variables: dict[str, str], setting: str, tmp_path: Path
) -> None:
    """A sentence with those that there are, and the terminal as it was."""
    await asyncio.to_thread((tmp_path / "config.toml").write_text, setting)
    command = [sys.executable, "-m", "jarvis", "tui", *flags]
    environment = {"JARVIS_HOME": str(tmp_path), **variables}

    def watch() -> None:
        with at_a_terminal(environment, command=command) as terminal:
            assert terminal.ended() == 1
            terminal.until_painted(b'there is no theme "nonsense"', b"jarvis-light")
            assert b"Traceback" not in terminal.painted
            assert UP not in terminal.painted

    await asyncio.to_thread(watch)


async def test_bytes_that_are_no_text_end_nothing() -> None:
    """Whatever sits at the keyboard."""

    def play(terminal: Terminal) -> None:
        terminal.type(b"\xff\xfe ok\xc3")
        terminal.until_painted(b"ok")

    await seen(play)
