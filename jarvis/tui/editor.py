"""The reader's own editor, for a message that is longer than a line."""

from __future__ import annotations

import asyncio
import shlex
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from textual.app import App, SuspendNotSupported

from jarvis.errors import JarvisError
from jarvis.processes import start_on_terminal

FALLBACK: Final = "vi"


def command(environment: Mapping[str, str]) -> list[str]:
    """$VISUAL, else $EDITOR, else vi; with the arguments they carry."""
    chosen = environment.get("VISUAL") or environment.get("EDITOR") or FALLBACK
    return shlex.split(chosen)


async def edit(app: App[object], text: str, editor: list[str]) -> str:
    """Give the terminal to an editor; the text it leaves behind.

    The one file that holds words of the reader's: an editor takes nothing else. It lies
    in a directory only they can enter, and is gone with it when the editor closes.

    Raises:
        JarvisError: no editor could be opened, or it ended with an error.
    """
    with TemporaryDirectory(prefix="jarvis-", ignore_cleanup_errors=True) as private:
        path = Path(private) / "message.txt"
        await asyncio.to_thread(path.write_text, text, "utf-8")
        try:
            # Without the batch what is painted meanwhile queues up for a writer that
            # stands still, and after thirty of them the loop waits for it for ever.
            # Nothing may be raised in the block: the terminal would not be taken back.
            with app.batch_update(), app.suspend(), _deaf_to_interrupts():
                code = await _run([*editor, str(path)], path.parent)
        except SuspendNotSupported as error:
            reason = "This terminal cannot be handed to an editor."
            raise JarvisError(reason) from error
        if code is None:
            reason = f"{editor[0]} cannot be run; $VISUAL or $EDITOR names another."
            raise JarvisError(reason)
        if code != 0:
            raise JarvisError(f"{editor[0]} ended with code {code}; nothing changed.")
        edited = await asyncio.to_thread(path.read_text, "utf-8", "replace")
    return edited.removesuffix("\n")


async def _run(words: list[str], folder: Path) -> int | None:
    """The exit code; None when there is no such program."""
    try:
        process = await start_on_terminal(words, folder=folder)
    except OSError:
        return None
    return await process.wait()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ctrl+c is for the editor; a handler, unlike ignoring, is not handed on to it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
