"""A folder with a real model of no worth: a few random layers, a real tokenizer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

CONTEXT_TOKENS: Final = 2048
_LAYERS: Final = 2
_WIDTH: Final = 64
_VOCABULARY: Final = 400

CONTROL_TOKENS: Final = ["<|im_start|>", "<|im_end|>", "<think>", "</think>"]

_CONFIG: Final[dict[str, Any]] = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": _WIDTH,
    "num_hidden_layers": _LAYERS,
    "intermediate_size": 2 * _WIDTH,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "max_position_embeddings": CONTEXT_TOKENS,
    "tie_word_embeddings": True,
    "torch_dtype": "float32",
    "eos_token_id": 1,
}

_QWEN3: Final[dict[str, Any]] = {**_CONFIG, "model_type": "qwen3", "head_dim": 32}
_LFM2: Final[dict[str, Any]] = {
    **_CONFIG,
    "model_type": "lfm2",
    "norm_eps": 1e-5,
    "conv_bias": False,
    "conv_L_cache": 3,
    "block_dim": _WIDTH,
    "block_ff_dim": 2 * _WIDTH,
    "block_multiple_of": 32,
    "block_ffn_dim_multiplier": 1.0,
    "block_auto_adjust_ff_dim": False,
    "layer_types": ["conv", "full_attention"],
}
_QWEN3_5: Final[dict[str, Any]] = {
    "model_type": "qwen3_5",
    "eos_token_id": 1,
    "vision_config": {"model_type": "qwen3_5"},
    "text_config": {
        **_CONFIG,
        "model_type": "qwen3_5_text",
        "head_dim": 32,
        "full_attention_interval": 2,
        "linear_num_value_heads": 2,
        "linear_num_key_heads": 2,
        "linear_key_head_dim": 32,
        "linear_value_head_dim": 32,
    },
}
_GRANITE: Final[dict[str, Any]] = {
    **_CONFIG,
    "model_type": "granite",
    "logits_scaling": 1.0,
    "attention_multiplier": 0.2,
    "embedding_multiplier": 1.0,
    "residual_multiplier": 0.5,
    "attention_bias": False,
    "mlp_bias": False,
}
_SMOLLM3: Final[dict[str, Any]] = {
    **_CONFIG,
    "model_type": "smollm3",
    "no_rope_layer_interval": 2,
}
FAMILIES: Final = {
    "qwen3": _QWEN3,
    "qwen3_5": _QWEN3_5,
    "granite": _GRANITE,
    "smollm3": _SMOLLM3,
    "lfm2": _LFM2,
}
"""Models beside llama."""
WITH_RUNNING_STATE: Final = frozenset({"qwen3_5", "lfm2"})
"""Those that keep a state which cannot be rolled back."""

_TEMPLATE: Final = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}"
)
_TRAINED_ON: Final = (
    "Are you free for dinner on Friday? Sure, see you at seven! Thank you so much. "
    "Could you bring the kids' boots? I am running late, be there in twenty minutes."
)


def write_tiny_model(folder: Path, *, template: str | None = _TEMPLATE) -> Path:
    """Write one that mlx-lm loads; the same numbers every time."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _write_tokenizer(folder, template)
    config = {**_CONFIG, "vocab_size": vocabulary}
    (folder / "config.json").write_text(json.dumps(config))
    _write_weights(folder / "model.safetensors", vocabulary)
    return folder


def write_tiny_relative(folder: Path, family: str) -> Path:
    """Write one of FAMILIES; the same numbers every time."""
    import mlx.core as mx
    from mlx.utils import tree_flatten, tree_map
    from mlx_lm.utils import _get_classes

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _write_tokenizer(folder, _TEMPLATE)
    config = _with_vocabulary(FAMILIES[family], vocabulary)
    (folder / "config.json").write_text(json.dumps(config))
    model_class, arguments_class = _get_classes(config)
    model = model_class(arguments_class.from_dict(config))
    mx.random.seed(7)
    numbers = tree_map(
        lambda each: each + mx.random.normal(each.shape) * 0.3, model.parameters()
    )
    weights = dict(tree_flatten(numbers))
    if "vision_config" in config:
        # On the hub the part that sees lies in the same file.
        weights["vision_tower.patch_embed.proj.weight"] = mx.zeros((4, 4))
    mx.save_safetensors(str(folder / "model.safetensors"), weights)
    return folder


def _with_vocabulary(config: dict[str, Any], size: int) -> dict[str, Any]:
    """The config of a model with so many tokens; one that sees keeps its text's apart."""
    if "text_config" in config:
        return {**config, "text_config": {**config["text_config"], "vocab_size": size}}
    return {**config, "vocab_size": size}


def _write_tokenizer(folder: Path, template: str | None) -> int:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=CONTROL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([_TRAINED_ON], trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings: dict[str, object] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "model_max_length": CONTEXT_TOKENS,
        "clean_up_tokenization_spaces": False,
    }
    if template is not None:
        settings["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    size: int = tokenizer.get_vocab_size()
    return size


def _write_weights(path: Path, vocabulary: int) -> None:
    import mlx.core as mx

    mx.random.seed(7)
    # Wide enough for the random texts to differ, narrow enough not to repeat one token.
    scale = 0.3

    def matrix(rows: int, columns: int) -> Any:
        return mx.random.normal((rows, columns)) * scale

    embeddings = matrix(vocabulary, _WIDTH)
    # Never the likeliest, so that a greedy text goes on for as long as it may.
    embeddings[: len(CONTROL_TOKENS)] = 0.0
    weights = {
        "model.embed_tokens.weight": embeddings,
        "model.norm.weight": mx.ones((_WIDTH,)),
    }
    for layer in range(_LAYERS):
        at = f"model.layers.{layer}"
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            weights[f"{at}.self_attn.{name}.weight"] = matrix(_WIDTH, _WIDTH)
        weights[f"{at}.mlp.gate_proj.weight"] = matrix(2 * _WIDTH, _WIDTH)
        weights[f"{at}.mlp.up_proj.weight"] = matrix(2 * _WIDTH, _WIDTH)
        weights[f"{at}.mlp.down_proj.weight"] = matrix(_WIDTH, 2 * _WIDTH)
        weights[f"{at}.input_layernorm.weight"] = mx.ones((_WIDTH,))
        weights[f"{at}.post_attention_layernorm.weight"] = mx.ones((_WIDTH,))
    mx.save_safetensors(str(path), weights)
