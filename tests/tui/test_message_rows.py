"""A message drawn: its words, files and marks in the order in which they were sent."""

from __future__ import annotations

from datetime import UTC

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jarvis.bodies import text_of
from jarvis.records import Attachment, Message, Part
from jarvis.tui.text.message_rows import Columns, height, remarked, rows
from jarvis.tui.text.receipts import receipts
from tests.tui.fake import message

COLUMNS = Columns(60, 6)
FILES = tuple(
    Attachment(
        name=name, mime_type=None, size_bytes=2_000_000, path=None, is_missing=False
    )
    for name in ("a.heic", "b.pdf", "c.heic")
)
PARTS = st.lists(
    st.one_of(
        st.builds(Part, kind=st.just("text"), text=st.text(max_size=90)),
        st.builds(
            Part,
            kind=st.sampled_from(["file", "mark"]),
            text=st.text(max_size=12),
            attachment=st.sampled_from([None, 0, 1, 2, 99]),
        ),
    ),
    max_size=6,
)


def made_of(*parts: Part) -> Message:
    """A message of these parts and three files."""
    whole = message(1, text_of(parts), "2025-11-18T21:00:00.000Z")
    return msgspec.structs.replace(whole, parts=parts, attachments=FILES, line="line")


def drawn(shown: Message) -> list[str]:
    """The text column of each row."""
    return [row[-1][1] for row in rows(shown, COLUMNS, UTC)]


def test_files_stand_between_the_words_they_were_sent_between() -> None:
    """And one of which nothing is known says so."""
    shown = made_of(
        Part(kind="text", text="Before lunch"),
        Part(kind="file", text="PDF b.pdf", attachment=1),
        Part(kind="file", text="Photo", attachment=0),
        Part(kind="text", text="after lunch"),
        Part(kind="file", text="Missing file"),
    )
    assert drawn(shown) == [
        "Before lunch",
        "[b.pdf · 2.0 MB]",
        "[a.heic · 2.0 MB]",
        "after lunch",
        "[Missing file]",
    ]


def test_a_genmoji_stands_in_its_sentence() -> None:
    """By its description; alone it is the picture that it is."""
    mark = Part(kind="mark", text="a squirrel", attachment=0)
    around = (Part(kind="text", text="at the "), mark, Part(kind="text", text=" now"))
    assert drawn(made_of(*around)) == ["at the [a squirrel] now"]
    assert drawn(made_of(mark)) == ["[a.heic · 2.0 MB]"]
    assert drawn(made_of(Part(kind="mark", text="Checkers"))) == ["Checkers"]


def test_what_waits_to_be_sent_is_no_sent_message() -> None:
    """It says so, and the last that was sent keeps its receipt."""
    sent = message(1, "sent", "2025-11-18T21:00:00.000Z", mine=True)
    late = message(2, "later", "2031-11-18T21:00:00.000Z", mine=True)
    waiting = msgspec.structs.replace(late, kind="scheduled", date_read=None)
    assert remarked(waiting, None) == ("time", "scheduled")
    assert receipts([sent, waiting], [], UTC) == {"G1": ("time", "read 18:12")}


@given(PARTS, st.integers(20, 80))
def test_a_message_is_as_high_as_it_is_drawn(parts: list[Part], width: int) -> None:
    """Whatever it is made of: else the scroll bar lies."""
    shown, columns = made_of(*parts), Columns(width, 6)
    for receipt in (None, ("time", "Read 18:12"), ("time", "failed " * 9)):
        assert height(shown, columns, receipt) == len(
            rows(shown, columns, UTC, receipt=receipt)
        )
