"""The backend of this machine's kernel, whichever that is, on real files."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from jarvis.daemon.watching import WatchBackend, backends_for
from jarvis.daemon.watching.backend import to_the_end
from tests.daemon.watching.ear import PATIENCE_S, Ear, listening, open_files
from tests.daemon.watching.files import Files, Writer

Act = Callable[[Files], None]


def exact_backend(database: Path) -> WatchBackend:
    """The one that promises every change."""
    best = backends_for(database)[0]
    if not best.is_exact:
        pytest.skip("this system has no file events")
    return best


async def test_a_commit_is_heard_though_the_log_stays_open(files: Files) -> None:
    """A library that waits for the file to be closed is deaf here."""
    async with listening(exact_backend(files.path)) as ear:
        assert await ear.hears_each(files.append)


async def test_a_commit_is_heard_though_no_size_changes(files: Files) -> None:
    """After a checkpoint the log is written over from its start."""
    files.append()
    async with listening(exact_backend(files.path)) as ear:
        assert await ear.hears_each(files.overwrite)


async def test_a_log_that_was_missing_is_heard_from_its_first_byte(
    files: Files,
) -> None:
    """Messages may not have been started yet."""
    files.remove_log()
    async with listening(exact_backend(files.path)) as ear:
        assert await ear.hears(files.create_log)
        assert await ear.hears_each(files.append)


async def test_a_log_made_anew_is_heard(files: Files) -> None:
    """Messages was quit and started: the name is the same, the file is not."""
    async with listening(exact_backend(files.path)) as ear:
        for _ in range(3):
            assert await ear.hears(files.remove_log)
            assert await ear.hears(files.create_log)
            assert await ear.hears_each(files.append)


async def test_sqlite_is_heard_through_checkpoints_and_reopening(
    tmp_path: Path,
) -> None:
    """The real thing: commits, a log cut to nothing, a log gone, a log made anew."""
    path = tmp_path / "chat.db"
    async with listening(exact_backend(path)) as ear:
        for _ in range(2):
            writer = Writer(path)
            assert await ear.hears_each(writer.commit)
            assert await ear.hears(writer.checkpoint)
            assert await ear.hears_each(writer.commit)
            assert await ear.hears(writer.close)


async def test_a_database_renamed_over_is_heard(files: Files) -> None:
    """Messages rebuilds its file now and then."""
    async with listening(exact_backend(files.path)) as ear:
        for _ in range(3):
            assert await ear.hears(files.replace)
        assert await ear.hears_each(files.append)


async def test_a_directory_may_come_later(tmp_path: Path) -> None:
    """Step by step, from the closest one above; then its log is heard."""
    files = Files(tmp_path / "Library" / "Messages")
    async with listening(exact_backend(files.path)) as ear:
        assert await ear.hears(files.directory.parent.mkdir)
        assert await ear.hears(files.make)
        assert await ear.hears_each(files.append)
    files.close()


def move_away(files: Files) -> None:
    """It lives on under another name, the log in it open."""
    files.directory.rename(files.directory.with_name(f"was {files.log.stat().st_ino}"))


@pytest.mark.parametrize(
    "lose", [Files.remove_all, move_away], ids=["removed", "moved away"]
)
async def test_a_directory_may_go_and_come_back(files: Files, lose: Act) -> None:
    """What then has its name is another directory."""
    async with listening(exact_backend(files.path)) as ear:
        for _ in range(2):
            assert await ear.hears(partial(lose, files))
            assert await ear.hears(files.make)
            assert await ear.hears_each(files.append)


async def test_a_directory_that_is_replaced_at_once_is_heard(files: Files) -> None:
    """Gone and back before anybody could poll."""

    def replace() -> None:
        files.remove_all()
        files.make()

    async with listening(exact_backend(files.path)) as ear:
        for _ in range(3):
            assert await ear.hears(replace)
            assert await ear.hears_each(files.append)


async def test_links_are_followed_to_where_the_log_is(
    files: Files, tmp_path: Path
) -> None:
    """SQLite writes its log beside the real file."""
    link = tmp_path / "chat.db"
    link.symlink_to(files.path)
    async with listening(exact_backend(link)) as ear:
        assert await ear.hears_each(files.append)


async def test_a_backend_that_begins_anew_hears_as_before(files: Files) -> None:
    """As it must after the machine slept."""
    backend = exact_backend(files.path)
    for _ in range(3):
        async with listening(backend) as ear:
            assert await ear.hears_each(files.append)


async def test_a_backend_leaves_no_file_open(files: Files) -> None:
    """Neither when it is stopped at work nor in the middle of anything."""
    backend = exact_backend(files.path)
    async with listening(backend) as ear:
        assert await ear.hears(files.append)
    before = open_files()
    async with listening(backend):
        assert open_files() > before
    for turns in range(6):
        running = asyncio.create_task(backend.run(Ear().wake))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait([running], timeout=PATIENCE_S)
        assert running.cancelled()
    assert open_files() <= before


async def test_what_runs_to_the_end_does_so_though_cancelled_twice() -> None:
    """Else a descriptor could be closed under a thread that uses it."""
    begun, may_end = threading.Event(), threading.Event()
    has_ended = False

    def work() -> None:
        nonlocal has_ended
        begun.set()
        may_end.wait(PATIENCE_S)
        has_ended = True

    task = asyncio.create_task(to_the_end(work))
    assert await asyncio.to_thread(begun.wait, PATIENCE_S)
    for _ in range(3):
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    await asyncio.wait([task], timeout=PATIENCE_S)
    assert task.cancelled()
    assert has_ended
