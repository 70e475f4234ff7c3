"""The search as a reader uses it: hits come as they type, and say how they were found."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections import Counter
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from jarvis.client import Disconnected
from jarvis.errors import InvalidParams, NotYetServed, UnknownChat
from jarvis.protocol.methods.search import IndexState, SearchResults
from jarvis.tui.screens.search import SearchScreen
from jarvis.tui.store.pane import Pane
from jarvis.tui.widgets.search_hits import SearchHits
from tests.tui.fake import CLIMBING, CONVERSATIONS, MUM, found, hit
from tests.tui.scenes import (
    BOOTS,
    NARROW,
    Stage,
    ask,
    box,
    main_screen,
    ready,
    searched,
    searching,
    stage,
)


def asked(on: Stage) -> list[dict[str, object]]:
    """The questions that went out."""
    return on.client.asked_for("semantic_search")


async def test_hits_come_as_the_question_is_typed() -> None:
    """Who, where, when and what; with the messages around the first."""
    async with stage() as on:
        await searched(on)
        grid = on.grid()
    for words in (
        *("Priya in Climbing", "12 Nov", "0.66", "You to Alex Chen", "×3"),
        *("3 Oct 2024", "words", "sounds great, what time?", "and a pudding"),
        *("4 found · 14 ms · by meaning and words · 5,812 messages indexed",),
    ):
        assert words in grid


async def test_only_a_pause_asks() -> None:
    """Ten letters in one go are one question, the whole one."""
    async with stage() as on:
        on.client.found = lambda _: found(*BOOTS)
        await searching(on)
        for end in range(1, 11):
            box(on).value = "some boots"[:end]
        await on.until("4 found")
        assert asked(on) == [{"limit": 20, "query": "some boots", "filters": None}]


async def test_a_late_answer_to_an_older_question_is_dropped() -> None:
    """Though nothing but its number tells it."""
    answers: list[Future[SearchResults]] = []

    def later(_: dict[str, Any]) -> Future[SearchResults]:
        answers.append(asyncio.get_running_loop().create_future())
        return answers[-1]

    async with stage() as on:
        on.client.found = later
        await searching(on)
        box(on).value = "one"
        async with asyncio.timeout(30):
            while not answers:
                await on.settle()
        box(on).value = "two"
        await on.settle()
        search = main_screen(on)._search
        first = search.number - 1
        search.take(first, found(hit(1, "of the first question")))
        async with asyncio.timeout(30):
            while len(answers) < 2:
                await on.settle()
        assert answers[0].cancelled()
        answers[1].set_result(found(hit(2, "of the second question")))
        await on.until("of the second question")
        assert "of the first" not in on.grid()


async def test_filters_are_typed_among_the_words() -> None:
    """People and conversations by what they are called; days in the reader's zone."""
    async with stage() as on:
        await ready(on)
        await ask(
            on,
            "boots from:Mum in:Climbing after:2026-01-01 before:2026-02 has:attachment",
        )
        assert asked(on)[-1] == {
            "limit": 20,
            "query": "boots",
            "filters": {
                "chat_id": CLIMBING,
                "sender": "Mum",
                "after": "2026-01-01T00:00:00.000Z",
                "before": "2026-02-01T00:00:00.000Z",
                "has_attachment": True,
            },
        }


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("in:Nowhere boots", "in:Nowhere: no conversation is called that."),
        ("in:A boots", "in:A may be Alex Chen, Alex Park: write more of it."),
    ],
)
async def test_a_name_that_fits_nothing_or_several_is_said(
    typed: str, sentence: str
) -> None:
    """And nothing is asked with a guess."""
    mum, alex, *_ = CONVERSATIONS
    async with stage() as on:
        on.client.people = (mum, alex, replace(mum, display_name="Alex Park"))
        await ready(on)
        await ask(on, typed, sentence)
        assert not asked(on)


async def test_a_name_is_asked_about_once() -> None:
    """It stands in the box at every key."""
    async with stage() as on:
        await ready(on)
        for words in ("one", "two", "three"):
            answer = found(hit(1, f"the {words} hit"))
            on.client.found = partial(_always, answer)
            await ask(on, f"{words} in:Mum", f"the {words} hit")
        assert len(on.client.asked_for("resolve_conversation")) == 1


def _always(answer: SearchResults, _: dict[str, Any]) -> SearchResults:
    return answer


async def test_tab_looks_in_the_open_conversation_only() -> None:
    """And in all of them again."""
    async with stage() as on:
        await ready(on)
        await ask(on, "boots")
        await on.press("tab")
        assert "Search · only in Mum" in on.grid()
        assert asked(on)[-1]["filters"] == {"chat_id": MUM}
        await on.press("tab")
        assert "Search · everywhere" in on.grid()
        assert asked(on)[-1]["filters"] is None


async def test_an_empty_box_explains_itself_and_asks_nothing() -> None:
    """Also when it is emptied again."""
    async with stage() as on:
        await searched(on)
        box(on).value = ""
        await on.until("in your own words")
        assert 'in:"Book club"' in on.grid()
        assert "by meaning and words" not in on.grid()
        assert "" not in [params["query"] for params in asked(on)]


async def test_the_end_of_the_list_brings_the_next_page() -> None:
    """Once, with the cursor of the page before; its hits come below."""

    def pages(params: dict[str, Any]) -> SearchResults:
        if params.get("before") == "page 2":
            return found(*(hit(n, f"hit {n}") for n in range(20, 25)))
        return found(*(hit(n, f"hit {n}") for n in range(20)), next="page 2")

    async with stage() as on:
        on.client.found = pages
        await ready(on)
        await ask(on, "boots", "20 found so far")
        await on.press(*["down"] * 30)
        assert [params.get("before") for params in asked(on)] == [None, "page 2"]
        assert "25 found ·" in on.grid()
        assert "▌  hit 24" in on.grid()
        await on.press("pageup", "up")
        assert "▌  hit 24" not in on.grid()


async def test_a_following_page_that_fails_is_asked_for_again() -> None:
    """By the next step; what is there stays."""
    fails = [True]

    def pages(params: dict[str, Any]) -> SearchResults:
        if "before" not in params:
            return found(hit(1, "the first"), next="page 2")
        if fails.pop():
            raise InvalidParams("The cursor is too old.")
        return found(hit(2, "the second"))

    async with stage() as on:
        on.client.found = pages
        await ready(on)
        await ask(on, "boots")
        await on.press("down")
        assert "the first" in on.grid()
        fails.append(False)
        await on.press("down")
        assert "the second" in on.grid()


async def test_words_only_is_said_with_its_reason_and_how_far_the_index_is() -> None:
    """Live, for as long as the search is open, and no longer."""
    async with stage() as on:
        on.client.found = lambda _: found(
            hit(1, "boots", similarity=None),
            mode_used="keyword",
            semantic_available=False,
            reason="there is no model for meaning",
        )
        await ready(on)
        await ask(on, "boots")
        assert "by words only: there is no model for meaning" in on.grid()
        assert {"events": ["index_progress"]} in on.client.asked_for("subscribe")
        on.client.tell(IndexState(state="keywords", indexed=7, total=90))
        await on.settle()
        assert "7 of 90 messages indexed" in on.grid()
        on.client.tell(IndexState(state="failed", reason="the disk is full"))
        await on.settle()
        assert "the index failed: the disk is full" in on.grid()
        await on.press("escape")
        assert on.client.asked_for("unsubscribe") == [{"subscription": "s1"}]


@pytest.mark.parametrize(
    "error",
    [
        NotYetServed("This Jarvis does not search yet."),
        UnknownChat("There is no such conversation."),
        InvalidParams("after lies behind before.", "filters.after"),
    ],
)
async def test_an_error_is_a_sentence_in_the_place_of_hits(error: Exception) -> None:
    """The next question is asked all the same."""

    def refuse(_: dict[str, Any]) -> SearchResults:
        raise error

    async with stage() as on:
        on.client.found = refuse
        await ready(on)
        await ask(on, "boots", str(error).split(".", maxsplit=1)[0])
        on.client.found = lambda _: found(*BOOTS)
        await ask(on, "boots again", "4 found")


async def test_a_daemon_that_goes_and_comes_back_is_asked_again() -> None:
    """What was found stays readable meanwhile."""
    async with stage() as on:
        await searched(on)
        on.client.tell(Disconnected("The connection to Jarvis ended.", 4.0))
        await on.settle()
        assert "Jarvis is not connected" in on.grid()
        assert "Priya in Climbing" in on.grid()
        count = len(on.client.asked_for("subscribe"))
        on.client.connect()
        await on.settle()
        assert "Jarvis is not connected" not in on.grid()
        subscribed = on.client.asked_for("subscribe")[count:]
        assert {"events": ["index_progress"]} in subscribed


async def test_what_was_found_by_words_only_is_looked_for_again() -> None:
    """Once the index is ready; who went down the hits keeps them."""
    answers = [found(hit(2, "more")), found(hit(1, "one"), hit(3, "two"))]
    async with stage() as on:
        on.client.index = IndexState(state="keywords", indexed=7, total=90)
        on.client.found = lambda _: answers.pop()
        await ready(on)
        await ask(on, "boots")
        await on.press("down")
        on.client.tell(IndexState(state="ready", indexed=90, total=90))
        await on.settle()
        assert "two" in on.grid()
        await on.press("up")
        on.client.tell(IndexState(state="vectors", indexed=90, total=90))
        on.client.tell(IndexState(state="ready", indexed=90, total=90))
        await on.until("more")
        assert len(asked(on)) == 2


async def test_what_the_index_tells_does_not_move_the_hits() -> None:
    """The wheel may have left the cursor behind."""
    async with stage(NARROW) as on:
        on.client.found = lambda _: found(*(hit(n, f"hit {n}") for n in range(20)))
        await ready(on)
        await ask(on, "boots")
        hits = on.app.screen.query_one(SearchHits)
        hits.scroll_to(y=12, animate=False, immediate=True)
        await on.settle()
        assert "hit 6" in on.grid()
        on.client.tell(IndexState(state="keywords", indexed=7, total=90))
        await on.settle()
        assert "7 of 90" in on.grid()
        assert "hit 6" in on.grid()
        assert hits.scroll_offset.y == 12
        await on.press("down")
        assert hits.scroll_offset.y == 2


async def test_whatever_comes_together_is_drawn_once() -> None:
    """Also over the search: one drawing a turn of the loop, and none of what lies below."""
    async with stage() as on:
        await searched(on)
        screen = on.app.screen
        assert isinstance(screen, SearchScreen)
        below, before = Counter(main_screen(on).redraws), screen.redraws
        for number in range(50):
            on.client.tell(IndexState(state="keywords", indexed=number, total=90))
        await on.settle()
        assert screen.redraws == before + 1
        assert "49 of 90" in on.grid()
        assert set(main_screen(on).redraws - below) <= {Pane.STATUS}
