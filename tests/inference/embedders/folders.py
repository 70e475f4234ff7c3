"""Folders with real models of no worth that make vectors: a few random layers each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from jarvis.inference.models.record import Embedding, ModelRecord

WIDTH: Final = 32
_HEADS: Final = 4
_LAYERS: Final = 2
_POSITIONS: Final = 40
LONGEST: Final = 16
"""Tokens that such a model looks at."""

PIECES: Final = (
    *(
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "dinner",
        "on",
        "friday",
        "?",
        "we",
    ),
    *(
        "meet",
        "##ing",
        "at",
        "the",
        "boot",
        "##s",
        "s",
        "##een",
        "!",
        "好",
        "é",
        "e",
        "##e",
    ),
)
_SENTENCE_PIECES: Final = (
    *(("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)),
    *(
        ("▁dinner", -4.0),
        ("▁am", -4.0),
        ("▁Freitag", -5.0),
        ("frei", -6.0),
        ("tag", -6.0),
    ),
    *((letter, -8.0) for letter in "abcdefghijklmnopqrstuvwxyzäöü?!好"),
    ("<mask>", 0.0),
)


def write_word_piece_folder(folder: Path, *, pooling: str = "mean") -> Path:
    """BERT with word pieces, as sentence-transformers wrote folders for years."""
    _write_json(folder / "modules.json", _modules("sentence_transformers.models."))
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": LONGEST})
    _write_json(
        folder / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": WIDTH,
            "pooling_mode_cls_token": pooling == "cls",
            "pooling_mode_mean_tokens": pooling == "mean",
            "pooling_mode_max_tokens": pooling == "max",
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    )
    vocabulary = {piece: number for number, piece in enumerate(PIECES)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]", [("[CLS]", 2), ("[SEP]", 3)]
    )
    # As many folders come: cut and padded, which a reader has to undo.
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "BertTokenizerFast",
            "model_max_length": 512,
            "do_lower_case": True,
            **{
                f"{name}_token": f"[{name.upper()}]"
                for name in ("pad", "unk", "cls", "sep")
            },
            "mask_token": "[MASK]",
        },
    )
    _write_model(folder, "bert", len(PIECES), pad=0, prefix="")
    return folder


def write_sentence_piece_folder(
    folder: Path, *, kind: str = "bert", act: str = "gelu"
) -> Path:
    """BERT layers over XLM-R's tokenizer, as e5 is made; new names in its folder."""
    _write_json(
        folder / "modules.json", _modules("sentence_transformers.base.modules.")
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": LONGEST})
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"embedding_dimension": WIDTH, "pooling_mode": "mean"},
    )
    tokenizer = Tokenizer(models.Unigram(list(_SENTENCE_PIECES), unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        "<s> $A </s>", "<s> $A </s> </s> $B </s>", [("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": 512,
            **{"pad_token": "<pad>", "unk_token": "<unk>", "cls_token": "<s>"},
            **{"sep_token": "</s>", "mask_token": "<mask>", "bos_token": "<s>"},
            "eos_token": "</s>",
        },
    )
    prefix = "bert." if kind == "bert" else "roberta."
    _write_model(folder, kind, len(_SENTENCE_PIECES), pad=1, prefix=prefix, act=act)
    return folder


def record_of(folder: Path, **changes: Any) -> ModelRecord:
    """Such a folder as a model."""
    embedding: dict[str, Any] = {
        "dims": WIDTH,
        "max_tokens": LONGEST,
        "threshold": 0.3,
        "single_weight": 0.6,
        **changes,
    }
    return ModelRecord(
        name=str(folder),
        path=str(folder),
        engine="bert",
        prompt_style="chat",
        licence=None,
        context_tokens=LONGEST,
        size_bytes=0,
        embedding=Embedding(**embedding),
    )


def write_safetensors(path: Path, tensors: dict[str, NDArray[Any]]) -> None:
    """The format by hand: these tests compare what reads it with no second reader."""
    kinds = {"<f4": "F32", "<f2": "F16", "<u2": "BF16", "<i8": "I64"}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, numbers in tensors.items():
        begin = len(data)
        data += numbers.tobytes()
        header[name] = {
            "dtype": kinds[numbers.dtype.str],
            "shape": list(numbers.shape),
            "data_offsets": [begin, len(data)],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def _modules(place: str) -> list[dict[str, Any]]:
    paths = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize"}
    new = "base" in place
    module_of = {
        kind: f"{place}{kind.lower()}.{kind}" if new else f"{place}{kind}"
        for kind in paths
    }
    if new:
        # Pooling and the length are theirs in another room since the names are new.
        other = "sentence_transformers.sentence_transformer.modules."
        module_of["Pooling"] = f"{other}pooling.Pooling"
        module_of["Normalize"] = f"{other}normalize.Normalize"
    return [
        {"idx": number, "name": str(number), "path": path, "type": module_of[kind]}
        for number, (kind, path) in enumerate(paths.items())
    ]


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def _write_model(
    folder: Path, kind: str, pieces: int, *, pad: int, prefix: str, act: str = "gelu"
) -> None:
    architecture = {"bert": "BertModel", "xlm-roberta": "XLMRobertaModel"}[kind]
    _write_json(
        folder / "config.json",
        {
            "model_type": kind,
            "architectures": [architecture],
            "vocab_size": pieces,
            "hidden_size": WIDTH,
            "num_hidden_layers": _LAYERS,
            "num_attention_heads": _HEADS,
            "intermediate_size": 2 * WIDTH,
            "hidden_act": act,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": _POSITIONS,
            "type_vocab_size": 2 if kind == "bert" else 1,
            "pad_token_id": pad,
        },
    )
    write_safetensors(folder / "model.safetensors", _weights(kind, pieces, prefix))


def _weights(kind: str, pieces: int, prefix: str) -> dict[str, NDArray[Any]]:
    random = np.random.default_rng(7)
    made: dict[str, NDArray[Any]] = {}

    def add(name: str, *shape: int, near: float = 0.0) -> None:
        numbers = near + 0.25 * random.standard_normal(shape)
        made[f"{prefix}{name}"] = numbers.astype("<f4")

    def add_norm(at: str) -> None:
        add(f"{at}LayerNorm.weight", WIDTH, near=1.0)
        add(f"{at}LayerNorm.bias", WIDTH)

    def add_dense(at: str, wide: int, out: int) -> None:
        add(f"{at}weight", out, wide)
        add(f"{at}bias", out)

    add("embeddings.word_embeddings.weight", pieces, WIDTH)
    add("embeddings.position_embeddings.weight", _POSITIONS, WIDTH)
    add("embeddings.token_type_embeddings.weight", 2 if kind == "bert" else 1, WIDTH)
    add_norm("embeddings.")
    for layer in range(_LAYERS):
        at = f"encoder.layer.{layer}."
        for name in ("query", "key", "value"):
            add_dense(f"{at}attention.self.{name}.", WIDTH, WIDTH)
        add_dense(f"{at}attention.output.dense.", WIDTH, WIDTH)
        add_norm(f"{at}attention.output.")
        add_dense(f"{at}intermediate.dense.", WIDTH, 2 * WIDTH)
        add_dense(f"{at}output.dense.", 2 * WIDTH, WIDTH)
        add_norm(f"{at}output.")
    made[f"{prefix}embeddings.position_ids"] = np.arange(_POSITIONS, dtype="<i8")[None]
    return made
