"""A small Llama in torch, with the parameter names that readers of Llama expect."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """The sizes of a model; heads divides width, and width / heads is even."""

    vocabulary: int
    width: int = 192
    layers: int = 6
    heads: int = 3
    hidden: int = 512
    context: int = 512
    rope_base: float = 10000.0
    norm_epsilon: float = 1e-5

    def as_dict(self) -> dict[str, float]:
        """The sizes by name, to be stored with the weights."""
        return asdict(self)


class Attention(nn.Module):
    """Every token looks at those it may see; positions turn queries and keys."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.q_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.k_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.v_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.o_proj = nn.Linear(shape.width, shape.width, bias=False)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], visible: Tensor
    ) -> Tensor:
        """x is (batch, tokens, width); visible is (batch, 1, tokens, tokens)."""
        batch, tokens, width = x.shape
        split = (batch, tokens, self.heads, width // self.heads)
        query = rotate(self.q_proj(x).view(split).transpose(1, 2), turn)
        key = rotate(self.k_proj(x).view(split).transpose(1, 2), turn)
        value = self.v_proj(x).view(split).transpose(1, 2)
        seen = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=visible
        )
        out: Tensor = self.o_proj(seen.transpose(1, 2).reshape(batch, tokens, width))
        return out


class Mlp(nn.Module):
    """The gated feed-forward part of a layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up_proj = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down_proj = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down_proj(
            functional.silu(self.gate_proj(x)) * self.up_proj(x)
        )
        return out


class Layer(nn.Module):
    """Attention and feed-forward, each after a norm and added to the stream."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.mlp = Mlp(shape)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], visible: Tensor
    ) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), turn, visible)
        out: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return out


class Trunk(nn.Module):
    """Embedding, layers and the last norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)


class LanguageModel(nn.Module):
    """The whole model; the output layer is the embedding."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Trunk(shape)
        self.register_buffer("cosine_sine", _turns(shape), persistent=False)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                nn.init.normal_(weight, std=_spread(name, weight, shape))

    def forward(self, tokens: Tensor, positions: Tensor, visible: Tensor) -> Tensor:
        """States (batch, tokens, width) of token ids at these positions."""
        table: Tensor = self.get_buffer("cosine_sine")
        cosine, sine = table[:, positions].unsqueeze(2).unbind(0)
        x: Tensor = self.model.embed_tokens(tokens)
        for layer in self.model.layers:
            x = layer(x, (cosine, sine), visible)
        out: Tensor = self.model.norm(x)
        return out

    def logits(self, states: Tensor) -> Tensor:
        """Scores for every token of the vocabulary."""
        weight = self.model.embed_tokens.weight
        return functional.linear(states, weight.to(states.dtype))


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn the halves of each head by the angles of the token's position."""
    cosine, sine = (part.to(x.dtype) for part in turn)
    first, second = x.chunk(2, -1)
    return torch.cat(
        (first * cosine - second * sine, second * cosine + first * sine), -1
    )


def _turns(shape: Shape) -> Tensor:
    """Cosines and sines, (2, context, half a head)."""
    size = shape.width // shape.heads
    rate = shape.rope_base ** -(torch.arange(0, size, 2).float() / size)
    angle = torch.outer(torch.arange(shape.context).float(), rate)
    return torch.stack((angle.cos(), angle.sin()))


def _spread(name: str, weight: Tensor, shape: Shape) -> float:
    """The standard deviation a weight starts with: smaller where layers add up."""
    if "embed" in name:
        return 0.02
    adds_up = name.endswith(("o_proj.weight", "down_proj.weight"))
    return weight.shape[1] ** -0.5 / (math.sqrt(2 * shape.layers) if adds_up else 1.0)
