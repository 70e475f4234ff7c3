"""What is typed into the search box: words, and filters among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from jarvis.tui.text.question import Question, read_question

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def read(typed: str) -> Question:
    """As read at half past nine, in London."""
    return read_question(typed, NOW, UTC)


def test_words_are_what_no_filter_takes() -> None:
    """In their order, with the quotes the daemon reads itself."""
    question = read('  who  asked from:Mum about "the boots" has:attachment ')
    assert question.words == 'who asked about "the boots"'
    assert question.sender == "Mum"
    assert question.has_attachment is True


@pytest.mark.parametrize(
    "typed", ['in:"Book club"', "in:“Book club”", 'IN:"Book club', 'x in:"Book club" y']
)
def test_a_name_of_several_words_stands_in_quotes(typed: str) -> None:
    """Curly ones, too, and while the last is not typed yet."""
    assert read(typed).chat == "Book club"


def test_what_the_reader_wrote_is_from_me() -> None:
    """And no person called Me."""
    assert read("from:Me").is_from_me is True
    assert read("from:Me").sender is None


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        ("2026-01-31", "2026-01-31T00:00:00.000Z"),
        ("2026-1-5", "2026-01-05T00:00:00.000Z"),
        ("2026-02", "2026-02-01T00:00:00.000Z"),
        ("2025", "2025-01-01T00:00:00.000Z"),
        ("today", "2026-03-02T00:00:00.000Z"),
        ("yesterday", "2026-03-01T00:00:00.000Z"),
    ],
)
def test_a_day_is_its_beginning(day: str, begins: str) -> None:
    """A month and a year are their first day."""
    question = read(f"after:{day} before:{day}")
    assert (question.after, question.before) == (begins, begins)


def test_a_day_begins_in_the_readers_zone() -> None:
    """Not in the daemon's."""
    zone = timezone(timedelta(hours=9))
    question = read_question("after:2026-01-31", NOW.astimezone(zone), zone)
    assert question.after == "2026-01-30T15:00:00.000Z"


@pytest.mark.parametrize(
    "typed",
    ["after:20", "before:2026-13", "after:2026-02-30", "has:wheels", "from:", "in:"],
)
def test_a_filter_that_is_not_finished_is_a_hint(typed: str) -> None:
    """It is not asked with, and the words around it are."""
    question = read(f"boots {typed}")
    (hint,) = question.hints
    assert hint.startswith(typed.split(":")[0])
    assert question == Question(words="boots", hints=(hint,))


@pytest.mark.parametrize("typed", ["http://after:2020", "xfrom:Mum", "at:home", "a:b"])
def test_a_colon_elsewhere_is_a_word(typed: str) -> None:
    """Only the five filters are filters, at the beginning of a word."""
    assert read(typed) == Question(words=typed)


def test_nothing_is_asked_by_blanks_and_unfinished_filters() -> None:
    """By a filter alone there is."""
    assert read("  from: ").is_empty
    assert not read("has:attachment").is_empty
