"""Rows of any make: whatever somebody sends, a message comes of it, and it is in order."""

from __future__ import annotations

import plistlib
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jarvis.demo.typedstream import PLACEHOLDER, Run, encode
from jarvis.stores.chatdb.lines import LONGEST_LINE, kind_of, line_of
from jarvis.stores.chatdb.reading import Said, read_said
from jarvis.stores.chatdb.rows import MessageRow

BLANK: dict[str, Any] = dict.fromkeys(MessageRow._fields)
GUIDS = st.sampled_from(["A", "B", "C", "GONE", "HIDDEN"])
WORDS = st.sampled_from(
    [
        "words",
        " ",
        "👍🏽",
        "two\nlines",
        f"a{PLACEHOLDER}b",
        PLACEHOLDER,
        "\ufffd",
        "\u2028",
    ]
)
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "__kIMMessagePartAttributeName": st.one_of(st.integers(-3, 9), st.just("1")),
        "__kIMFileTransferGUIDAttributeName": st.one_of(GUIDS, st.integers(0, 3)),
        "__kIMMentionConfirmedMention": st.just("+15550100001"),
        "IMAudioTranscription": st.just("heard"),
    },
)
RUNS = st.lists(st.builds(Run, text=WORDS, attributes=ATTRIBUTES), max_size=5)
BODIES = st.one_of(
    st.none(),
    st.binary(max_size=60),
    RUNS.map(lambda runs: encode("".join(run.text for run in runs), parts=runs)),
)
NUMBERS = st.lists(st.integers(-2, 9), max_size=4)
SUMMARIES = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {},
        optional={
            "rp": st.one_of(NUMBERS, st.just({"0": 1}), st.just("0")),
            "otr": NUMBERS.map(lambda each: {str(number): {} for number in each}),
            "ec": st.dictionaries(
                st.sampled_from(["0", "1", "x", "9" * 5_000]),
                st.lists(
                    st.fixed_dictionaries(
                        {"t": WORDS.map(encode), "d": st.floats(0, 9e8)}
                    ),
                    max_size=3,
                ),
                max_size=2,
            ),
        },
    ).map(lambda summary: plistlib.dumps(summary, fmt=plistlib.FMT_BINARY)),
)


def joined(guids: list[str]) -> str | None:
    """The files of a row, as its view has them."""
    rows = [
        [guid, None, "a.heic", "image/heic", None, 1, n % 2, guid == "HIDDEN", None]
        for n, guid in enumerate(guids)
    ]
    return msgspec.json.encode(rows).decode() if rows else None


ROWS = st.fixed_dictionaries(
    {
        "body": BODIES,
        "text": st.one_of(st.none(), WORDS),
        "summary_info": SUMMARIES,
        "attachments": st.lists(GUIDS, max_size=3, unique=True).map(joined),
        "has_files": st.sampled_from([None, 0, 1]),
        "balloon": st.sampled_from([None, "com.apple.messages.chatbot", "x:Polls"]),
        "date_edited": st.sampled_from([None, 0, 5]),
        "is_audio": st.sampled_from([None, 0, 1]),
        "is_expirable": st.sampled_from([None, 1]),
        "subject": st.sampled_from([None, "", "About"]),
        "schedule_type": st.sampled_from([None, 0, 2]),
    }
)


def line(row: MessageRow, said: Said) -> str:
    """As a list shows it."""
    return line_of(row, said, who="Ann", name=lambda handle: handle or "Someone")


@given(ROWS)
def test_of_any_row_comes_a_message_in_order(columns: dict[str, Any]) -> None:
    """Each file stands once, no placeholder is read, and the line is one line."""
    row = MessageRow(**{**BLANK, **columns})
    said = read_said(row)
    kind_of(row, said)
    shown = line(row, said)
    assert shown
    assert len(shown.splitlines()) == 1
    assert len(shown) <= LONGEST_LINE
    places = [each.attachment for each in said.parts if each.attachment is not None]
    assert sorted(places) == list(range(len(said.files)))
    assert all(each.is_shown for each in said.files)
    assert PLACEHOLDER not in (said.text or "")
    assert PLACEHOLDER not in "".join(each.text for each in said.parts)
    assert all(PLACEHOLDER not in text for _, text in said.edits)
    if said.is_unsent:
        assert (said.text, said.parts, said.edits) == (None, (), ())
    if said.text and said.text.strip():
        assert any(each.kind == "text" for each in said.parts)
