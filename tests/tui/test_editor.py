"""The reader's own editor: which one, what comes back, and that the screen comes back."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from jarvis.tui.editor import command
from jarvis.tui.widgets.composer import Composer
from tests.tui.scenes import stage, writing
from tests.tui.terminal import at_a_terminal

EDITOR = """#!/bin/sh
ls -ld "$(dirname "$1")" | cut -c1-10 >"{seen}"
pwd >>"{seen}"
echo "$1" >>"{seen}"
cat "$1" >>"{seen}"
printf 'two\\nlines, edited\\n' >"$1"
exit {code}
"""


def test_the_editor_is_the_one_the_reader_named() -> None:
    """$VISUAL before $EDITOR, with its arguments; vi where there is none."""
    assert command({"VISUAL": "code --wait", "EDITOR": "nano"}) == ["code", "--wait"]
    assert command({"EDITOR": "nano"}) == ["nano"]
    assert command({}) == ["vi"]


async def test_a_terminal_that_cannot_be_handed_over_is_a_sentence() -> None:
    """The text stays."""
    async with stage() as on:
        await writing(on, "one")
        await on.press("ctrl+o")
        await on.until("cannot be handed to an editor")
        assert on.app.screen.query_one(Composer).text == "one"


def typed(editor: Path, keys: list[tuple[bytes, bytes]]) -> int:
    """The screen at a real terminal; each key is typed once its cue was painted.

    It is opened in the editor's folder, and the editor named by its path from there. The
    exit code.
    """
    environment = {"EDITOR": f"./{editor.name}"}
    with at_a_terminal(environment, folder=editor.parent) as terminal:
        seen = 0
        for cue, key in keys:
            seen = terminal.until_painted(cue, after=seen)
            terminal.type(key)
        return terminal.ended()


def an_editor(path: Path, code: int = 0) -> Path:
    """A program that looks at what it was given, and leaves two lines; what it saw."""
    seen = path.with_name("seen")
    path.write_text(EDITOR.format(seen=seen, code=code))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return seen


@pytest.mark.parametrize(("code", "words"), [(0, b"lines, edited"), (3, b"ended with")])
async def test_what_the_editor_leaves_is_in_the_composer(
    code: int, words: bytes, tmp_path: Path
) -> None:
    """At a real terminal, which comes back; the file is private, and gone after.

    Nothing of the folder that Jarvis was opened in is read by the editor.
    """
    seen = an_editor(tmp_path / "editor", code)
    keys = [(b"pudding", b"\r"), (b"newline", b"one\x0f"), (words, b"\x11")]
    assert await asyncio.to_thread(typed, tmp_path / "editor", keys) == 0
    rights, folder, path, text = seen.read_text().splitlines()
    assert rights == "drwx------"
    assert Path(folder).name == Path(path).parent.name
    assert not Path(path).parent.exists()
    assert text == "one"


async def test_what_is_typed_on_the_way_to_the_editor_is_kept_and_not_sent(
    tmp_path: Path,
) -> None:
    """It follows what the editor left."""
    seen = an_editor(tmp_path / "editor")
    keys = [
        (b"pudding", b"\r"),
        (b"newline", b"one\x0f!\r?"),
        (b"edited!?", b"\x11"),
    ]
    assert await asyncio.to_thread(typed, tmp_path / "editor", keys) == 0
    assert seen.read_text().splitlines()[3] == "one"
