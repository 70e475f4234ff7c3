"""Steering the index: who decides when it is made, and what it says meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.inference.states import NO_MODEL, Selection
from tests.daemon.inbox.followed import Followed
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.indexing.indexed import IDLE, Indexed, running
from tests.inference.embedders.folders import write_word_piece_folder

ON_BATTERY = replace(IDLE, is_on_battery=True)


async def test_a_pause_lasts_until_somebody_ends_it(
    followed: Followed, pool: EmbedderPool, app: MessagesApp
) -> None:
    """Over a restart too; new mail is found by its words all the same."""
    async with running(followed, pool) as indexed:
        paused = await indexed.indexer.control("pause")
        assert paused.state == "paused"
        assert paused.reason == "You paused it; `jarvis index start` goes on."
    async with running(followed, pool) as indexed:
        app.write("the walnut ferry leaves at nine")
        await followed.poll()
        await indexed.finds("walnut", 1)
        assert (await indexed.is_at("paused")).embedded == 0
        await indexed.indexer.control("start")
        state = await indexed.settled()
        assert state.indexed == state.total > 100


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (ON_BATTERY, "It waits: the machine runs on battery."),
        (replace(IDLE, saves_power=True), "It waits: the machine saves power."),
        (replace(IDLE, is_hot=True), "It waits: the machine is hot."),
        (
            replace(IDLE, available_bytes=10**8),
            "It waits: 0.1 GB of memory are free, and it takes 0.0 GB.",
        ),
    ],
)
async def test_vectors_wait_until_the_machine_can_spare_them(
    followed: Followed, pool: EmbedderPool, condition: object, reason: str
) -> None:
    """It says for what; everything is found by its words meanwhile."""
    async with running(followed, pool) as indexed:
        indexed.condition = condition  # type: ignore[assignment]  # one of those above
        state = await indexed.is_at("paused")
        assert state.reason == reason
        assert state.indexed == state.total > 100
        indexed.condition = IDLE
        indexed.indexer._embedding.nudge.set()
        await indexed.settled()


async def test_a_person_may_have_it_made_on_battery(
    followed: Followed, pool: EmbedderPool
) -> None:
    """Who says start means now."""
    async with running(followed, pool) as indexed:
        indexed.condition = ON_BATTERY
        await indexed.is_at("paused")
        await indexed.indexer.control("start")
        await indexed.settled()


async def test_a_few_new_messages_are_embedded_on_battery_too(
    indexed: Indexed, app: MessagesApp
) -> None:
    """They are a moment's work, and mail that is not found is missed."""
    await indexed.settled()
    indexed.condition = ON_BATTERY
    app.write("the walnut ferry leaves at nine")
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)
    assert (await indexed.settled()).state == "ready"


async def test_a_reply_that_is_being_written_goes_first(
    followed: Followed, pool: EmbedderPool
) -> None:
    """Everything but new mail waits for it, and goes on when it is done."""
    async with running(followed, pool) as indexed:
        indexed.is_drafting = True
        state = await indexed.is_at("paused")
        assert state.reason == "It waits: a reply is being written."
        indexed.is_drafting = False
        await indexed.settled()


async def test_a_rebuild_makes_the_same_anew(indexed: Indexed) -> None:
    """It begins with nothing, and ends with as much as before."""
    before = await indexed.settled()
    begun = await indexed.indexer.control("rebuild")
    assert (begun.indexed, begun.embedded) == (0, 0)
    after = await indexed.settled()
    assert (after.indexed, after.embedded) == (before.indexed, before.embedded)


async def test_what_was_forgotten_stays_away(
    followed: Followed, pool: EmbedderPool, app: MessagesApp
) -> None:
    """Over a restart too: nothing is indexed, not even new mail, until it is wanted."""
    async with running(followed, pool) as indexed:
        await indexed.settled()
        await indexed.indexer.forget()
        assert await indexed.count("search_text") == 0
    async with running(followed, pool) as indexed:
        app.write("the walnut ferry leaves at nine")
        await followed.poll()
        assert (await indexed.is_at("paused")).indexed == 0
        assert await indexed.count("search_message") == 0
        await indexed.indexer.control("start")
        await indexed.settled()
        assert len(await indexed.found("walnut")) == 1


async def test_another_model_takes_over_when_it_is_done(
    indexed: Indexed, tmp_path: Path
) -> None:
    """The one before answers until then, and leaves nothing behind."""
    await indexed.settled()
    folder = write_word_piece_folder(tmp_path / "model")
    await indexed.pool.use(Selection(model=str(folder)))
    async with indexed.waiting():
        while await indexed.count("search_model", "active AND name LIKE '% static'"):
            assert await indexed.count("search_vector", "slot >> 32 = 1")
    state = await indexed.settled()
    assert state.model == str(folder)
    assert await indexed.count("search_model") == 1
    async with indexed.waiting():
        while await indexed.count("search_vector") != state.embedded:
            continue


async def test_who_wants_no_model_has_search_by_words(
    indexed: Indexed, app: MessagesApp
) -> None:
    """It is ready all the same, and says what there is not."""
    await indexed.settled()
    await indexed.pool.use(Selection(model=NO_MODEL))
    app.write("the walnut ferry leaves at nine")
    await indexed.followed.poll()
    await indexed.finds("walnut", 1)
    async with indexed.waiting():
        while (state := indexed.indexer.state()).model is not None:
            await indexed.wanted()
    assert state.state == "ready"
    assert state.reason is not None
    assert state.reason.startswith("You chose to search by words alone")
