"""Both themes can be read: every letter that is painted stands out from its ground."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from rich.cells import cell_len
from rich.color_triplet import ColorTriplet
from textual.screen import ModalScreen

from jarvis.errors import ConfigError
from jarvis.tui.terminal.background import is_light, is_light_by_variable
from jarvis.tui.theme import DARK, LIGHT, wanted_theme
from jarvis.tui.widgets.conversation_list import ConversationList
from jarvis.tui.widgets.draft_card import DraftCard
from jarvis.tui.widgets.status_bar import StatusBar
from jarvis.tui.widgets.thread import Thread
from tests.tui.fake import draft
from tests.tui.scenes import SCENES, Stage, done, played, ready, stage, streaming

READABLE = 4.5
"""WCAG 2.2, contrast (minimum), for text of any size."""
KNOWN = ("jarvis-dark", "jarvis-light", "nord")


async def in_the_list(on: Stage) -> None:
    """The cursor is in the list."""
    await ready(on)
    await on.press("escape", "down")


async def in_the_thread(on: Stage) -> None:
    """The focus is among the messages."""
    await ready(on)
    await on.press("shift+tab")


async def helped(on: Stage) -> None:
    """The keys are shown."""
    await ready(on)
    await on.press("f1")


async def asked(on: Stage) -> None:
    """The question of the composer."""
    await streaming(on)
    on.client.streams[-1].end(draft("from the draft"))
    await on.press("x", "f2")


async def at_the_palette(on: Stage) -> None:
    """The acts by name."""
    await ready(on)
    await on.press("ctrl+p", "a")


async def told(on: Stage) -> None:
    """A line of news, and a selection."""
    await done(on)
    await on.press("f4", "shift+home")


OTHER_STATES = (in_the_list, in_the_thread, helped, asked, at_the_palette, told)


def letters(on: Stage) -> Iterator[tuple[str, ColorTriplet, ColorTriplet]]:
    """What is painted to be read, with its colour and the one behind it.

    Frames, bars and blocks are there to be seen, not to be read; emoji have colours of
    their own; and what lies below a question is meant to stand back.
    """
    screen = on.app.screen
    tops = screen.children if isinstance(screen, ModalScreen) else [screen]
    for y, row in enumerate(screen._compositor.render_strips()):
        x = 0
        for text, style, control in row:
            is_on_top = any(top.region.contains(x, y) for top in tops)
            x += cell_len(text)
            words = "".join(each for each in text if is_read(each)).strip()
            if control or not is_on_top or not words or style is None:
                continue
            assert style.color is not None, words
            assert style.bgcolor is not None, words
            colours = style.color.get_truecolor(), style.bgcolor.get_truecolor()
            front, behind = reversed(colours) if style.reverse else colours
            assert not style.dim, words
            yield words, front, behind


def is_read(character: str) -> bool:
    """Neither frame nor block nor emoji."""
    return not ("\u2500" <= character <= "\u259f" or character >= "\U0001f000")


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """How far two colours are apart, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: ColorTriplet) -> float:
    """The light of a colour, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def unreadable(on: Stage, theme: str) -> list[str]:
    """What cannot be read well in that theme, and how badly."""
    on.app.theme = theme
    await on.settle()
    return [
        f"{contrast(front, behind):.1f} {words}: {front.hex} on {behind.hex}"
        for words, front, behind in letters(on)
        if contrast(front, behind) < READABLE
    ]


@pytest.mark.parametrize("name", SCENES)
async def test_every_picture_can_be_read(name: str) -> None:
    """In the dark and in the light."""
    async with played(name) as on:
        for theme in (DARK.name, LIGHT.name):
            assert not await unreadable(on, theme)


@pytest.mark.parametrize("play", OTHER_STATES)
async def test_what_no_picture_shows_can_be_read(
    play: Callable[[Stage], Awaitable[None]],
) -> None:
    """Wherever the focus is, and what lies over the screen."""
    async with stage() as on:
        await play(on)
        for theme in (DARK.name, LIGHT.name):
            assert not await unreadable(on, theme)


@pytest.mark.parametrize(
    ("colour", "light"),
    [
        ("rgb:ffff/ffff/ffff", True),
        ("rgb:fd/f6/e3", True),
        ("rgba:f/f/f/f", True),
        ("#ffffff", True),
        ("rgb:0000/2b2b/3636", False),
        ("rgb:0/0/0", False),
        ("#000", False),
        ("white", None),
        ("", None),
        ("rgb:gg/00/00", None),
    ],
)
def test_a_colour_is_light_or_dark(colour: str, light: bool | None) -> None:
    """As terminals write them."""
    assert is_light(colour) is light


@pytest.mark.parametrize(
    ("told", "light"),
    [
        ("0;15", True),
        ("0;default;7", True),
        ("15;0", False),
        ("7;8", False),
        ("15;default", None),
        ("", None),
    ],
)
def test_the_variable_is_one_of_sixteen(told: str, light: bool | None) -> None:
    """The last number is the background."""
    assert is_light_by_variable({"COLORFGBG": told}) is light


@pytest.mark.parametrize(
    ("flag", "environment", "setting", "theme"),
    [
        (None, {}, "auto", "auto"),
        (None, {}, "light", "jarvis-light"),
        (None, {"TEXTUAL_THEME": "nord"}, "light", "nord"),
        (None, {"TEXTUAL_THEME": "gone, jarvis-light"}, "auto", "jarvis-light"),
        ("dark", {"TEXTUAL_THEME": "nonsense"}, "nonsense", "jarvis-dark"),
        ("auto", {"TEXTUAL_THEME": "nord"}, "light", "auto"),
        (None, {"NO_COLOR": "1", "TEXTUAL_THEME": "nord"}, "light", "ansi-dark"),
        ("light", {"NO_COLOR": "1"}, "auto", "jarvis-light"),
    ],
)
def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    flag: str | None, environment: dict[str, str], setting: str, theme: str
) -> None:
    """And where nobody says anything, the terminal does."""
    assert wanted_theme(flag, setting, environment, KNOWN) == theme


@pytest.mark.parametrize(
    ("flag", "environment", "setting", "origin"),
    [
        ("nonsense", {}, "auto", "--theme"),
        (None, {"TEXTUAL_THEME": "nonsense"}, "auto", "TEXTUAL_THEME"),
        (None, {}, "nonsense", "config.toml"),
    ],
)
def test_a_theme_that_nobody_knows_is_a_sentence(
    flag: str | None, environment: dict[str, str], setting: str, origin: str
) -> None:
    """With the names that there are."""
    with pytest.raises(ConfigError) as told:
        wanted_theme(flag, setting, environment, KNOWN)
    for words in (origin, '"nonsense"', "auto", "light", "nord"):
        assert words in str(told.value)


@pytest.mark.parametrize("theme", ["textual-light", "nord", "ansi-dark"])
async def test_a_theme_of_textuals_has_a_colour_for_every_part(theme: str) -> None:
    """Also where a text is as light as its ground asks, or in a terminal's own colour."""
    async with stage() as on:
        await streaming(on)
        screen = on.app.screen
        drawn: list[ConversationList | Thread | DraftCard | StatusBar] = [
            *(screen.query_one(ConversationList), screen.query_one(Thread)),
            *(screen.query_one(DraftCard), screen.query_one(StatusBar)),
        ]
        on.app.theme = theme
        await on.pilot.pause()
        for widget in drawn:
            styles = [widget.inks(part) for part in widget.inks.parts]
            assert all(style.color and style.bgcolor for style in styles)
