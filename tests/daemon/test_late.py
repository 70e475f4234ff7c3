"""What is loaded and built when it is needed, and what it hears of the time before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jarvis.daemon import late
from jarvis.daemon.inbox import Committed
from jarvis.daemon.inbox.late_followers import MOST_KEPT, LateFollowers
from jarvis.daemon.late import Part, Room
from jarvis.errors import ModelUnavailable


class Counted:
    """A part that counts how often it was built and closed."""

    def __init__(self) -> None:
        self.built = 0
        self.closed = 0
        self.may_open = asyncio.Event()
        self.may_open.set()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Counted]:
        """Open until the block is left."""
        await self.may_open.wait()
        self.built += 1
        try:
            yield self
        finally:
            self.closed += 1

    def part(self, tasks: asyncio.TaskGroup) -> Part[Counted]:
        """It, not built yet."""
        return Part(Room(lambda: self.opened), tasks)


async def test_a_part_is_built_once_however_many_ask() -> None:
    """And closed once; who asks while it is being built waits for the same."""
    counted = Counted()
    async with asyncio.TaskGroup() as tasks:
        part = counted.part(tasks)
        assert part.built is None
        seen: list[Counted] = []
        part.when_built(seen.append)
        one, other = await asyncio.gather(part.get(), part.get())
        part.when_built(seen.append)
        assert one is other is counted
        assert seen == [counted, counted]
        part.close()
    assert (counted.built, counted.closed) == (1, 1)


async def test_a_part_that_nobody_asks_for_is_never_built() -> None:
    """A daemon that ends builds nothing first."""
    counted = Counted()
    async with asyncio.TaskGroup() as tasks:
        counted.part(tasks).close()
    assert counted.built == 0


async def test_a_part_that_is_being_built_ends_with_the_daemon() -> None:
    """What it waits for may never come."""
    counted = Counted()
    counted.may_open.clear()
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        part = counted.part(tasks)
        part.when_built(lambda built: None)
        for _ in range(3):
            await asyncio.sleep(0)
        part.close()
    assert counted.built == 0


async def test_whoever_asks_is_told_that_the_program_was_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The daemon goes on; the next who asks tries again."""
    counted = Counted()

    def replaced() -> None:
        raise ModelUnavailable("Jarvis was updated.")

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        part = counted.part(tasks)
        with monkeypatch.context() as patched:
            patched.setattr(late, "check_program", replaced)
            part.when_built(lambda built: None)
            for _ in range(2):
                with pytest.raises(ModelUnavailable):
                    await part.get()
        assert await part.get() is counted
        part.close()


def test_late_followers_hear_of_what_was_committed_before() -> None:
    """In its order, and each once; from then on of everything at once."""
    commits = [Committed(lost_others=bool(number % 2)) for number in range(3)]
    heard: list[tuple[str, Committed]] = []
    followers = LateFollowers(is_heard=lambda: True)
    followers.follow(commits[0])
    followers.follow(commits[1])
    followers.come(
        lambda committed: heard.append(("one", committed)),
        lambda committed: heard.append(("other", committed)),
    )
    followers.follow(commits[2])
    assert heard == [(who, each) for each in commits for who in ("one", "other")]


def test_what_nobody_could_be_told_of_is_not_kept() -> None:
    """Nor more than the newest."""
    heard: list[Committed] = []
    is_anybody_there = False
    followers = LateFollowers(is_heard=lambda: is_anybody_there)
    followers.follow(Committed())
    is_anybody_there = True
    for _ in range(MOST_KEPT + 1):
        followers.follow(Committed(lost_others=True))
    followers.come(heard.append)
    assert len(heard) == MOST_KEPT
    assert all(each.lost_others for each in heard)
