"""What is asked of ten years of mail walks indexes, however much of it there is."""

from __future__ import annotations

import pytest

from jarvis.stores.queries import load_query
from tests.stores.conftest import Mailbox

QUERIES = {
    name: load_query(f"chatdb_{name}")
    for name in (
        *("chats", "members", "own_addresses_sampled", "renamed", "tapbacks", "twins"),
        "last_listed",
    )
}
ASKED = {"chats": "[1,2,3]", "rowids": "[1,2,3]"}


@pytest.mark.parametrize("name", QUERIES)
async def test_no_table_of_messages_is_walked(mailbox: Mailbox, name: str) -> None:
    """Neither the messages nor their links to chats; in four versions of macOS."""
    plan = await mailbox.db.rows(f"EXPLAIN QUERY PLAN {QUERIES[name]}", ASKED)
    steps = [str(row[3]) for row in plan]
    tables = ("message", "link", "near", "tapback", "chat_message_join")
    walked = [step for step in steps if step.startswith("SCAN")]
    assert not [step for step in walked if step.split()[1] in tables], steps


async def test_the_part_numbers_of_tapbacks_are_found_in_a_step_each(
    mailbox: Mailbox,
) -> None:
    """By the index of what tapbacks are tied to."""
    query = f"EXPLAIN QUERY PLAN {QUERIES['tapbacks']}"
    steps = [str(row[3]) for row in await mailbox.db.rows(query, ASKED)]
    by_index = [step for step in steps if "associated_message_guid" in step]
    assert len(by_index) == 3, steps
    assert all(step.startswith("SEARCH") for step in by_index), steps
