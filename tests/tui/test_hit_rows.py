"""A hit as rows: no cell too many, and the marks on their words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rich.cells import cell_len

from jarvis.protocol.methods.search import IndexState
from jarvis.tui.store.search import Search
from jarvis.tui.text.hit_rows import context_rows, marked, rows
from jarvis.tui.text.search_facts import facts
from tests.tui.fake import found, found_message, hit

NOW = datetime(2025, 11, 18, 21, 42, tzinfo=UTC)
HOSTILE = (
    "one\ttwo\r\nthree\x1b[31m four",
    "\u202eturned \ufeffand\u200b hidden",
    "火锅今晚在老地方等你们大家一起来吃火锅今晚在老地方等你们大家一起来吃",
    "👨‍👩‍👧‍👦 family 👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢👢",
    "Z" + "\u0300" * 300,
    "word " * 200,
    "x" * 900,
    "\ud800 lone",
    "",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [12, 28, 78, 106])
def test_no_row_of_a_hit_is_too_wide(text: str, width: int) -> None:
    """Whatever was written, and wherever the marks are."""
    for begin in (0, len(text) // 2, max(0, len(text) - 3)):
        one = hit(
            3,
            text,
            repeat_count=12,
            highlights=((begin, len(text)),),
            message={"chat_name": "火锅 club", "sender_name": "山田太郎さん"},
        )
        for row in rows(one, width, NOW, UTC, bar=("bar", "▌")):
            assert sum(cell_len(part) for _, part in row) < width


def test_marks_stay_on_their_words() -> None:
    """Though letters before them are not drawn, and tabs are four cells."""
    text = "\u200b\tthe\x07 boots\u200b are here"
    begin = text.find("boots")
    drawn = marked(text, [(begin, begin + 5)])
    assert [drawn.text[start:end] for start, end in drawn.marks] == ["boots"]


@pytest.mark.parametrize(
    "highlights",
    [[(-3, 2)], [(4, 4)], [(3, 99)], [(9, 2)], [(0, 3), (1, 4)], [(90, 95)]],
)
def test_marks_that_cannot_be_are_passed_over(highlights: Any) -> None:
    """The text is whole all the same."""
    assert marked("the boots", highlights).text == "the boots"


def test_a_long_text_is_shown_from_a_little_before_its_mark() -> None:
    """From the beginning of a word on."""
    text = "something else " * 20 + "the boots are by the door"
    _, second = rows(hit(3, text, words="boots"), 60, NOW, UTC, bar=("bar", " "))
    shown = "".join(part for _, part in second).strip()
    assert shown.startswith("…")
    assert "the boots are by" in shown
    assert ("mark", "boots") in second


def test_who_where_and_when() -> None:
    """A direct chat does not say its name twice; a hit by words has no number."""
    direct = hit(1, "hello")
    group = hit(
        2,
        "hello",
        at="2024-10-03T08:30:00.000Z",
        similarity=None,
        repeat_count=3,
        message={"sender_name": "Priya", "chat_name": "Climbing"},
    )
    mine = hit(3, "hello", message={"is_from_me": True})
    heads = [
        "".join(part for _, part in rows(one, 60, NOW, UTC, bar=("bar", " "))[0])
        for one in (direct, group, mine)
    ]
    assert heads[0].split() == ["Mum", "today", "21:40", "0.82"]
    assert heads[1].split() == [
        *("Priya", "in", "Climbing", "×3", "3", "Oct", "2024", "words")
    ]
    assert heads[2].split() == ["You", "to", "Mum", "today", "21:40", "0.80"]


def test_a_hit_stands_between_its_neighbours() -> None:
    """In the order they were written, itself with as many rows as are left."""
    before = found_message(1, "what time?", "2025-11-18T21:00:00.000Z")
    after = found_message(9, "and a pudding", "2025-11-18T21:50:00.000Z")
    one = hit(3, "one o'clock " * 30, context=(before, after))
    drawn = ["".join(part for _, part in row) for row in context_rows(one, 60, 5, UTC)]
    assert len(drawn) == 5
    assert "what time?" in drawn[0]
    assert drawn[3].endswith("…")
    assert "and a pudding" in drawn[4]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            IndexState(state="keywords", indexed=5, total=90, eta_s=240.0),
            "5 of 90 messages indexed · 4 min left",
        ),
        (
            IndexState(
                state="vectors", indexed=90, total=90, embedded=7, to_embed=60, eta_s=9
            ),
            "90 messages indexed · 7 of 60 texts by meaning · 9.0 s left",
        ),
        (
            IndexState(state="paused", reason="the battery is low"),
            "the index is paused: the battery is low",
        ),
        (
            IndexState(state="failed", reason="the disk is full"),
            "the index failed: the disk is full",
        ),
        (IndexState(state="ready", indexed=90, total=90), "90 messages indexed"),
    ],
)
def test_how_far_the_index_is_is_said(state: IndexState, words: str) -> None:
    """With the reason where it does not go on."""
    search = Search()
    search.note_index(state)
    (line,) = facts(search, is_online=True)
    assert line[1].startswith(words)


def test_a_reason_why_more_is_not_found_has_its_own_line() -> None:
    """By meaning, too: a name that nobody has, an index that is not there yet."""
    search = Search()
    search.note_index(IndexState(state="ready", indexed=90, total=90))
    search.begin()
    search.take(search.number, found(reason="Nobody who wrote here has that name."))
    lines = [text for _, text in facts(search, is_online=True)]
    assert lines == [
        "0 found · 14 ms · by meaning and words · 90 messages indexed",
        "Nobody who wrote here has that name.",
    ]


def test_what_was_found_by_words_only_is_said_so() -> None:
    """With the reason; and how much of the history could be found."""
    search = Search()
    reason = "the index by meaning is being made"
    search.begin()
    search.take(
        search.number,
        found(hit(1, "x"), mode_used="keyword", reason=reason, indexed=3),
    )
    lines = [text for _, text in facts(search, is_online=True)]
    assert lines == [
        f"1 found · 14 ms · by words only: {reason}",
        "3 of 5,812 messages indexed",
    ]
