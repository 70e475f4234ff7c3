"""What only inotify can do, and only inotify can get wrong."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import pytest

from jarvis.daemon.watching.inotify import InotifyBackend
from tests.daemon.watching.ear import Ear, listening
from tests.daemon.watching.files import Files

if sys.platform != "linux":
    pytest.skip("inotify is Linux's", allow_module_level=True)

_MOST_THAT_WAIT = Path("/proc/sys/fs/inotify/max_queued_events")
_TOO_MANY = 200_000


def most_that_wait() -> int:
    """Events that the kernel keeps for one reader."""
    return int(_MOST_THAT_WAIT.read_text())


@pytest.mark.parametrize(
    "name",
    ["chat.db-shm", "Attachments/00/photo.heic", "prefs.plist"],
    ids=["shared memory", "an attachment", "another file"],
)
async def test_what_does_not_matter_wakes_nobody(files: Files, name: str) -> None:
    """Readers write to the shared memory: they would wake themselves."""

    def write_beside_then_commit() -> None:
        for _ in range(20):
            files.write_beside(name)
        files.append()

    files.directory.joinpath(name).parent.parent.mkdir(exist_ok=True)
    async with listening(InotifyBackend(files.path)) as ear:
        begun = ear.wakes
        # The kernel tells in order: when the commit is heard, the rest would have been.
        assert await ear.hears(write_beside_then_commit)
        assert ear.wakes == begun + 1


async def test_a_queue_that_ran_over_is_listened_to_anew(files: Files) -> None:
    """Also when what was lost is the end of the directory itself."""
    most = most_that_wait()
    if most > _TOO_MANY:
        pytest.skip(f"this kernel keeps {most} events")

    def run_over() -> None:
        for number in range(most + 10):
            # The same event twice in a row would be told once.
            files.directory.joinpath(f"{number % 2}").touch()
        files.remove_all()
        files.make()

    async with listening(InotifyBackend(files.path)) as ear:
        assert await ear.hears(run_over)
        assert await ear.hears_each(files.append)


async def test_a_system_with_nothing_left_to_give_says_so(files: Files) -> None:
    """The watcher then uses the next backend."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    first_free = os.dup(0)
    os.close(first_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, limits[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            await InotifyBackend(files.path).run(Ear().wake)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


async def test_a_directory_that_may_not_be_read_is_waited_for(files: Files) -> None:
    """Its permissions are what the directory above tells of."""
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to this user")
    async with listening(InotifyBackend(files.path)) as ear:
        assert await ear.hears(lambda: files.directory.chmod(0))
    async with listening(InotifyBackend(files.path)) as ear:
        assert await ear.hears(lambda: files.directory.chmod(0o700))
        assert await ear.hears_each(files.append)
