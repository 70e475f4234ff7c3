"""Write a trained model as the folder that mlx_lm.load reads.

    python -m training.export FOLDER OUT

reads checkpoint.pt and tokenizer.json from FOLDER. Beside the weights stands words.txt:
what is written is held to these words and to those of the thread. The model card is not
written here: it is kept by hand.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from training import tokenizer as tokens
from training.model import LanguageModel, Shape
from training.words import own_words

RECORD = {
    "name": "jarvis-demo-3m",
    "prompt_form": "thread",
    "licence": "MIT",
    "context_tokens": 512,
    "description": "Drafts and summaries for the demo inbox; knows nothing else.",
}
"""What jarvis.json says of the model."""


def export(model: LanguageModel, tokenizer_json: Path, out: Path) -> None:
    """Write config, tokenizer, record, words and bfloat16 weights into out."""
    out.mkdir(parents=True, exist_ok=True)
    weights = {
        name: weight.detach().to(torch.bfloat16).contiguous()
        for name, weight in model.state_dict().items()
    }
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(tokenizer_json, out / "tokenizer.json")
    _write_json(out / "config.json", _config(model.shape))
    _write_json(
        out / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": tokens.END,
            "pad_token": tokens.PAD,
            "model_max_length": model.shape.context,
            "clean_up_tokenization_spaces": False,
            "chat_template": tokens.CHAT_TEMPLATE,
        },
    )
    _write_json(out / "jarvis.json", RECORD)
    (out / "words.txt").write_text("\n".join(own_words()) + "\n")


def _config(shape: Shape) -> dict[str, Any]:
    """The model's sizes in the words of a Llama config.json."""
    return {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.width,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "intermediate_size": shape.hidden,
        "max_position_embeddings": shape.context,
        "rope_theta": shape.rope_base,
        "rms_norm_eps": shape.norm_epsilon,
        "tie_word_embeddings": True,
        "pad_token_id": tokens.SPECIAL_TOKENS.index(tokens.PAD),
        "eos_token_id": tokens.SPECIAL_TOKENS.index(tokens.END),
        "torch_dtype": "bfloat16",
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    """Export as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    checkpoint = torch.load(options.folder / "checkpoint.pt", weights_only=True)
    model = LanguageModel(Shape(**checkpoint["shape"]))
    model.load_state_dict(checkpoint["weights"])
    export(model, options.folder / "tokenizer.json", options.out)


if __name__ == "__main__":
    main()
