"""What a start does without: loaded in a thread, and built, when it is first needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Final, Generic, TypeVar

from jarvis.errors import ModelUnavailable
from jarvis.inference.process import check_program

T = TypeVar("T")


class Room(Generic[T]):
    """Code that is loaded once, in a thread, when it is first needed."""

    def __init__(self, load: Callable[[], T]) -> None:
        """`load` imports it."""
        self._load = load
        self._loaded: list[T] = []

    async def load(self) -> T:
        """What was loaded; who comes while it is being loaded waits for it.

        Raises:
            ModelUnavailable: the program was updated or removed since the daemon began.
        """
        if not self._loaded:
            self._loaded = [await asyncio.to_thread(self._checked)]
        return self._loaded[0]

    def _checked(self) -> T:
        check_program()  # what lies there now may be of another version, or gone
        try:
            return self._load()
        except (ImportError, OSError):
            check_program()  # it went meanwhile
            raise


class Part(Generic[T]):
    """A part of the daemon that is built when it is first asked for.

    One task builds it, holds it open and closes it, as task groups want it. `load` of the
    room gives what opens it.
    """

    def __init__(
        self,
        room: Room[Callable[[], AbstractAsyncContextManager[T]]],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.built: T | None = None
        self._room: Final = room
        self._followers: list[Callable[[T], None]] = []
        self._is_wanted = asyncio.Event()
        self._is_built = asyncio.Event()
        self._is_over = asyncio.Event()
        self._life = tasks.create_task(self._live())

    async def get(self) -> T:
        """The part, built by now.

        Raises:
            ModelUnavailable: the program was updated or removed since the daemon began.
        """
        if self.built is None:
            await self._room.load()
            self._is_wanted.set()
            await self._is_built.wait()
            assert self.built is not None
        return self.built

    def when_built(self, act: Callable[[T], None]) -> None:
        """Have it built, and call `act` with it then; at once where it is."""
        if self.built is not None:
            act(self.built)
            return
        self._followers.append(act)
        self._is_wanted.set()

    async def _live(self) -> None:
        opening = await self._loaded()
        async with opening() as self.built:
            self._is_built.set()
            for follower in self._followers:
                follower(self.built)
            self._followers.clear()
            await self._is_over.wait()

    async def _loaded(self) -> Callable[[], AbstractAsyncContextManager[T]]:
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            with suppress(ModelUnavailable):  # whoever asks is told
                return await self._room.load()

    def close(self) -> None:
        """End it, or build it never."""
        if self.built is None:
            self._life.cancel()
        self._is_over.set()
