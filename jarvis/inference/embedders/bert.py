"""BERT and its kin in numpy: ready in a tenth of a second, and no torch.

What sentence-transformers makes of a folder of this kind, to a few units of float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedders.vectors import unit
from jarvis.inference.embedders.weights import read_weights
from jarvis.inference.models.embedder_folder import EmbedderFolder, read_embedder_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jarvis.inference.embedder import TextKind
    from jarvis.inference.models.record import ModelRecord

    Floats = NDArray[np.float32]

_BATCH_TOKENS: Final = 1024
"""So many tokens go through the model together, padding included: what they take at a
time then stays near the processor."""


class BertEmbedder:
    """Honours Embedder for the folders that EmbedderFolder.is_bert names."""

    def __init__(self, model: ModelRecord) -> None:
        assert model.path is not None
        assert model.embedding is not None
        self._embedding = model.embedding
        folder = read_embedder_folder(Path(model.path))
        self._tokens = _Tokens(folder)
        self._layers = BertLayers(folder)
        self._pooling = folder.pooling

    def embed(self, texts: Sequence[str], kind: TextKind) -> Floats:
        """See Embedder."""
        prefix = self._embedding.prefix(kind)
        ids = self._tokens.ids([prefix + text for text in texts])
        vectors = np.empty((len(ids), self._embedding.dims), np.float32)
        for places in batches([len(each) for each in ids]):
            vectors[places] = self._pooled([ids[place] for place in places])
        return unit(vectors)

    def _pooled(self, ids: list[list[int]]) -> Floats:
        lengths = np.array([len(each) for each in ids])
        padded = np.zeros((len(ids), lengths.max()), np.int64)
        for row, each in zip(padded, ids, strict=True):
            row[: len(each)] = each
        seen = np.arange(padded.shape[1]) < lengths[:, None]
        hidden = self._layers.run(padded, seen)
        if self._pooling == "cls":
            return hidden[:, 0]
        hidden *= seen[:, :, None]
        sums: Floats = hidden.sum(axis=1)
        sums /= lengths[:, None].astype(np.float32)
        return sums


def batches(lengths: Sequence[int], most: int = _BATCH_TOKENS) -> Iterator[list[int]]:
    """Places of texts that go together, alike in length so that little is padded."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[place] * (len(batch) + 1) > most:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


class _Tokens:
    """A folder's tokenizer: word pieces or sentence pieces, as its file says."""

    def __init__(self, folder: EmbedderFolder) -> None:
        from tokenizers import Tokenizer

        path = folder.transformer / "tokenizer.json"
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception:  # the library raises nothing narrower
            raise ModelUnavailable(
                f"The tokenizer {path} cannot be read: fetch the model again."
            ) from None
        tokenizer.no_padding()
        tokenizer.enable_truncation(folder.max_tokens)
        self._tokenizer = tokenizer
        self._lowers = folder.lowers

    def ids(self, texts: list[str]) -> list[list[int]]:
        """Theirs, those around a text too; as many as the model looks at."""
        if self._lowers:
            texts = [text.lower() for text in texts]
        return [each.ids for each in self._tokenizer.encode_batch_fast(texts)]


class BertLayers:
    """The transformer: ids in, the last layer's state of each token out."""

    def __init__(self, folder: EmbedderFolder) -> None:
        config = folder.config
        self._weights = _without_prefix(read_weights(folder.transformer))
        self._eps = np.float32(config.get("layer_norm_eps", 1e-12))
        self._heads = int(config["num_attention_heads"])
        self._first_position = folder.first_position
        act = _ACTS.get(str(config.get("hidden_act", "gelu")))
        if act is None:
            raise ModelUnavailable(
                f"{folder.path} bends its numbers by {config['hidden_act']}, which is "
                "not known here: choose another model."
            )
        self._act = act
        count = int(config["num_hidden_layers"])
        try:
            self._words = self._weights["embeddings.word_embeddings.weight"]
            self._positions = self._weights["embeddings.position_embeddings.weight"]
            self._layers = [
                _Layer(self._weights, f"encoder.layer.{number}.")
                for number in range(count)
            ]
            kinds = self._weights["embeddings.token_type_embeddings.weight"]
            self._first_norm = _norm_of(self._weights, "embeddings.")
        except KeyError as missing:
            raise ModelUnavailable(
                f"The weights in {folder.transformer} lack {missing}: fetch them again."
            ) from None
        self._kind = kinds[0]

    def run(self, ids: NDArray[np.int64], seen: NDArray[np.bool_]) -> Floats:
        """States, shape texts x tokens x dims; `seen` is false where there is padding."""
        texts, tokens = ids.shape
        first = self._first_position
        state = self._words[ids]
        state += self._positions[first : first + tokens] + self._kind
        flat = _normed(state.reshape(texts * tokens, -1), *self._first_norm, self._eps)
        hidden = None if seen.all() else _hidden(seen)
        for layer in self._layers:
            flat = layer.run(flat, texts, self._heads, hidden, self._eps, self._act)
        return flat.reshape(texts, tokens, -1)


class _Layer:
    """Attention, then two dense maps; each added to what came in, and normed."""

    def __init__(self, weights: Mapping[str, Floats], at: str) -> None:
        self._query = _dense_of(weights, f"{at}attention.self.query.")
        self._key = _dense_of(weights, f"{at}attention.self.key.")
        self._value = _dense_of(weights, f"{at}attention.self.value.")
        self._mixed = _dense_of(weights, f"{at}attention.output.dense.")
        self._first_norm = _norm_of(weights, f"{at}attention.output.")
        self._wide = _dense_of(weights, f"{at}intermediate.dense.")
        self._narrow = _dense_of(weights, f"{at}output.dense.")
        self._second_norm = _norm_of(weights, f"{at}output.")

    def run(
        self,
        flat: Floats,
        texts: int,
        heads: int,
        hidden: Floats | None,
        eps: np.float32,
        act: Callable[[Floats], Floats],
    ) -> Floats:
        """The state behind this layer, of the one before it: a token a row."""
        query, key, value = (
            _map(flat, *dense).reshape(texts, -1, heads, flat.shape[1] // heads)
            for dense in (self._query, self._key, self._value)
        )
        scores = query.transpose(0, 2, 1, 3) @ key.transpose(0, 2, 3, 1)
        scores *= np.float32(query.shape[-1] ** -0.5)
        if hidden is not None:
            scores += hidden
        mixed = _softmax(scores) @ value.transpose(0, 2, 1, 3)
        mixed = mixed.transpose(0, 2, 1, 3).reshape(flat.shape)
        state = _map(mixed, *self._mixed)
        state += flat
        state = _normed(state, *self._first_norm, eps)
        out = _map(act(_map(state, *self._wide)), *self._narrow)
        out += state
        return _normed(out, *self._second_norm, eps)


def _without_prefix(weights: Mapping[str, Floats]) -> Mapping[str, Floats]:
    """Names as a bare model has them: some files put the model's name before."""
    for name in weights:
        before, found, _ = name.partition("embeddings.word_embeddings.weight")
        if found:
            return {each.removeprefix(before): value for each, value in weights.items()}
    return weights


def _dense_of(weights: Mapping[str, Floats], at: str) -> tuple[Floats, Floats]:
    return weights[f"{at}weight"].T, weights[f"{at}bias"]


def _norm_of(weights: Mapping[str, Floats], at: str) -> tuple[Floats, Floats]:
    return weights[f"{at}LayerNorm.weight"], weights[f"{at}LayerNorm.bias"]


def _map(state: Floats, weight: Floats, bias: Floats) -> Floats:
    out: Floats = state @ weight
    out += bias
    return out


def _normed(state: Floats, weight: Floats, bias: Floats, eps: np.float32) -> Floats:
    """In place: each row with mean 0 and variance 1, then as the model wants it."""
    state -= state.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", state, state)[:, None] / np.float32(state.shape[1])
    state *= weight / np.sqrt(variance + eps)
    state += bias
    return state


def _hidden(seen: NDArray[np.bool_]) -> Floats:
    """What takes every chance from padding, when added to scores."""
    lowest = np.finfo(np.float32).min / 2
    return np.where(seen, np.float32(0), lowest)[:, None, None, :].astype(np.float32)


def _softmax(scores: Floats) -> Floats:
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


_ERF: Final = (0.0705230784, 0.0422820123, 0.0092705272, 0.0001520143)
_ERF_END: Final = (0.0002765672, 0.0000430638)
"""Abramowitz and Stegun 7.1.28: erf x = 1 - 1 / (1 + a1 x + ... + a6 x^6)^16, to 3e-7."""
_FACTORS: Final = tuple(map(np.float32, reversed((1, *_ERF, *_ERF_END))))


def _gelu(values: Floats) -> Floats:
    """In place: each times the chance that a normal variable lies below it."""
    size = np.abs(values)
    size *= np.float32(0.5**0.5)
    np.minimum(size, np.float32(6), out=size)  # beyond, nothing changes but overflows
    rest = np.full_like(size, _FACTORS[0])
    for factor in _FACTORS[1:]:
        rest *= size
        rest += factor
    for _ in range(4):
        np.square(rest, out=rest)
    np.divide(np.float32(0.5), rest, out=rest)  # of what lies beyond on one side
    upper = np.subtract(np.float32(1), rest, out=size)
    np.copyto(upper, rest, where=values < 0)
    values *= upper
    return values


def _gelu_by_tanh(values: Floats) -> Floats:
    inner = values * values * values
    inner *= np.float32(0.044715)
    inner += values
    inner *= np.float32((2 / np.pi) ** 0.5)
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= np.float32(0.5)
    values *= inner
    return values


def _relu(values: Floats) -> Floats:
    return np.maximum(values, np.float32(0), out=values)


_ACTS: Final = {
    "gelu": _gelu,
    "gelu_new": _gelu_by_tanh,
    "gelu_pytorch_tanh": _gelu_by_tanh,
    "relu": _relu,
}
