"""What is left of a message that was unsent in part, and what an edited one said before."""

from __future__ import annotations

import plistlib

import pytest

from jarvis.demo.typedstream import Run, attachment, encode, words
from tests.stores.chatdb.handmade import Handmade, body, photo, said


def taken_back(*parts: int, began_with: int = 0, **more: object) -> bytes:
    """message_summary_info of a message some parts of which were unsent."""
    ranges = {str(part): {"lo": 0, "le": 1} for part in range(began_with)}
    summary = {"rp": list(parts), **({"otr": ranges} if ranges else {}), **more}
    return plistlib.dumps(summary, fmt=plistlib.FMT_BINARY)


THREE = (words("one"), words("two", part=1), words("three", part=2))


@pytest.mark.parametrize(
    ("runs", "summary", "text"),
    [
        (THREE, taken_back(1), "one\nthree"),
        (THREE, taken_back(3), "one\ntwo\nthree"),
        (THREE, taken_back(0, 2), "two"),
        (THREE, taken_back(1, began_with=3), "one\nthree"),
        (THREE[:2], taken_back(2, began_with=3), "one\ntwo"),
        # What is left was numbered anew: nothing of it was taken back.
        (THREE[:2], taken_back(0, began_with=3), "one\ntwo"),
        ((words("two", part=1),), taken_back(0), "two"),
    ],
)
async def test_of_a_message_that_was_unsent_in_part_the_rest_stays(
    mail: Handmade, runs: tuple[Run, ...], summary: bytes, text: str
) -> None:
    """Whether or not it is told what it began with, and what its body still holds."""
    message = await mail.message(mail.row(body(*runs), message_summary_info=summary))
    assert (message.text, message.retracted) == (text, False)


@pytest.mark.parametrize(
    ("runs", "columns"),
    [
        (THREE, {"message_summary_info": taken_back(0, 1, 2)}),
        (THREE[:1], {"message_summary_info": taken_back(0, began_with=1)}),
        ((), {"message_summary_info": taken_back(0)}),
        ((), {"date_edited": 5}),
    ],
)
async def test_a_message_of_which_nothing_is_left_was_unsent(
    mail: Handmade, runs: tuple[Run, ...], columns: dict[str, object]
) -> None:
    """Its words are not shown, even where the body still has them."""
    message = await mail.message(mail.row(body(*runs) if runs else None, **columns))
    assert (message.text, message.retracted, message.parts) == (None, True, ())
    assert message.line.endswith("unsent a message")


async def test_an_unsent_picture_is_gone_and_the_other_stays(mail: Handmade) -> None:
    """Also where both are still joined to the message."""
    rowid = mail.row(
        body(attachment("A"), attachment("B", part=1), words("look", part=2)),
        message_summary_info=taken_back(0, began_with=3),
        date_edited=5,
    )
    mail.file(rowid, "A", transfer_name="secret.heic")
    mail.file(rowid, "B")
    message = await mail.message(rowid)
    assert message.parts == (photo(0), said("look"))
    assert [each.name for each in message.attachments] == ["IMG_1.HEIC"]


async def test_each_version_of_a_message_of_several_parts_is_whole(
    mail: Handmade,
) -> None:
    """What it said before each edit, with the parts that nobody changed."""
    edits = {
        "0": [{"d": 10.0, "t": encode("a")}, {"d": 30.0, "t": encode("A")}],
        "2": [{"d": 10.0, "t": encode("c")}, {"d": 20.0, "t": encode("C")}],
        "3": [{"d": 10.0, "t": encode("no")}, {"d": 15.0, "t": encode("nothing")}],
    }
    rowid = mail.row(
        body(words("A"), words("b", part=1), words("C", part=2)),
        message_summary_info=taken_back(3, began_with=4, ec=edits, ep=[0, 2]),
        date_edited=5,
    )
    message = await mail.message(rowid)
    assert message.text == "A\nb\nC"
    assert [each.text for each in message.edits] == ["a\nb\nc", "a\nb\nC"]
    assert message.line.endswith("(edited)")
