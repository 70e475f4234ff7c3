"""Drafts that are kept for the same ask."""

from __future__ import annotations

from typing import cast
from weakref import ref

from jarvis.assistant.drafting.kept import DraftKey, KeptDrafts
from jarvis.assistant.history.context import read_context
from jarvis.assistant.history.memory import Memory
from jarvis.records import Draft
from tests.assistant.thread import CHAT, thread

MEMORY = Memory()


def key(number: int) -> DraftKey:
    """The key of an ask about a message."""
    context = read_context(thread(f"Mia: {number}"))
    return DraftKey(CHAT, context, None, 1, "m", ref(MEMORY))


def test_the_one_not_asked_for_longest_goes_first() -> None:
    """Of a bounded number."""
    kept = KeptDrafts(most=2)
    drafts = [cast(Draft, object()) for _ in range(3)]
    kept.put(key(0), drafts[0])
    kept.put(key(1), drafts[1])
    assert kept.get(key(0)) is drafts[0]
    kept.put(key(2), drafts[2])
    assert kept.get(key(1)) is None
    assert kept.get(key(0)) is drafts[0]
    kept.clear()
    assert kept.get(key(2)) is None


def test_what_was_learnt_from_another_past_is_no_answer() -> None:
    """Something in it was taken back; and the past itself is not kept for that."""
    kept, memory = KeptDrafts(), Memory()
    draft = cast(Draft, object())
    before = key(0)._replace(memory=ref(memory))
    kept.put(before, draft)
    (line,) = before.context.lines
    assert kept.newest_of(CHAT, line.message_id, memory) is draft
    assert kept.newest_of(CHAT, line.message_id, MEMORY) is None
    assert kept.get(key(0)) is None
    del memory
    assert before.memory() is None
    assert kept.get(key(0)) is None
