"""The caches that mlx-lm keeps for the layers of a model, as one thing."""

from __future__ import annotations

import copy
from typing import Any, Self


class LayerCaches:
    """The caches that mlx-lm keeps for the layers of one model; see Cache."""

    def __init__(self, layers: list[Any]) -> None:
        self.layers = layers

    @property
    def tokens(self) -> int | None:
        """As the first layer knows that counts; running states do not."""
        counts = (getattr(layer, "offset", None) for layer in self.layers)
        return next((count for count in counts if isinstance(count, int)), None)

    @property
    def size_bytes(self) -> int:
        """The sum over the layers."""
        return sum(layer.nbytes for layer in self.layers)

    @property
    def can_trim(self) -> bool:
        """Whether every layer can."""
        return all(layer.is_trimmable() for layer in self.layers)

    def trim(self, tokens: int) -> bool:
        """Every layer must have forgotten all of them, or what it writes is wrong."""
        return self.can_trim and all(
            layer.trim(tokens) == tokens for layer in self.layers
        )

    def copy(self) -> Self:
        """With arrays of its own."""
        return type(self)(copy.deepcopy(self.layers))
