"""Followers that are built after the start: they hear of what was committed before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from jarvis.daemon.inbox.changes import Committed, Follower

MOST_KEPT: Final = 64
"""Commits between the first connection and the followers, a second later at most."""


class LateFollowers:
    """Keeps the newest commits until its followers come.

    Args:
        is_heard: whether a commit is worth keeping: somebody is there to be told.
    """

    def __init__(self, is_heard: Callable[[], bool]) -> None:
        self._is_heard = is_heard
        self._kept: deque[Committed] = deque(maxlen=MOST_KEPT)
        self._followers: tuple[Follower, ...] = ()

    def follow(self, committed: Committed) -> None:
        """Tell the followers, or keep it for them."""
        for follower in self._followers:
            follower(committed)
        if not self._followers and self._is_heard():
            self._kept.append(committed)

    def come(self, *followers: Follower) -> None:
        """Tell these of what was kept, and of every commit from now on, in this order."""
        self._followers = followers
        while self._kept:
            self.follow(self._kept.popleft())
