"""What a person is told of a call that takes its time."""

from __future__ import annotations

import pytest

from jarvis.client import StreamProgress


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (StreamProgress("queued", 0, 1), "waiting for 1 other text"),
        (StreamProgress("queued", 1, 3), "waiting for 2 other texts"),
        (StreamProgress("queued", 0, None), "waiting for other texts"),
        (StreamProgress("loading", 0, None), "loading the model"),
        (StreamProgress("reading", 640, 1900), "reading 640 of 1,900 tokens"),
        (StreamProgress("reading", 0, None), "reading the conversation"),
        (StreamProgress("reading", 0, 0), "reading the conversation"),
        (StreamProgress("writing", 1200, None), "writing, 1,200 tokens so far"),
        (StreamProgress("writing", 1, None), "writing, 1 token so far"),
        (StreamProgress("writing", 0, None), "writing"),
        (StreamProgress("dreaming", 1, 2), "dreaming"),
    ],
)
def test_it_is_said_in_a_few_words(progress: StreamProgress, words: str) -> None:
    """Also what only a newer daemon says."""
    assert progress.words == words
