"""A model for mlx-lm that writes what it is told, token by token."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Self

_NAME: Final = "dictated"
_LAYERS: Final = 1


class Dictation:
    """What is to be written next: ids of tokens."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self._written = 0

    def begin(self, ids: list[int]) -> None:
        """Write these from the next prompt on."""
        self.ids, self._written = ids, 0

    def next(self) -> int:
        """The next id; beyond the last one, that one for ever."""
        self._written += 1
        return self.ids[min(self._written, len(self.ids)) - 1]


@contextmanager
def known_to_mlx(dictation: Dictation) -> Iterator[None]:
    """Within, mlx-lm loads folders of `write_dictated` and writes what is dictated."""
    import mlx.core as mx
    from mlx import nn
    from mlx_lm.models.cache import KVCache

    @dataclass
    class ModelArgs:
        vocab_size: int

        @classmethod
        def from_dict(cls, config: dict[str, Any]) -> Self:
            return cls(config["vocab_size"])

    class Model(nn.Module):  # type: ignore[misc]  # mlx tells no types
        def __init__(self, args: ModelArgs) -> None:
            super().__init__()
            self.scale = mx.ones((1,))
            self._vocabulary = args.vocab_size

        def __call__(self, inputs: mx.array, cache: Any = None) -> mx.array:
            length = inputs.shape[1]
            state = mx.zeros((1, 1, length, 1))
            for layer in cache or ():
                layer.update_and_fetch(state, state)
            # A prompt is read in one piece up to its last token.
            token = dictation.next() if length == 1 else 0
            row = mx.arange(self._vocabulary) == token
            return mx.broadcast_to(row * 40.0, (1, length, self._vocabulary))

        @property
        def layers(self) -> list[None]:
            return [None] * _LAYERS

        def make_cache(self) -> list[Any]:
            return [KVCache() for _ in range(_LAYERS)]

    module = ModuleType(f"mlx_lm.models.{_NAME}")
    module.Model, module.ModelArgs = Model, ModelArgs  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        del sys.modules[module.__name__]


def write_dictated(folder: Path, marks: list[str], template: str) -> Any:
    """Write a folder of the model; gives the tokenizer, which knows all these marks."""
    import mlx.core as mx
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    folder.mkdir(parents=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(letters)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(mark, special=True, normalized=False) for mark in ("<eos>", *marks)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<eos>",
        "chat_template": template,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    size = tokenizer.get_vocab_size()
    config = {
        "model_type": _NAME,
        "vocab_size": size,
        "max_position_embeddings": 8192,
        "eos_token_id": tokenizer.token_to_id("<eos>"),
    }
    (folder / "config.json").write_text(json.dumps(config))
    mx.save_safetensors(str(folder / "model.safetensors"), {"scale": mx.ones((1,))})
    return tokenizer
