"""A thread laid out step by step is the one laid out at once; only what changed is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from jarvis.records import Reaction, Timestamp
from jarvis.tui.store.outbox import Outbox, Outgoing
from jarvis.tui.store.page import Page
from jarvis.tui.text.heights import Heights
from jarvis.tui.text.message_rows import Row
from jarvis.tui.text.thread_layout import ThreadLayout
from tests.tui.fake import MUM, new_message, updated

NOW = datetime(2025, 11, 18, 21, 50, tzinfo=UTC)
STAMP = Timestamp("2025-11-18T21:50:00.000Z")
WIDTH = 50
NUMBERS = st.integers(1, 12)
TEXTS = st.sampled_from(
    ["short", "long enough for several rows " * 4, "漢字 and a\nline"]
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("comes", "mine", "edited", "deleted", "unsent", "reaction"),
                *("read", "send", "fails", "opens"),
            ]
        ),
        NUMBERS,
        TEXTS,
    ),
    max_size=30,
)


def play(step: str, number: int, text: str, page: Page, outbox: Outbox) -> None:
    """One thing that happens to the conversation."""
    match step:
        case "comes" | "mine":
            page.receive(new_message(number, text, mine=step == "mine"))
        case "reaction":
            love = Reaction(kind="love", sender=None, is_from_me=True)
            page.update(updated(number, "reaction", reactions=(love,)), STAMP)
        case "send":
            outbox.begin(f"k{number}", MUM, text, STAMP, page.newest_id)
        case "fails":
            for outgoing in outbox.of(MUM):
                outgoing.take("failed", None, text)
        case "opens":
            page.open(number)
        case _:
            page.update(updated(number, step, text=text, line=text), STAMP)
    outbox.recognise(page.messages)


def drawn(layout: ThreadLayout) -> list[list[Row]]:
    """Everything, in order."""
    return [layout.rows(index) for index in range(len(layout))]


def spans(layout: ThreadLayout) -> list[tuple[int, int]]:
    """Where everything stands."""
    return [layout.span(index) for index in range(len(layout))]


def laid_out(page: Page, outgoing: Sequence[Outgoing]) -> ThreadLayout:
    """The same thread, at once."""
    layout = ThreadLayout(UTC)
    layout.update(page, outgoing, WIDTH, NOW)
    return layout


@given(STEPS)
def test_step_by_step_is_as_at_once(steps: list[tuple[str, int, str]]) -> None:
    """Rows and places; and what is not said to be new looks as before."""
    page, outbox, layout = Page(MUM), Outbox(), ThreadLayout(UTC)
    page.is_loaded = True
    before: list[list[Row]] = []
    for step in steps:
        play(*step, page, outbox)
        redrawn = layout.update(page, outbox.of(MUM), WIDTH, NOW)
        whole = laid_out(page, outbox.of(MUM))
        now = drawn(layout)
        assert now == drawn(whole)
        assert spans(layout) == spans(whole)
        assert [len(rows) for rows in now] == [rows for _, rows in spans(layout)]
        kept = [n for n in range(redrawn.first) if n not in redrawn.changed]
        assert [before[n] for n in kept] == [now[n] for n in kept]
        before = now


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.data())
def test_a_height_that_changes_moves_what_is_below(
    heights: list[int], data: st.DataObject
) -> None:
    """As if it had been so from the beginning."""
    stack = Heights(heights)
    index = data.draw(st.integers(0, len(heights) - 1))
    height = data.draw(st.integers(1, 9))
    assert stack.replace(index, height) == (height != heights[index])
    heights[index] = height
    count = data.draw(st.integers(0, len(heights)))
    stack.truncate(count)
    assert [stack.height(n) for n in range(len(stack))] == heights[:count]
