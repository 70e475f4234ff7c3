"""Message bodies that the demo writes, read by a reader that nobody here wrote."""

from __future__ import annotations

import pytest

from jarvis.demo.typedstream import encode
from tests.outside.conftest import Node

TEXTS = [
    "",
    "hello",
    "x" * 127,
    "x" * 128,
    "é" * 40_000,
    "👩‍👩‍👧 family",
    "שלום عالم 你好",
    "line\nbreak\ttab\0nul",
]


@pytest.mark.timeout(240)  # the first test installs
@pytest.mark.parametrize("is_outgoing", [False, True])
def test_bodies_read_back_as_they_were_written(node: Node, is_outgoing: bool) -> None:
    """At every length of the length, in every script."""
    blobs = [encode(text, outgoing=is_outgoing).hex() for text in TEXTS]
    assert node.run("typedstream_client.cjs", given="\n".join(blobs)) == TEXTS
