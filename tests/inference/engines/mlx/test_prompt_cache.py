"""What is reused of a chat's last prompt, and what is given up."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.errors import Cancelled
from jarvis.inference.engines.mlx.prompt_cache import (
    MOST_CHATS,
    PromptCaches,
    cache_budget_bytes,
    common_prefix,
)

How = Literal["done", "left", "taken back", "ahead", "broken"]


@dataclass
class FakeCache:
    """Remembers the ids it was fed; ten bytes each."""

    can_trim: bool
    fed: list[int] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        """How many it was fed."""
        return len(self.fed)

    @property
    def size_bytes(self) -> int:
        """Ten bytes each."""
        return 10 * len(self.fed)

    def trim(self, tokens: int) -> bool:
        """Forget the last ones."""
        if self.can_trim:
            del self.fed[len(self.fed) - tokens :]
        return self.can_trim

    def copy(self) -> Self:
        """Another list."""
        return type(self)(self.can_trim, [*self.fed])


class Chats:
    """Caches as an engine uses them, and what it found when it began."""

    def __init__(self, *, can_trim: bool, budget_bytes: int = 10**6) -> None:
        self.evictions = 0
        self.caches: PromptCaches[FakeCache] = PromptCaches(
            lambda: FakeCache(can_trim), budget_bytes, self._count
        )

    def _count(self) -> None:
        self.evictions += 1

    def write(
        self,
        ids: list[int],
        *,
        chat: str = "a",
        stable: int = 0,
        answer: tuple[int, ...] = (90, 91),
        how: How = "done",
    ) -> int:
        """Read a prompt and write an answer; how many ids of it were reused."""
        steps = self._steps(chat, ids, stable, answer, how)
        reused = next(steps)
        if how == "left":
            next(steps, None)
            steps.close()
        else:
            with suppress(Cancelled, ZeroDivisionError):
                list(steps)
        return reused

    def _steps(
        self, chat: str, ids: list[int], stable: int, answer: tuple[int, ...], how: How
    ) -> Generator[int, None, None]:
        with self.caches.lent(chat, ids, lambda: stable) as loan:
            assert loan.cache.fed == ids[: loan.reused_tokens]
            assert loan.reused_tokens < len(ids)
            yield loan.reused_tokens
            begin = loan.reused_tokens
            if (end := loan.snapshot_tokens) is not None:
                loan.cache.fed += ids[begin:end]
                loan.take_snapshot()
                begin = end
            if how == "taken back":
                loan.cache.fed += ids[begin:-1]
                raise Cancelled("Nobody wants it.")
            loan.cache.fed += ids[begin:]
            if how == "broken":
                raise ZeroDivisionError
            for token in answer:
                loan.cache.fed.append(token)
                loan.written.append(token)
                yield token
            if how == "ahead":
                loan.cache.fed.append(99)


PROMPT = list(range(40))


@pytest.mark.parametrize("how", ["done", "left", "ahead"])
def test_a_cache_that_can_be_cut_is_reused_up_to_where_prompts_part(how: How) -> None:
    """The same again: all but the last id. More behind: all. Another end: the rest."""
    chats = Chats(can_trim=True)
    assert chats.write(PROMPT, how=how) == 0
    assert chats.write(PROMPT, how=how) == 39
    assert chats.write([*PROMPT, 50, 51], how=how) == 40
    assert chats.write([*PROMPT[:30], 60, 61], how=how) == 30
    assert chats.write([70], how=how) == 0


def test_what_was_read_before_it_was_taken_back_is_not_read_again() -> None:
    """A prefetch that made way for a person has not worked for nothing."""
    for can_trim in (True, False):
        chats = Chats(can_trim=can_trim)
        chats.write(PROMPT, how="taken back")
        assert chats.write(PROMPT) == 39


@pytest.mark.parametrize("can_trim", [True, False])
def test_a_cache_that_met_an_error_is_gone(can_trim: bool) -> None:
    """It may have been left half written."""
    chats = Chats(can_trim=can_trim)
    chats.write(PROMPT)
    chats.write(PROMPT, how="broken")
    assert chats.caches.chats == ()
    assert chats.write(PROMPT) == 0


def test_a_cache_that_cannot_be_cut_goes_on_from_a_snapshot() -> None:
    """Where the stable part of the prompt ends, until something before it changes."""
    chats = Chats(can_trim=False)
    assert chats.write([*PROMPT, 50], stable=35) == 0
    assert chats.write([*PROMPT, 50], stable=35) == 35
    assert chats.write([*PROMPT, 60], stable=35) == 35
    assert chats.write([*PROMPT[:20], 70], stable=20) == 0
    assert chats.write([*PROMPT[:20], 71], stable=20) == 20


def test_a_snapshot_moves_to_where_two_prompts_of_a_chat_parted() -> None:
    """A transcript that grows parts from its former self before its own stable end."""
    chats = Chats(can_trim=False)
    talk = list(range(1000))
    asks = [7000, 7001, 7002]
    assert chats.write([*talk[:600], *asks], stable=601) == 0
    assert chats.write([*talk[:620], *asks], stable=621) == 0
    assert chats.write([*talk[:640], *asks], stable=641) == 600
    assert chats.write([*talk[:900], *asks], stable=901) == 600
    assert chats.write([*talk[:920], *asks], stable=921) == 600
    assert chats.write([*talk[:940], *asks], stable=941) == 900


def test_chats_do_not_see_each_other() -> None:
    """What one has read is not the beginning of another."""
    chats = Chats(can_trim=True)
    chats.write(PROMPT, chat="a")
    assert chats.write(PROMPT, chat="b") == 0
    assert chats.write(PROMPT, chat="a") == 39


def test_the_chat_used_longest_ago_goes_first() -> None:
    """Four are kept; whoever wrote again is not the oldest any more."""
    chats = Chats(can_trim=True)
    for chat in "abcd":
        chats.write(PROMPT, chat=chat)
    chats.write(PROMPT, chat="a")
    assert chats.evictions == 0
    chats.write(PROMPT, chat="e")
    assert chats.caches.chats == ("c", "d", "a", "e")
    assert chats.evictions == 1
    assert chats.write(PROMPT, chat="b") == 0


@pytest.mark.parametrize("can_trim", [True, False])
def test_nothing_is_kept_that_is_larger_than_the_budget(can_trim: bool) -> None:
    """Not even a chat alone; snapshots count as well."""
    exactly = 420 if can_trim else 770
    chats = Chats(can_trim=can_trim, budget_bytes=exactly)
    chats.write(PROMPT, stable=35)
    assert chats.caches.size_bytes == exactly
    chats.write([*PROMPT, 50, 51], stable=35)
    assert chats.caches.size_bytes == 0
    assert chats.evictions == 1


IDS = st.lists(st.integers(0, 2), min_size=1, max_size=12)
ASKS = st.tuples(
    IDS,
    st.sampled_from("abcdef"),
    st.integers(0, 12),
    st.lists(st.integers(0, 2), max_size=3).map(tuple),
    st.sampled_from(["done", "left", "taken back", "ahead", "broken"]),
)


@given(st.lists(ASKS, max_size=20), st.booleans(), st.integers(0, 600))
def test_a_cache_holds_just_what_it_says(
    asks: list[tuple[list[int], str, int, tuple[int, ...], How]],
    can_trim: bool,
    budget_bytes: int,
) -> None:
    """Whatever prompts come and however they end; and the budget is kept."""
    chats = Chats(can_trim=can_trim, budget_bytes=budget_bytes)
    for ids, chat, stable, answer, how in asks:
        chats.write(
            ids, chat=chat, stable=min(stable, len(ids)), answer=answer, how=how
        )
        assert chats.caches.size_bytes <= budget_bytes
        assert len(chats.caches.chats) <= MOST_CHATS


@given(IDS, IDS)
def test_a_common_prefix_is_common_and_as_long_as_can_be(
    first: list[int], second: list[int]
) -> None:
    """By the plain definition."""
    length = common_prefix(first, second)
    assert first[:length] == second[:length]
    assert length == min(len(first), len(second)) or first[length] != second[length]


def test_the_budget_follows_the_machines_memory() -> None:
    """256 MiB with 8 GB, 512 MiB with 16 GB, 1 GiB above."""
    sizes_mib = [cache_budget_bytes(gib * 2**30) // 2**20 for gib in (4, 8, 16, 18, 64)]
    assert sizes_mib == [256, 256, 512, 1024, 1024]
