"""The reader's own editor: which one, what comes back, and that the screen comes back."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import stat
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from jarvis.tui.editor import command
from jarvis.tui.widgets.composer import Composer
from tests.tui.scenes import stage, writing

ROOT = Path(__file__).parents[2]
APP = """
from jarvis.tui.app import JarvisApp
from tests.tui.fake import FakeClient
client = FakeClient()
client.connect()
JarvisApp(client.as_client()).run()
"""
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
        assert "cannot be handed to an editor" in on.grid()
        assert on.app.screen.query_one(Composer).text == "one"


def played_at_a_terminal(editor: Path, keys: list[tuple[bytes, bytes]]) -> int:
    """The screen at a real terminal; each key is typed once its cue was painted.

    It is opened in the editor's folder, and the editor named by its path from there. The
    exit code.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 110, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", APP],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={
            **os.environ,
            "EDITOR": f"./{editor.name}",
            "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
        },
        cwd=editor.parent,
    )
    os.close(theirs)
    painted = b""
    end_s = time.monotonic() + 30
    try:
        for cue, key in keys:
            before = len(painted)
            while cue not in painted[before:]:
                painted += read_some(ours, end_s)
            os.write(ours, key)
        while process.poll() is None:
            read_some(ours, end_s)
    finally:
        process.kill()
        process.wait(10)
        os.close(ours)
    return process.returncode


def read_some(terminal: int, end_s: float) -> bytes:
    """What was painted since; nothing where the screen has ended."""
    assert time.monotonic() < end_s
    if not select.select([terminal], [], [], 0.1)[0]:
        return b""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""  # so Linux says that nobody paints any more


@pytest.mark.parametrize(("code", "words"), [(0, b"lines, edited"), (3, b"ended with")])
async def test_what_the_editor_leaves_is_in_the_composer(
    code: int, words: bytes, tmp_path: Path
) -> None:
    """At a real terminal, which comes back; the file is private, and gone after.

    Nothing of the folder that Jarvis was opened in is read by the editor.
    """
    editor, seen = tmp_path / "editor", tmp_path / "seen"
    editor.write_text(EDITOR.format(seen=seen, code=code))
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    keys = [(b"pudding", b"\r"), (b"newline", b"one\x0f"), (words, b"\x11")]
    assert await asyncio.to_thread(played_at_a_terminal, editor, keys) == 0
    rights, folder, path, text = seen.read_text().splitlines()
    assert rights == "drwx------"
    assert Path(folder).name == Path(path).parent.name
    assert not Path(path).parent.exists()
    assert text == "one"
