"""How sure a suggestion is: only from what can be computed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.drafting.confidence import (
    confidence_of,
    parts_of,
    self_consistency,
)

SHARE = st.none() | st.floats(0, 1)


@given(SHARE, SHARE, SHARE)
def test_a_confidence_is_a_share_or_unknown(
    fluency: float | None, similarity: float | None, consistency: float | None
) -> None:
    """Unknown where the writer's words or everything that supports them is unknown."""
    parts = parts_of(
        fluency=fluency,
        similarity=similarity,
        self_consistency=consistency,
    )
    confidence = confidence_of(parts)
    is_supported = similarity is not None or consistency is not None
    assert (confidence is not None) == (fluency is not None and is_supported)
    if confidence is not None:
        assert 0 <= confidence <= 1
        assert confidence == pytest.approx(parts["fluency"] * parts["support"])


def test_suggestions_that_say_the_same_support_each_other() -> None:
    """One alone says nothing about it."""
    assert self_consistency(["see you at seven"]) is None
    same = self_consistency(["see you at seven", "See you at seven!"])
    other = self_consistency(["see you at seven", "sorry, not today"])
    assert same == 1.0
    assert other == 0.0
