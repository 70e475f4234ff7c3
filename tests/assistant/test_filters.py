"""Filters of texts that come in pieces, each by itself and one behind the other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.filters import Chain, TextFilter
from jarvis.assistant.screening.frame import Frame
from jarvis.assistant.screening.judging import Judge
from jarvis.assistant.screening.reply import ReplyScreen
from jarvis.assistant.screening.summary import SummaryScreen
from jarvis.assistant.style.habits import Habits
from jarvis.assistant.style.styling import ReplyStyler
from jarvis.assistant.summarizing.checking import CheckedSummary
from jarvis.assistant.summarizing.shaping import SummaryShaper

_HABITS = Habits(
    count=50,
    is_of_contact=True,
    median_characters=10,
    p90_characters=20,
    lower_case_share=1.0,
    full_stop_share=0.0,
    other_closing_share=0.0,
    emoji_rate=0.0,
    openers=(),
    language="en",
)


def judge() -> Judge:
    """A judge of texts that answer nothing."""
    return Judge(Frame("Write the next message of a chat.", ()), known=())


FILTERS: dict[str, Callable[[], TextFilter]] = {
    "screen of a reply": lambda: ReplyScreen(judge(), ["Mia"]),
    "style of a reply": lambda: ReplyStyler(_HABITS),
    "screen of a summary": lambda: SummaryScreen(judge()),
    "shape of a summary": SummaryShaper,
    "check of a summary": lambda: CheckedSummary((), ["Mia"]),
    "a reply": lambda: Chain(ReplyScreen(judge(), ["Mia"]), ReplyStyler(_HABITS)),
    "a summary": lambda: Chain(
        SummaryScreen(judge()), SummaryShaper(), CheckedSummary((), ["Mia"])
    ),
}
TEXTS = st.text('Ma7 :.!?\n"*`-#🥳', max_size=60)


def passed(a_filter: TextFilter, pieces: list[str]) -> str:
    """What comes out of these pieces."""
    return "".join([*map(a_filter.feed, pieces), a_filter.finish()])


@pytest.mark.parametrize("make", FILTERS.values(), ids=FILTERS)
@given(text=TEXTS, ends=st.sets(st.integers(1, 60)))
def test_however_a_text_is_split_the_same_comes_out(
    make: Callable[[], TextFilter], text: str, ends: set[int]
) -> None:
    """Whole, letter by letter, or in any other pieces."""
    places = [0, *sorted(end for end in ends if end < len(text)), len(text)]
    pieces = [text[begin:end] for begin, end in pairwise(places)]
    whole = passed(make(), [text])
    assert passed(make(), pieces) == whole
    assert passed(make(), list(text)) == whole


def test_a_chain_passes_on_what_its_filters_let_go_at_the_end() -> None:
    """What the first holds back until then, the next one still has to see."""
    habits = msgspec.structs.replace(_HABITS, lower_case_share=0.0)
    chain = Chain(SummaryShaper(), ReplyStyler(habits))
    pieces = ["## all is", " settled.", "\n- ok."]
    assert passed(chain, pieces) == "All is settled.\n- ok"


def test_a_chain_of_nothing_changes_nothing() -> None:
    """As where a script needs no filter."""
    assert passed(Chain(), ["a", "b "]) == "ab "
