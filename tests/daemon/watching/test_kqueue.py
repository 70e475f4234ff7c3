"""The Mac's backend at its seam, on any system: which files it holds when."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from jarvis.daemon.watching.kqueue import (
    NOTE_ATTRIB,
    NOTE_DELETE,
    NOTE_EXTEND,
    NOTE_RENAME,
    NOTE_WRITE,
    KqueueBackend,
)
from tests.daemon.watching.ear import PATIENCE_S, Ear, listening, open_files
from tests.daemon.watching.files import Files
from tests.daemon.watching.kernel_queue import FakeQueue


@pytest.fixture
def queue() -> Iterator[FakeQueue]:
    """What the backend gets for a kqueue."""
    queue = FakeQueue()
    yield queue
    queue.close()


@asynccontextmanager
async def listening_to(files: Files, queue: FakeQueue) -> AsyncIterator[Ear]:
    """A backend on these files."""
    async with listening(KqueueBackend(files.path, lambda: queue)) as ear:
        yield ear


def telling(queue: FakeQueue, fd: int | None, notes: int) -> Callable[[], None]:
    """The act of telling this."""
    return lambda: queue.tell(fd, notes)


async def test_the_directory_and_the_log_are_held_and_nothing_else(
    files: Files, queue: FakeQueue
) -> None:
    """Closing a second descriptor of chat.db would drop SQLite's locks on it."""
    async with listening_to(files, queue):
        assert queue.fd_of(files.directory) is not None
        assert queue.fd_of(files.log) is not None
        assert queue.fd_of(files.path) is None
        assert queue.files() == 2


@pytest.mark.parametrize("notes", [NOTE_WRITE | NOTE_EXTEND, NOTE_WRITE, NOTE_ATTRIB])
async def test_whatever_is_noted_of_the_log_wakes(
    files: Files, queue: FakeQueue, notes: int
) -> None:
    """Growing, written over, cut to nothing; each note of several."""
    async with listening_to(files, queue) as ear:
        begun, fd = ear.wakes, queue.fd_of(files.log)
        for _ in range(20):
            assert await ear.hears(telling(queue, fd, notes))
        assert ear.wakes == begun + 20


async def test_a_log_that_appears_is_held_from_then_on(
    files: Files, queue: FakeQueue
) -> None:
    """The directory tells of it."""
    files.remove_log()
    async with listening_to(files, queue) as ear:
        assert queue.files() == 1
        files.create_log()
        directory = queue.fd_of(files.directory)
        assert await ear.hears(telling(queue, directory, NOTE_WRITE))
        assert await ear.hears(telling(queue, queue.fd_of(files.log), NOTE_WRITE))


@pytest.mark.parametrize("lost", [NOTE_DELETE, NOTE_RENAME])
async def test_a_log_that_went_is_let_go_and_the_new_one_held(
    files: Files, queue: FakeQueue, lost: int
) -> None:
    """A queue listens to a file, not to its name."""
    async with listening_to(files, queue) as ear:
        for _ in range(3):
            old = queue.fd_of(files.log)
            kept = files.log.with_name("kept")  # so that its inode is not used again
            files.log.rename(kept)
            assert await ear.hears(telling(queue, old, lost))
            assert queue.files() == 1
            files.create_log()
            directory = queue.fd_of(files.directory)
            assert await ear.hears(telling(queue, directory, NOTE_WRITE))
            assert await ear.hears(telling(queue, queue.fd_of(files.log), NOTE_WRITE))
            assert queue.files() == 2


async def test_a_log_replaced_at_once_is_noticed_by_the_directory_alone(
    files: Files, queue: FakeQueue
) -> None:
    """The note of the old file may be lost; its name leads to another file now."""
    async with listening_to(files, queue) as ear:
        old = queue.fd_of(files.log)
        files.log.rename(files.log.with_name("kept"))
        files.create_log()
        directory = queue.fd_of(files.directory)
        assert await ear.hears(telling(queue, directory, NOTE_WRITE))
        assert queue.fd_of(files.log) is not None
        assert queue.fd_of(files.log.with_name("kept")) is None
        assert queue.files() == 2
        assert old is not None


async def test_a_directory_that_went_is_waited_for_from_above(
    files: Files, queue: FakeQueue
) -> None:
    """And held again, log and all, when it is back."""
    async with listening_to(files, queue) as ear:
        old = queue.fd_of(files.directory)
        files.remove_all()
        assert await ear.hears(telling(queue, old, NOTE_DELETE))
        above = queue.fd_of(files.directory.parent)
        assert queue.files() == 1
        files.make()
        assert await ear.hears(telling(queue, above, NOTE_WRITE))
        assert queue.fd_of(files.directory) is not None
        assert await ear.hears(telling(queue, queue.fd_of(files.log), NOTE_WRITE))
        assert queue.files() == 2


async def test_a_kernel_that_gives_no_more_watches_says_so(
    files: Files, queue: FakeQueue
) -> None:
    """And nothing stays open; the watcher then uses the next backend."""
    before = open_files()
    queue.gives_up_after = 1
    with pytest.raises(OSError, match="Cannot allocate memory"):
        await KqueueBackend(files.path, lambda: queue).run(Ear().wake)
    assert queue.is_closed
    assert open_files() == before - 2  # the queue's own


async def test_a_watch_refused_later_says_so_too(
    files: Files, queue: FakeQueue
) -> None:
    """Not only at the beginning."""
    ear = Ear()
    running = asyncio.create_task(
        KqueueBackend(files.path, lambda: queue).run(ear.wake)
    )
    assert await ear.is_woken()
    queue.gives_up_after = 2
    files.log.rename(files.log.with_name("kept"))
    files.create_log()
    queue.tell(queue.fd_of(files.directory), NOTE_WRITE)
    with pytest.raises(OSError, match="Cannot allocate memory"):
        await asyncio.wait_for(running, PATIENCE_S)


async def test_a_stopped_backend_holds_nothing(files: Files) -> None:
    """And begins anew with a queue of its own."""
    made: list[FakeQueue] = []

    def make() -> FakeQueue:
        made.append(FakeQueue())
        return made[-1]

    before = open_files()
    backend = KqueueBackend(files.path, make)
    for _ in range(3):
        async with listening(backend) as ear:
            fd = made[-1].fd_of(files.log)
            assert await ear.hears(telling(made[-1], fd, NOTE_WRITE))
    assert len(made) == 3
    assert all(queue.is_closed for queue in made)
    assert open_files() <= before


async def test_a_log_that_may_not_be_read_is_no_reason_to_give_up(
    files: Files, queue: FakeQueue
) -> None:
    """The directory tells of what happens to it."""
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to this user")
    files.log.chmod(0)
    async with listening_to(files, queue) as ear:
        assert queue.files() == 1
        files.log.chmod(0o600)
        directory = queue.fd_of(files.directory)
        assert await ear.hears(telling(queue, directory, NOTE_ATTRIB))
        assert queue.files() == 2
