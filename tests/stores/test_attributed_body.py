"""Text out of archived attributed strings: exact, or a typed refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.demo.typedstream import encode
from jarvis.stores.attributed_body import Undecodable, read_body, read_text

SIZES = (0, 1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 200_000)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("letter", ["a", "é", "漢", "😀"])
def test_any_length_reads_back_exactly(size: int, letter: str) -> None:
    """Around every place where the length is written differently."""
    text = (letter * size)[: size // len(letter.encode()) or 1 if size else 0]
    for outgoing in (False, True):
        blob = encode(text, outgoing=outgoing)
        assert read_text(blob) == text
        assert read_body(blob).text == text


@given(st.text(max_size=200))
def test_any_text_reads_back_exactly(text: str) -> None:
    """Both readers agree."""
    blob = encode(text)
    assert read_text(blob) == read_body(blob).text == text


def test_marker_bytes_in_the_text_do_not_confuse() -> None:
    """A text may look like the archive around it."""
    text = "\x84\x01+ NSString \x86\x84 streamtyped"
    assert read_text(encode(text)) == text


@given(st.binary(max_size=300))
def test_any_bytes_give_a_text_or_a_refusal(data: bytes) -> None:
    """Never a hang, never a guess, never another error."""
    for read in (read_text, read_body):
        try:
            read(data)
        except Undecodable:
            continue


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_damaged_archive_never_gives_a_wrong_kind_of_error(
    text: str, data: st.DataObject
) -> None:
    """Cut anywhere, or with one byte changed."""
    blob = bytearray(encode(text))
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    for broken in (bytes(blob), bytes(blob[:place])):
        for read in (read_text, read_body):
            try:
                read(broken)
            except Undecodable:
                continue
