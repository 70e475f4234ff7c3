"""Who may use the model, and when."""

from __future__ import annotations

import asyncio

import pytest

from jarvis.errors import Busy, ServerCancelled
from jarvis.inference.background import Background
from jarvis.inference.pool.fair_queue import FairQueue, Lease


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)


class Queue:
    """Callers who take their lease, note it and pass it on when told."""

    def __init__(self, queue: FairQueue) -> None:
        self.queue = queue
        self.served: list[str] = []
        self.holder: Lease | None = None

    async def want(self, caller: str, name: str, background: Background | None) -> None:
        """One wish of one caller."""
        lease = await self.queue.take(caller, background=background)
        self.served.append(name)
        self.holder = lease

    async def serve_all(self, wishes: list[str]) -> list[str]:
        """The order in which wishes are served; "a1" is caller a's, "-" in front of
        it makes it background."""
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            for wish in wishes:
                name = wish.lstrip("-")
                tasks.create_task(
                    self.want(
                        name.rstrip("123"),
                        name,
                        Background() if wish.startswith("-") else None,
                    )
                )
            for _ in wishes:
                await settle()
                assert self.holder is not None
                self.holder.release()
        return self.served


@pytest.mark.parametrize(
    ("wishes", "served"),
    [
        ("a1 a2 a3 b1 c1", "a1 b1 c1 a2 a3"),
        ("a1 a2 a3 b1 b2 b3", "a1 b1 a2 b2 a3 b3"),
        ("a1 -a2 -b1 c1 d1", "a1 c1 d1 b1 a2"),
        ("a1 b1", "a1 b1"),
    ],
)
async def test_callers_are_served_in_rotation(wishes: str, served: str) -> None:
    """One caller's many wishes keep nobody waiting; background comes last."""
    assert await Queue(FairQueue()).serve_all(wishes.split()) == served.split()


async def test_background_work_is_told_to_make_way() -> None:
    """At once when a person waits, and only then."""
    queue = FairQueue()
    told: list[str] = []
    lease = await queue.take("p", background=Background())
    lease.on_preempt = lambda: told.append("stop")
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        more = tasks.create_task(queue.take("p", background=Background()))
        await settle()
        assert told == []
        first = tasks.create_task(queue.take("a"))
        second = tasks.create_task(queue.take("b"))
        await settle()
        assert told == ["stop"]
        lease.release()
        (await first).release()
        (await second).release()
        (await more).release()
    assert queue.is_idle


async def test_whoever_gives_up_blocks_nobody() -> None:
    """While waiting, or in the very moment the lease is given."""
    queue = FairQueue()
    lease = await queue.take("a")
    waiting = asyncio.create_task(queue.take("b"))
    given = asyncio.create_task(queue.take("c"))
    last = asyncio.create_task(queue.take("d"))
    await settle()
    assert queue.waiting == 3
    waiting.cancel()
    await settle()
    lease.release()
    given.cancel()
    async with asyncio.timeout(30):
        (await last).release()
    assert queue.is_idle
    assert given.cancelled()


async def test_releasing_twice_takes_nobody_elses_turn() -> None:
    """The second call does nothing."""
    queue = FairQueue()
    first = await queue.take("a")
    first.release()
    second = await queue.take("b")
    first.release()
    assert not queue.is_idle
    second.release()


async def test_a_full_line_says_so() -> None:
    """The limit is named; those who wait can be sent away with a reason."""
    queue = FairQueue(max_waiting=1)
    await queue.take("a")
    waiting = asyncio.create_task(queue.take("b"))
    await settle()
    with pytest.raises(Busy, match="1 texts wait"):
        await queue.take("c")
    queue.fail_waiting(ServerCancelled("stopping"))
    with pytest.raises(ServerCancelled):
        await waiting


async def test_callers_long_gone_are_forgotten() -> None:
    """Any number of connections may come and go; one that comes back is like new."""
    queue = FairQueue()
    (await queue.take("back")).release()
    for caller in range(300):
        (await queue.take(caller)).release()
    assert await Queue(queue).serve_all(["x1", "back", "y1"]) == ["x1", "back", "y1"]


async def test_who_waits_is_told_how_the_line_moves() -> None:
    """As it will be served: in rotation, and people before prefetch."""
    queue = FairQueue()
    places: dict[str, list[tuple[int, int]]] = {}

    async def want(
        caller: str, name: str, background: Background | None = None
    ) -> Lease:
        def note(done: int, total: int) -> None:
            places.setdefault(name, []).append((done, total))

        return await queue.take(caller, background=background, on_move=note)

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        holder = await want("a", "a0")
        waiting = [
            tasks.create_task(want("a", "a1")),
            tasks.create_task(want("a", "a2")),
            tasks.create_task(want("p", "p1", Background())),
            tasks.create_task(want("b", "b1")),
        ]
        await settle()
        latest = {name: told[-1] for name, told in places.items()}
        assert latest == {"b1": (0, 1), "a1": (0, 2), "a2": (0, 3), "p1": (0, 4)}
        waiting[1].cancel()
        holder.release()
        await settle()
        latest = {name: told[-1] for name, told in places.items()}
        assert latest["a1"] == (1, 2)
        assert latest["p1"] == (1, 3)
        for task in (waiting[3], waiting[0], waiting[2]):
            (await task).release()
    assert "a0" not in places, "nobody was before it"


async def test_what_somebody_comes_to_wait_for_is_background_no_more() -> None:
    """In line it takes that caller's turn; with the lease it makes way for nobody."""
    queue = FairQueue()
    told: list[str] = []
    other, work = Background(), Background()
    lease = await queue.take("p", background=other)
    lease.on_preempt = lambda: told.append("other")
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(queue.take("p", background=work))
        await settle()
        assert told == []
        work.await_for("a")
        assert told == ["other"]
        assert other.is_preempted
        lease.release()
        lease = await waiting
        lease.on_preempt = lambda: told.append("work")
        person = tasks.create_task(queue.take("b"))
        await settle()
        lease.release()
        (await person).release()
    assert told == ["other"]
    assert not work.is_preempted


@pytest.mark.parametrize("way", ["release", "fail"])
async def test_who_gives_up_in_the_moment_of_its_turn_is_passed_over(way: str) -> None:
    """Its task has not run yet, so it still stands in line."""
    queue = FairQueue()
    lease = await queue.take("a")
    gone = asyncio.create_task(queue.take("b"))
    next_one = asyncio.create_task(queue.take("c"))
    await settle()
    gone.cancel()
    if way == "release":
        lease.release()
        (await next_one).release()
        assert queue.is_idle
    else:
        queue.fail_waiting(ServerCancelled("stopping"))
        with pytest.raises(ServerCancelled):
            await next_one
    with pytest.raises(asyncio.CancelledError):
        await gone
