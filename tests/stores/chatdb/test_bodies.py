"""What a message says where its body is more than a text: files, marks, lost parts."""

from __future__ import annotations

import pytest

from jarvis.demo.typedstream import (
    PLACEHOLDER,
    Run,
    attachment,
    encode,
    link,
    mention,
    words,
)
from jarvis.records import Part
from tests.stores.chatdb.handmade import Handmade, body, photo, said

URL = "com.apple.messages.URLBalloonProvider"


MISSING = photo(None, "Missing file")


async def test_words_around_a_picture_are_kept_apart(mail: Handmade) -> None:
    """Wherever it stands, and in the order of the body, not in that of the files."""
    rowid = mail.row(
        body(
            words("Before lunch"),
            attachment("B", part=1),
            attachment("A", part=2),
            words("after lunch", part=3),
        )
    )
    mail.file(rowid, "A", transfer_name="a.pdf", mime_type="", uti="com.adobe.pdf")
    mail.file(rowid, "B")
    message = await mail.message(rowid)
    assert message.text == "Before lunch\nafter lunch"
    assert message.line == "📎 Before lunch ⏎ after lunch"
    assert message.parts == (
        said("Before lunch"),
        photo(1),
        photo(0, "PDF a.pdf"),
        said("after lunch"),
    )
    assert [each.name for each in message.attachments] == ["a.pdf", "IMG_1.HEIC"]
    typed = await mail.typed(rowid)
    assert typed
    assert typed.text == message.text


@pytest.mark.parametrize(
    "columns", [{"emoji_image_short_description": "a squirrel"}, {}]
)
async def test_a_genmoji_is_described_where_it_stands(
    mail: Handmade, columns: dict[str, object]
) -> None:
    """A sticker without a description is marked at least; it is no file beside words."""
    rowid = mail.row(
        body(words("Meet me at the "), attachment("G"), words(" tomorrow")),
        cache_has_attachments=1,
    )
    mail.file(rowid, "G", is_sticker=1, **columns)
    message = await mail.message(rowid)
    name = columns.get("emoji_image_short_description", "Sticker")
    assert message.text == message.line == f"Meet me at the [{name}] tomorrow"
    assert [part.kind for part in message.parts] == ["text", "mark", "text"]
    assert message.kind == "text"


@pytest.mark.parametrize("is_sticker", [0, 1])
async def test_a_genmoji_alone_is_a_sticker(mail: Handmade, is_sticker: int) -> None:
    """As it is drawn, whatever flag its row has."""
    rowid = mail.row(body(attachment("G")), cache_has_attachments=1)
    prompt = "a squirrel"
    mail.file(rowid, "G", is_sticker=is_sticker, emoji_image_short_description=prompt)
    message = await mail.message(rowid)
    assert (message.kind, message.text) == ("sticker", "")
    assert message.line == "Sticker: a squirrel"
    assert message.parts == (Part(kind="mark", text=prompt, attachment=0),)


async def test_own_words_with_a_genmoji_are_not_said_again(mail: Handmade) -> None:
    """What the user typed before is offered as a reply, and a picture cannot be."""
    runs = (words("see you "), attachment("G"), words(" there"))
    mine = mail.row(body(*runs), is_from_me=1, handle_id=0)
    mail.file(mine, "G", is_sticker=1)
    theirs = mail.row(body(*runs))
    assert await mail.typed(mine) is None
    assert await mail.typed(theirs)


async def test_blanks_between_pictures_are_no_words(mail: Handmade) -> None:
    """A photo and a line end are a photo."""
    rowid = mail.row(body(attachment("A"), words("\n ", part=1)))
    mail.file(rowid, "A")
    message = await mail.message(rowid)
    assert (message.line, message.kind) == ("Photo", "attachment")


async def test_several_lost_files_are_counted(mail: Handmade) -> None:
    """Like photos and stickers."""
    message = await mail.message(mail.row(encode(PLACEHOLDER * 3)))
    assert message.line == "3 missing files"
    assert message.parts == (MISSING,) * 3


async def test_many_runs_of_one_part_are_one_text(mail: Handmade) -> None:
    """Mentions and links stand in their sentence, with letters of any width before."""
    rowid = mail.row(
        body(
            words("👍👩‍👩‍👧‍👦 Ask ", part=2),
            mention("Ann", "+15550100002", part=2),
            words(" about ", part=2),
            link("it", "https://example.com", part=2),
        )
    )
    message = await mail.message(rowid)
    assert message.parts == (said("👍👩‍👩‍👧‍👦 Ask Ann about it"),)
    assert message.line == message.text == message.parts[0].text


async def test_a_part_without_a_number_belongs_to_the_one_before(
    mail: Handmade,
) -> None:
    """And numbers need be in no order."""
    runs = (
        Run("one ", {}),
        words("part", part=0),
        words("another", part=7),
        Run(" one", {"__kIMTextBoldAttributeName": 1}),
        words("third", part=3),
    )
    message = await mail.message(mail.row(body(*runs)))
    assert [part.text for part in message.parts] == ["one part", "another one", "third"]
    assert message.text == "one part\nanother one\nthird"


async def test_a_file_without_a_row_is_missing_where_it_stands(
    mail: Handmade,
) -> None:
    """The others are told apart from it by their guids; the words stay apart."""
    rowid = mail.row(
        body(attachment("GONE"), words("and", part=1), attachment("HERE", part=2))
    )
    mail.file(rowid, "HERE")
    message = await mail.message(rowid)
    assert message.parts == (MISSING, said("and"), photo(0))
    assert message.line == "📎 and"
    assert len(message.attachments) == 1


@pytest.mark.parametrize(
    ("text", "blob", "noted"),
    [
        (None, encode(PLACEHOLDER), 1),
        (None, encode(PLACEHOLDER), 0),
        (PLACEHOLDER, None, 0),
        (PLACEHOLDER, encode(PLACEHOLDER), 1),
        (None, None, 1),
        (None, encode(""), 1),
        (None, body(attachment("GONE")), 0),
        (None, b"no archive", 1),
    ],
)
async def test_a_message_of_nothing_but_a_lost_file_says_so(
    mail: Handmade, text: str | None, blob: bytes | None, noted: int
) -> None:
    """Whatever of the row still tells of it: the body, the text, or the note of files."""
    message = await mail.message(mail.row(blob, text=text, cache_has_attachments=noted))
    assert message.line == "Missing file"
    assert message.kind == "attachment"
    assert message.parts == (MISSING,)
    assert message.text == ""


async def test_a_file_is_shown_though_the_row_notes_none(mail: Handmade) -> None:
    """Also where there is no body at all; and it stands in the list."""
    rowid = mail.row(None, cache_has_attachments=0)
    mail.file(rowid, "A")
    message = await mail.message(rowid)
    assert (message.line, message.kind) == ("Photo", "attachment")
    assert message.parts == (photo(0),)


@pytest.mark.parametrize("blob", [None, b"\x04\x0bstreamtyped\x81\xe8\x03damaged"])
async def test_without_runs_places_and_files_meet_in_their_order(
    mail: Handmade, blob: bytes | None
) -> None:
    """The text column has the places; a file too many comes last."""
    rowid = mail.row(blob, text=f"one{PLACEHOLDER}two{PLACEHOLDER} three")
    for guid in ("A", "B", "C"):
        mail.file(rowid, guid)
    message = await mail.message(rowid)
    assert message.text == "one\ntwo three"
    assert message.parts == (
        said("one"),
        photo(0),
        said("two"),
        photo(1),
        said(" three"),
        photo(2),
    )


@pytest.mark.parametrize("bundle", [None, "com.apple.messages.chatbot"])
@pytest.mark.parametrize("text", ["Your parcel", f"Your parcel{PLACEHOLDER}"])
async def test_words_that_only_the_text_column_has_are_said(
    mail: Handmade, bundle: str | None, text: str
) -> None:
    """Where the body is nothing but a place; not where an edit has emptied it."""
    rowid = mail.row(encode(PLACEHOLDER), text=text, balloon_bundle_id=bundle)
    mail.file(rowid, "A")
    message = await mail.message(rowid)
    assert (message.text, message.kind) == ("Your parcel", "text")
    assert message.parts == (said("Your parcel"), photo(0))
    emptied = mail.row(encode(""), text="old words", date_edited=5)
    assert (await mail.message(emptied)).retracted


async def test_a_stray_placeholder_in_words_is_no_file(mail: Handmade) -> None:
    """Somebody pasted it; the words around it stay apart."""
    message = await mail.message(mail.row(encode(f"five o{PLACEHOLDER}clock")))
    assert message.text == "five o\nclock"
    assert {part.kind for part in message.parts} == {"text"}


async def test_the_payload_of_a_link_is_no_file(mail: Handmade) -> None:
    """Neither where it has a place in the body nor beside it."""
    address = "https://www.example.com/a"
    rowid = mail.row(
        body(link(address, address), attachment("P", part=1)),
        balloon_bundle_id=URL,
        cache_has_attachments=1,
    )
    mail.file(rowid, "P", transfer_name="X.pluginPayloadAttachment")
    mail.file(rowid, "Q", hide_attachment=1)
    message = await mail.message(rowid)
    assert message.text == message.line == address
    assert message.parts == (said(address),)
    assert message.attachments == ()


async def test_a_link_of_which_only_the_preview_is_left_is_a_link(
    mail: Handmade,
) -> None:
    """No file is missing there."""
    rowid = mail.row(
        encode(PLACEHOLDER), balloon_bundle_id=URL, cache_has_attachments=1
    )
    mail.file(rowid, "P", transfer_name="X.pluginPayloadAttachment")
    message = await mail.message(rowid)
    assert (message.line, message.parts) == (
        "Link",
        (Part(kind="mark", text="Link"),),
    )


@pytest.mark.parametrize(
    ("bundle", "text", "line"),
    [
        ("com.apple.messages.chatbot", "Your parcel is here", "Your parcel is here"),
        ("com.example.business.chat", "Hello\ufffd there", "Hello there"),
        ("com.apple.messages.chatbot", PLACEHOLDER, "App message"),
        ("com.example.findmy.bank", "Your balance", "Your balance"),
        ("com.apple.Handwriting.HandwritingProvider", "x", "Handwritten message"),
        (
            "com.apple.messages.MSMessageExtensionBalloonPlugin:0:com.example.game",
            "Your move",
            "Your move",
        ),
    ],
)
async def test_a_balloon_with_words_says_them(
    mail: Handmade, bundle: str, text: str, line: str
) -> None:
    """Unless an app paints it; then what the app says of it comes first."""
    rowid = mail.row(encode(text), balloon_bundle_id=bundle, service="RCS")
    message = await mail.message(rowid)
    is_text = not bundle.endswith(("Provider", "game")) and text != PLACEHOLDER
    assert message.line == line
    assert message.kind == ("text" if is_text else "app")
    assert [part.text for part in message.parts] == [line]
    typed = await mail.typed(rowid)
    assert (typed.text if typed else None) == (line if is_text else None)


async def test_a_memo_with_words_beside_it_is_a_text(mail: Handmade) -> None:
    """The mark of a voice memo says nothing of what was typed."""
    rowid = mail.row(
        body(attachment("A", transcript="heard"), words("typed", part=1)),
        is_audio_message=1,
    )
    mail.file(rowid, "A", mime_type="audio/x-caf", uti="com.apple.coreaudio-format")
    message = await mail.message(rowid)
    assert (message.text, message.kind) == ("typed", "text")
    assert message.parts == (photo(0, "Voice memo"), said("typed"))


async def test_a_memo_that_is_gone_has_expired(mail: Handmade) -> None:
    """Its place is still in the body, and Messages deletes the file."""
    rowid = mail.row(body(attachment("GONE")), is_audio_message=1, is_expirable=1)
    message = await mail.message(rowid)
    assert (message.line, message.kind) == ("Expired message", "audio")
    mail.file(rowid, "GONE", mime_type="audio/x-caf")
    assert (await mail.message(rowid)).line == "Voice memo"


async def test_files_of_a_message_that_expired_or_was_emptied_are_shown(
    mail: Handmade,
) -> None:
    """As long as they are there."""
    for columns in ({"was_detonated": 1}, {"date_edited": 5}, {"is_expirable": 1}):
        rowid = mail.row(None, **columns)
        mail.file(rowid, f"of-{rowid}")
        assert (await mail.message(rowid)).line == "Photo"
