"""How sure a suggestion is, from what can be computed: never a constant, maybe nothing.

`confidence = fluency x support`. It is no probability that the user will like the text:
it says how likely the writer found its own words, and how much in the user's history and
in the other suggestions speaks for them. Once enough is known about what became of earlier
suggestions it is put right by that (calibration.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from jarvis.later import later

if TYPE_CHECKING:
    from jarvis.assistant.generation.generate import GenerationResult
    from jarvis.assistant.history import similarity as likeness
else:
    likeness = later("jarvis.assistant.history.similarity")

_FEW_TOKENS: Final = 3
_UNSURE: Final = 0.5

Parts = dict[str, float]
"""The factors by name: fluency, similarity, self_consistency, support."""


def fluency(result: GenerationResult) -> float | None:
    """How likely the model found its own words, in 0..1.

    The geometric mean of the probabilities of its tokens, the mark at the end left out.
    A text of one or two tokens says little: for it, the smallest of their probabilities,
    and never above 0.5. Null without log-probabilities.
    """
    mean, least = result.generated.mean_logprob, result.least_logprob
    if mean is None or least is None:
        return None
    if result.generated.tokens < _FEW_TOKENS:
        return min(math.exp(least), _UNSURE)
    return min(math.exp(mean), 1.0)


def self_consistency(texts: Sequence[str]) -> float | None:
    """How much the suggestions say the same, in 0..1: the mean overlap of their words.

    Null for fewer than two.
    """
    pairs = [
        likeness.overlap(one, other)
        for at, one in enumerate(texts)
        for other in texts[at + 1 :]
    ]
    return sum(pairs) / len(pairs) if pairs else None


def parts_of(
    *,
    fluency: float | None,
    similarity: float | None,
    self_consistency: float | None,
) -> Parts:
    """What a confidence is made of, the unknown left out.

    Support is the mean of what is known of two: how like the nearest past message is to
    the one being answered, and the consistency of the suggestions.
    """
    signals = [each for each in (similarity, self_consistency) if each is not None]
    support = sum(signals) / len(signals) if signals else None
    found = {
        "fluency": fluency,
        "similarity": similarity,
        "self_consistency": self_consistency,
        "support": support,
    }
    return {part: each for part, each in found.items() if each is not None}


def confidence_of(parts: Parts) -> float | None:
    """Fluency times support, in 0..1; null while one of them is unknown."""
    if "fluency" not in parts or "support" not in parts:
        return None
    return parts["fluency"] * parts["support"]
