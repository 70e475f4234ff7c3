"""What is made ready, in which order, and what becomes of it."""

from __future__ import annotations

import asyncio

import pytest

from jarvis.daemon.prefetch.asks import MOST_ASKS, USE_S
from jarvis.daemon.prefetch.past import QUIET_S
from jarvis.records import ChatId
from tests.assistant.exchanges import said
from tests.daemon.prefetch.household import (
    TOKENS,
    Household,
    arrived,
    edited,
    forgotten,
    turns,
)

A, B, C = "iMessage;-;+15550101", "iMessage;-;+15550102", "iMessage;-;+15550103"


def asking(tasks: asyncio.TaskGroup, *chat_ids: str) -> Household:
    """A household in whose conversations somebody has asked something."""
    household = Household(tasks, *chat_ids)
    for chat_id in chat_ids:
        household.mail.ask(ChatId(chat_id))
    return household


async def test_a_storm_of_hovers_over_one_conversation_is_one_draft() -> None:
    """A thousand of them in a moment."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        one = household.connect()
        for _ in range(1000):
            household.prefetcher.hover(household.chat(A), one)
        stats = await household.settled()
    assert household.writer.texts == 1
    assert stats.by_source["hover"].asked == 1000
    assert (stats.executor.scheduled, stats.executor.executed) == (1, 1)


async def test_a_storm_of_hovers_over_a_whole_list_is_bounded() -> None:
    """A pointer that has moved on wants the last one; of many clients few wait."""
    chats = [f"iMessage;-;+1555{number:04}" for number in range(100)]
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, *chats)
        one = household.connect()
        for _ in range(10):
            for chat_id in chats:
                household.prefetcher.hover(household.chat(chat_id), one)
        stats = await household.settled()
        assert household.writer.texts <= 2
        assert household.published[-1].chat_id == chats[-1]
        assert stats.executor.skipped_by_reason["moved on"] >= 998
        household.writer.go_on.clear()
        others = [household.connect() for _ in chats]
        for chat_id, each in zip(chats, others, strict=True):
            household.prefetcher.hover(household.chat(chat_id), each)
        stats = await household.prefetcher.stats()
        assert MOST_ASKS - 1 <= stats.executor.queue_size <= MOST_ASKS
        household.writer.go_on.set()
        await household.settled()


async def test_what_is_opened_comes_before_what_is_looked_at_and_new_mail() -> None:
    """Whatever came first; what was being made for less is made after it."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B, C)
        one, two = household.connect(), household.connect()
        household.writer.go_on.clear()
        household.prefetcher.follow(arrived(ChatId(A), is_from_me=False))
        await household.begun(1)
        household.prefetcher.hover(household.chat(B), one)
        await household.focus(two, C)
        household.writer.go_on.set()
        await household.settled()
    assert [each.source for each in household.published] == [
        "focus",
        "hover",
        "new_message",
    ]


async def test_two_clients_may_open_two_conversations() -> None:
    """Neither refuses the other anything."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B)
        one, two = household.connect(), household.connect()
        await household.focus(one, A)
        await household.focus(two, B)
        await household.settled()
        drafts = [await household.ask(one, A), await household.ask(two, B)]
    assert [draft.prefetched for draft in drafts] == [True, True]
    assert household.writer.texts == 2


async def test_who_opens_another_conversation_wants_the_one_before_no_more() -> None:
    """What was on its way for them alone is given up."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B)
        one = household.connect()
        household.writer.go_on.clear()
        await household.focus(one, A)
        await household.begun(1)
        await household.focus(one, B)
        household.writer.go_on.set()
        stats = await household.settled()
    assert [each.chat_id for each in household.published] == [B]
    assert (stats.executor.cancelled, stats.executor.executed) == (1, 1)


async def test_as_many_suggestions_are_made_as_the_front_end_will_ask_for() -> None:
    """Three are there when three are asked for."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        one = household.connect()
        await household.focus(one, A, 3)
        await household.settled()
        made = household.writer.texts
        draft = await household.ask(one, A, num_suggestions=3)
    assert (made, household.writer.texts, draft.prefetched) == (3, 3, True)


async def test_a_person_waits_for_no_more_than_one_token_of_it() -> None:
    """Then the text that nobody waits for has ended, and it is made again later."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B)
        one = household.connect()
        household.writer.go_on.clear()
        await household.focus(one, A)
        await household.begun(1)
        asked = tasks.create_task(household.ask(one, B))
        await household.waited_for()
        before = household.writer.tokens
        household.writer.go_on.set()
        draft = await asked
        assert household.writer.tokens - before == TOKENS
        stats = await household.settled()
    assert not draft.prefetched
    assert household.writer.served == [True, False, True]
    assert stats.executor.executed == 1
    assert stats.executor.unused_cost_ms > 0


@pytest.mark.parametrize(
    "reason", ["the machine runs on battery", "2 texts wait for the model"]
)
async def test_a_machine_without_room_makes_nothing(reason: str) -> None:
    """The stats say why."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        household.objection = reason
        await household.focus(household.connect(), A)
        stats = await household.settled()
    assert household.writer.texts == 0
    assert stats.executor.skipped_by_reason == {"no room on the machine": 1}
    resources = stats.executor.resource_manager
    assert (resources.can_prefetch, resources.reason) == (False, reason)


async def test_where_no_reply_is_expected_nothing_is_made() -> None:
    """Whoever asks for it; the stats say so."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        household.mail.answer(ChatId(A))
        one = household.connect()
        await household.focus(one, A)
        await household.settled()
        household.prefetcher.hover(household.chat(A), one)
        stats = await household.settled()
    assert household.writer.texts == 0
    assert stats.executor.skipped_by_reason == {"no reply is expected": 2}


async def test_an_ask_that_is_older_than_its_use_is_dropped() -> None:
    """Also when the machine slept meanwhile; a clock that is set back ages nothing."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B)
        one, two = household.connect(), household.connect()
        household.writer.go_on.clear()
        await household.focus(one, A)
        await household.begun(1)
        household.prefetcher.hover(household.chat(B), two)
        household.now_s += USE_S["hover"] + 1
        household.writer.go_on.set()
        stats = await household.settled()
    assert stats.executor.skipped_by_reason == {"too old": 1}
    assert [each.chat_id for each in household.published] == [A]


async def test_new_mail_of_others_asks_and_ones_own_does_not() -> None:
    """Nor does mail that was late."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B, C)
        household.prefetcher.follow(arrived(ChatId(A), is_from_me=False))
        household.prefetcher.follow(arrived(ChatId(B), is_from_me=True))
        household.prefetcher.follow(arrived(ChatId(C), is_from_me=False, late=True))
        await household.begun(1)
        stats = await household.settled()
    assert [each.chat_id for each in household.published] == [A]
    assert stats.by_source["new_message"].asked == 1
    assert household.quiet_s == [QUIET_S[0]], "nothing is known of the past"


async def test_mail_that_is_seldom_answered_makes_nothing() -> None:
    """Unless a client has the conversation open, or there is nobody to show it to."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        household.past = said("Mia: hello", "+48h", "Mia: hello") * 400
        mail = arrived(household.past[0].chat_id, is_from_me=False)
        household.prefetcher.follow(mail)
        await turns(200)
        stats = await household.settled_with("seldom answered before more comes")
        assert stats.executor.scheduled == 1
        household.is_anybody_there = False
        household.prefetcher.follow(mail)
        assert (await household.settled()).by_source["new_message"].asked == 1
        household.is_anybody_there = True
        one = household.connect()
        household.mail.ask(household.past[0].chat_id)
        await household.focus(one, household.past[0].chat_id)
        await household.settled()
        household.prefetcher.follow(mail)
        await household.begun(2)
        await household.settled()
    assert household.quiet_s == [QUIET_S[0]]


async def test_mail_that_is_followed_by_more_is_not_answered() -> None:
    """Nor is what the user has answered meanwhile."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        for is_from_me in (False, False, True):
            mail = arrived(ChatId(A), is_from_me=is_from_me)
            household.prefetcher.follow(mail)
        await turns(200)
        stats = await household.settled_with("answered already")
    assert household.writer.texts == 0
    assert stats.executor.skipped_by_reason == {
        "more mail came": 1,
        "answered already": 1,
    }


async def test_what_is_being_made_begins_anew_when_its_conversation_goes_on() -> None:
    """What it would have answered is not the newest any more."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        one = household.connect()
        household.writer.go_on.clear()
        await household.focus(one, A)
        await household.begun(1)
        household.mail_came(A)
        household.writer.go_on.set()
        await household.settled()
        draft = await household.ask(one, A)
    assert len(household.published) == 1
    assert household.mail.stamp(ChatId(A)) in draft.suggestions[0].text
    assert draft.prefetched


async def test_an_edit_anywhere_outdates_drafts_everywhere() -> None:
    """The words that were taken back may stand in any of them as an example."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B)
        one = household.connect()
        for chat_id in (A, B):
            await household.focus(one, chat_id)
            await household.settled()
        household.mail.edit(ChatId(B))
        household.prefetcher.follow(edited(ChatId(B)))
        stats = await household.settled()
        assert stats.cache.entries == 0
        assert stats.invalidator.by_reason == {"message edited": 2}
        assert not (await household.ask(one, A)).prefetched


async def test_a_conversation_that_goes_while_its_draft_is_written_leaves_none() -> (
    None
):
    """Nobody is told of it, and nothing of it stays."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        household.writer.go_on.clear()
        await household.focus(household.connect(), A)
        await household.begun(1)
        del household.mail.said[ChatId(A)]
        household.prefetcher.follow(edited(ChatId(A)))
        household.writer.go_on.set()
        stats = await household.settled()
    assert household.published == []
    assert stats.cache.entries == 0
    assert stats.executor.skipped_by_reason == {"nothing to answer": 1}


@pytest.mark.parametrize("how", ["forget", "model", "close"])
async def test_what_is_forgotten_is_gone_with_what_is_on_its_way(how: str) -> None:
    """By forgetting, by another model, at the end."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B)
        one, two = household.connect(), household.connect()
        await household.focus(one, A)
        await household.settled()
        household.writer.go_on.clear()
        await household.focus(two, B)
        await household.begun(2)
        match how:
            case "forget":
                household.prefetcher.follow(forgotten())
                household.prefetcher.invalidate("forgotten")
            case "model":
                household.prefetcher.another_model()
            case _:
                household.prefetcher.close()
        household.writer.go_on.set()
        async with asyncio.timeout(30):
            while not (await household.prefetcher.stats()).executor.cancelled:
                await turns(1)
        stats = await household.prefetcher.stats()
    assert (stats.cache.entries, stats.executor.cancelled) == (0, 1)
    assert [each.chat_id for each in household.published] == [A]
    assert stats.invalidator.drafts_invalidated == 2


async def test_what_prefetch_costs_and_is_good_for_is_counted() -> None:
    """Of three drafts one is used, one is outdated, one is still there."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A, B, C)
        one = household.connect()
        for chat_id in (A, B, C):
            await household.focus(one, chat_id)
            await household.settled()
        await household.ask(one, A)
        await household.ask(one, A)
        household.prefetcher.follow(arrived(ChatId(B), is_from_me=True))
        stats = await household.prefetcher.stats()
    source = stats.by_source["focus"]
    assert (source.asked, source.made, source.used) == (3, 3, 1)
    assert source.hit_rate == pytest.approx(1 / 3)
    assert 0 < source.unused_cost_ms < source.cost_ms
    assert (stats.cache.hits, stats.cache.misses, stats.cache.hit_rate) == (1, 1, 0.5)
    assert (stats.cache.entries, stats.executor.executed) == (2, 3)
    assert stats.invalidator.by_reason == {"own message": 1}


async def test_what_is_read_by_somebody_goes_on_although_it_is_outdated() -> None:
    """They asked before it was; nobody else finds it."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        one, two = household.connect(), household.connect()
        household.writer.go_on.clear()
        await household.focus(one, A)
        await household.begun(1)
        joined = tasks.create_task(household.ask(one, A))
        await turns(50)
        household.mail_came(A)
        household.writer.go_on.set()
        draft = await joined
        later = await household.ask(two, A)
        await household.settled()
    assert "q1" in draft.suggestions[0].text
    assert draft.prefetched
    assert "q2" in later.suggestions[0].text


async def test_who_asks_before_it_is_begun_is_not_followed_by_another() -> None:
    """Theirs is written at once, and the one that nobody waits for not at all."""
    async with asyncio.TaskGroup() as tasks:
        household = asking(tasks, A)
        one = household.connect()
        await household.focus(one, A)
        draft = await household.ask(one, A)
        stats = await household.settled()
    assert (draft.prefetched, household.writer.texts) == (False, 1)
    assert stats.executor.executed == 0
