"""Drafts that are kept for the same ask."""

from __future__ import annotations

from typing import cast

from jarvis.assistant.drafting.kept import DraftKey, KeptDrafts
from jarvis.assistant.history.context import read_context
from jarvis.records import Draft
from tests.assistant.exchanges import history_of
from tests.assistant.thread import CHAT, thread

HISTORY = history_of()


def key(number: int) -> DraftKey:
    """The key of an ask about a message."""
    context = read_context(thread(f"Mia: {number}"))
    return DraftKey(CHAT, context, None, 1, "m", HISTORY.revision)


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
    """Something in it was taken back."""
    kept, later = KeptDrafts(), history_of()
    draft = cast(Draft, object())
    kept.put(key(0), draft)
    (line,) = key(0).context.lines
    assert kept.newest_of(CHAT, line.message_id, HISTORY) is draft
    assert kept.newest_of(CHAT, line.message_id, later) is None
    assert kept.get(key(0)._replace(revision=later.revision)) is None
