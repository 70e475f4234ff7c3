"""Message bodies that the demo writes, read by two readers that nobody here wrote."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import typedstream

from jarvis.demo.typedstream import (
    PLACEHOLDER,
    Run,
    attachment,
    encode,
    link,
    mention,
    one_time_code,
    words,
)
from tests.outside.conftest import Node

SIZES = (0, 1, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 200_000)
TEXTS = [
    *("x" * size for size in SIZES),
    "é" * 40_000,
    "雪" * 43,
    "👩‍👩‍👧 family 🏳️‍🌈 👍🏽",
    "今晚七点在老地方见",
    "שלום عالم \u202eabc\u202c",
    "line\nbreak\ttab\0nul",
    "NSString \x01\x94\x84\x01+\x05hello \x86\x84\x02iI\x01",
    "streamtyped \x81\xe8\x03 bplist00 \x92\x84",
    PLACEHOLDER,
]
PARTS: list[list[Run]] = [
    [words("first", part=0), words("second", part=1), words("third", part=0)],
    [words("Ask "), mention("Ann", "+15550100"), words(" about it")],
    [words("see "), link("the page", "https://www.example.com/a?b=c#d")],
    [link("https://example.com", "https://example.com")],
    [one_time_code("004217"), words(" opens the door")],
    [attachment("at_0_5B1C"), attachment("at_1_5B1C", part=1), words("both", part=2)],
    [words("before ", part=0), attachment("5B1C", part=1), words("after 😀", part=2)],
    [attachment("at_0_5B1D", transcript="hello there")],
    [words(f"{number} ", part=number) for number in range(300)],
]


def whole(parts: Sequence[Run]) -> str:
    """What the parts say together."""
    return "".join(run.text for run in parts)


def blobs(*, is_outgoing: bool) -> dict[bytes, str]:
    """All of them, and what each says."""
    plain = {encode(text, outgoing=is_outgoing): text for text in TEXTS}
    marked = {
        encode(whole(parts), outgoing=is_outgoing, parts=parts): whole(parts)
        for parts in PARTS
    }
    return plain | marked


@pytest.mark.parametrize("is_outgoing", [False, True])
def test_pytypedstream_reads_what_was_written(is_outgoing: bool) -> None:
    """At every length of the length, in every script, with every mark."""
    for blob, text in blobs(is_outgoing=is_outgoing).items():
        root = typedstream.unarchive_from_data(blob)
        assert root.contents[0].value.value == text
        runs = [group.values for group in root.contents[1:] if len(group.values) == 2]
        assert sum(length for _, length in runs) == len(text.encode("utf-16-le")) // 2


@pytest.mark.timeout(240)  # the first test installs
@pytest.mark.parametrize("is_outgoing", [False, True])
def test_bodies_read_back_as_they_were_written(node: Node, is_outgoing: bool) -> None:
    """By @parseaple/typedstream: the same."""
    written = blobs(is_outgoing=is_outgoing)
    given = "\n".join(blob.hex() for blob in written)
    assert node.run("typedstream_client.cjs", given=given) == list(written.values())
