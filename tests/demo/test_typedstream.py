"""The encoder of message bodies, read back by an outside reader and by eye."""

from typing import Any

import pytest
import typedstream
from hypothesis import given
from hypothesis import strategies as st

from jarvis.demo.typedstream import (
    PLACEHOLDER,
    Run,
    attachment,
    encode,
    link,
    mention,
    one_time_code,
    utf16_length,
    words,
)

# What one run of part 0 looks like, spelled out from Apple's format.
INCOMING_BEFORE = (
    b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\x00"
    b"\x84\x84\x08NSObject\x00\x85\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+"
)
INCOMING_AFTER = (
    b"\x92\x84\x84\x84\x0cNSDictionary\x00\x94\x84\x01i\x01\x92\x84\x96\x96\x1d"
    b"__kIMMessagePartAttributeName\x86\x92\x84\x84\x84\x08NSNumber\x00"
    b"\x84\x84\x07NSValue\x00\x94\x84\x01*\x84\x99\x99\x00\x86\x86\x86"
)
OUTGOING_BEFORE = (
    b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x19NSMutableAttributedString"
    b"\x00\x84\x84\x12NSAttributedString\x00\x84\x84\x08NSObject\x00\x85\x92\x84\x84\x84"
    b"\x0fNSMutableString\x01\x84\x84\x08NSString\x01\x95\x84\x01+"
)
OUTGOING_AFTER = (
    b"\x92\x84\x84\x84\x0cNSDictionary\x00\x95\x84\x01i\x01\x92\x84\x98\x98\x1d"
    b"__kIMMessagePartAttributeName\x86\x92\x84\x84\x84\x08NSNumber\x00"
    b"\x84\x84\x07NSValue\x00\x95\x84\x01*\x84\x9b\x9b\x00\x86\x86\x86"
)


def read(blob: bytes) -> tuple[str, list[tuple[int, dict[str, Any]]]]:
    """The text and the runs (UTF-16 length, attributes), by an outside reader."""
    root = typedstream.unarchive_from_data(blob)
    text = root.contents[0].value.value
    dictionaries: dict[int, dict[str, Any]] = {}
    runs: list[tuple[int, dict[str, Any]]] = []
    groups = list(root.contents[1:])
    while groups:
        number, length = groups.pop(0).values
        if number not in dictionaries:
            written = groups.pop(0).values[0].contents
            dictionaries[number] = {key.value: plain(v) for key, v in written.items()}
        runs.append((length, dictionaries[number]))
    return text, runs


def plain(value: Any) -> Any:
    """An archived value as an ordinary Python one."""
    if hasattr(value, "contents"):
        return {key.value: plain(inner) for key, inner in value.contents.items()}
    return value.value


@pytest.mark.parametrize("outgoing", [False, True])
@pytest.mark.parametrize(
    "size_bytes", [0, 1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 200_000]
)
def test_text_of_every_size_class_is_read_back(size_bytes: int, outgoing: bool) -> None:
    """Lengths on both sides of each escape survive the outside reader."""
    text = ("abcdefghij" * 20_000)[:size_bytes]

    assert read(encode(text, outgoing=outgoing)) == (
        text,
        [(size_bytes, {"__kIMMessagePartAttributeName": 0})] if text else [],
    )


@pytest.mark.parametrize("outgoing", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "see you at 8 👩‍👩‍👧‍👦 🇳🇴 👍🏽",
        "今晚七点在老地方见，别忘了带伞",
        "שלום, נתראה מחר ב-8",
        "مرحبا، هل وصلت؟",
        "कल मिलते हैं",
        "𝖍𝖊𝖑𝖑𝖔",
        "NSString \x01\x94\x84\x01+\x05hello \x86\x84\x02iI\x01",
        "streamtyped \x81\xe8\x03 \x92\x84",
        "\x00\x1b[31m\x7f\ufffd",
        PLACEHOLDER,
    ],
)
def test_every_script_and_marker_bytes_are_read_back(text: str, outgoing: bool) -> None:
    """Emoji, right-to-left text and text that looks like the format are just text."""
    spoken, runs = read(encode(text, outgoing=outgoing))

    assert spoken == text
    assert [length for length, _ in runs] == [utf16_length(text)]


@pytest.mark.parametrize(
    ("size_bytes", "length"),
    [
        (5, b"\x05"),
        (127, b"\x7f"),
        (128, b"\x81\x80\x00"),
        (256, b"\x81\x00\x01"),
        (32767, b"\x81\xff\x7f"),
        (32768, b"\x82\x00\x80\x00\x00"),
        (65536, b"\x82\x00\x00\x01\x00"),
    ],
)
def test_one_run_has_exactly_the_bytes_that_apple_writes(
    size_bytes: int, length: bytes
) -> None:
    """A plain body equals the documented layout, incoming and outgoing."""
    text = "x" * size_bytes
    middle = length + text.encode() + b"\x86\x84\x02iI\x01" + length

    assert encode(text) == INCOMING_BEFORE + middle + INCOMING_AFTER
    assert encode(text, outgoing=True) == OUTGOING_BEFORE + middle + OUTGOING_AFTER


def test_lengths_count_bytes_for_the_text_and_utf16_units_for_the_run() -> None:
    """ "héllo 😀" is eleven bytes and eight units."""
    middle = b"\x0b" + "héllo 😀".encode() + b"\x86\x84\x02iI\x01\x08"

    assert encode("héllo 😀", outgoing=True) == (
        OUTGOING_BEFORE + middle + OUTGOING_AFTER
    )


def test_an_empty_text_has_no_run() -> None:
    """Readers refuse a run of length zero, and Apple writes none."""
    assert encode("") == INCOMING_BEFORE + b"\x00\x86\x86"


@given(st.text(st.characters(codec="utf-8"), max_size=400), st.booleans())
def test_the_short_way_and_the_long_way_write_the_same_bytes(
    text: str, outgoing: bool
) -> None:
    """The template for plain text is the general encoder's output, to the byte."""
    assert encode(text, outgoing=outgoing) == encode(
        text, outgoing=outgoing, parts=[words(text)]
    )


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.integers(0, 9)),
        max_size=12,
    )
)
def test_any_list_of_parts_is_read_back(stretches: list[tuple[str, int]]) -> None:
    """Runs keep their order, their lengths and their part numbers."""
    parts = [words(text, part=part) for text, part in stretches]
    whole = "".join(text for text, _ in stretches)

    text, runs = read(encode(whole, parts=parts))

    assert text == whole
    assert runs == [
        (utf16_length(text), {"__kIMMessagePartAttributeName": part})
        for text, part in stretches
    ]


def test_files_people_links_and_codes_carry_their_marks() -> None:
    """Each kind of run is read back with the attributes Messages gives it."""
    parts = [
        attachment("at_0_5B1C", part=0),
        words("Hi ", part=1),
        mention("Ann", "+15550100", part=1),
        words(" see ", part=1),
        link("example.com", "https://example.com", part=1),
        words(" code ", part=1),
        one_time_code("123456", part=1),
        attachment("at_2_5B1C", part=2, transcript="hello there"),
    ]
    whole = "".join(run.text for run in parts)

    text, runs = read(encode(whole, parts=parts, outgoing=True))

    part = "__kIMMessagePartAttributeName"
    file = "__kIMFileTransferGUIDAttributeName"
    code = {"displayCode": "123456", "code": "123456"}
    assert text == whole
    assert runs == [
        (1, {file: "at_0_5B1C", part: 0}),
        (3, {part: 1}),
        (3, {"__kIMMentionConfirmedMention": "+15550100", part: 1}),
        (5, {part: 1}),
        (11, {"__kIMLinkAttributeName": "https://example.com", part: 1}),
        (6, {part: 1}),
        (6, {part: 1, "__kIMOneTimeCodeAttributeName": code}),
        (1, {file: "at_2_5B1C", "IMAudioTranscription": "hello there", part: 2}),
    ]


def test_many_attributes_use_long_references_and_are_read_back() -> None:
    """More than 110 objects need a reference of two bytes."""
    parts = [Run("x", {f"key{n}": n * 20_000 * n} | {"end": -n}) for n in range(300)]
    parts += [Run("y", {"key299": 7, "key1": -40_000})]

    text, runs = read(encode("x" * 300 + "y", parts=parts))

    assert text == "x" * 300 + "y"
    assert [attributes for _, attributes in runs] == [run.attributes for run in parts]


def test_parts_that_do_not_spell_the_text_are_refused() -> None:
    """A body whose runs disagree with its text is never written."""
    with pytest.raises(ValueError, match="parts"):
        encode("hello", parts=[words("hell")])


def test_half_a_surrogate_pair_is_refused() -> None:
    """Text that has no UTF-8 form cannot be archived."""
    with pytest.raises(ValueError, match="surrogates"):
        encode("\ud83d")


def test_a_number_beyond_32_bits_is_refused() -> None:
    """Attributes hold what an NSNumber of C type int holds."""
    with pytest.raises(ValueError, match="32 bits"):
        encode("x", parts=[Run("x", {"key": 1 << 31})])
