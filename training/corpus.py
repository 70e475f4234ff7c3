"""Examples as tokens: one shared head a thread, and a tail for each thing to answer.

    python -m training.corpus FOLDER --examples 40000

writes tokenizer.json and examples.npz into FOLDER. The tails of an example do not see
each other, so one pass over a thread teaches several answers to it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training import tokenizer as tokens
from training.examples import Example, Target, make_example
from training.prompt import task_tail, thread_head
from training.values import UNSEEN

VOCABULARY = 1024
HEAD_WEIGHT = 0.2
"""What a token of the thread counts in the loss; one of an answer counts 1."""
_STANCES_TAUGHT = 2
_TOKENIZER_EXAMPLES = 20_000


@dataclass(frozen=True)
class Packed:
    """Examples end to end; each array but starts has a value for each token."""

    ids: NDArray[np.uint16]
    branches: NDArray[np.uint8]
    """0 for the head, 1 and up for the tails."""
    positions: NDArray[np.uint16]
    weights: NDArray[np.float32]
    """What predicting this token counts in the loss."""
    starts: NDArray[np.int64]
    """Where each example begins, and the end."""

    def save(self, path: Path) -> None:
        """Write the arrays to an .npz file."""
        np.savez(path, **vars(self))

    @classmethod
    def load(cls, path: Path) -> Packed:
        """Read what save wrote."""
        with np.load(path) as arrays:
            return cls(**{name: arrays[name] for name in arrays.files})


def pack(
    examples: Sequence[Example],
    targets: Sequence[Sequence[Target]],
    tokenizer: Tokenizer,
    *,
    head_weight: float = HEAD_WEIGHT,
) -> Packed:
    """The examples with the targets chosen for each."""
    pieces: list[tuple[str, float]] = []
    shapes: list[int] = []
    for example, chosen in zip(examples, targets, strict=True):
        head = thread_head(example.people, example.turns)
        pieces.append((tokens.USER + head, head_weight))
        for target in chosen:
            tail = task_tail(target.task, target.stance)
            pieces.append((tail + tokens.END + tokens.ASSISTANT, 0.0))
            pieces.append((target.text + tokens.END, 1.0))
        shapes.append(len(chosen))
    encoded = tokenizer.encode_batch(
        [text for text, _ in pieces], add_special_tokens=False
    )
    rows = [
        (np.array(one.ids, np.uint16), weight)
        for one, (_, weight) in zip(encoded, pieces, strict=True)
    ]
    return _lay_out(rows, shapes)


def _lay_out(rows: list[tuple[Any, float]], shapes: list[int]) -> Packed:
    """Number the branches and positions of the encoded pieces."""
    ids, branches, positions, weights, starts = [], [], [], [], [0]
    cursor = iter(rows)
    for tail_count in shapes:
        head, head_weight = next(cursor)
        parts = [(head, 0, 0, head_weight)]
        for branch in range(1, tail_count + 1):
            ask, ask_weight = next(cursor)
            answer, answer_weight = next(cursor)
            parts.append((ask, branch, len(head), ask_weight))
            parts.append((answer, branch, len(head) + len(ask), answer_weight))
        for part, branch, position, weight in parts:
            ids.append(part)
            branches.append(np.full(len(part), branch, np.uint8))
            positions.append(np.arange(position, position + len(part), dtype=np.uint16))
            weights.append(np.full(len(part), weight, np.float32))
        starts.append(starts[-1] + sum(len(part[0]) for part in parts))
    return Packed(
        np.concatenate(ids),
        np.concatenate(branches),
        np.concatenate(positions),
        np.concatenate(weights),
        np.array(starts, np.int64),
    )


def taught(rng: random.Random, example: Example) -> list[Target]:
    """The targets of an example that are trained on: not every stance of every thread."""
    stances = [target for target in example.targets if target.stance is not None]
    others = [target for target in example.targets if target.stance is None]
    return others + rng.sample(stances, _STANCES_TAUGHT)


def held_out_examples(count: int, seed: int = 999) -> list[Example]:
    """Examples with names, places, times and amounts that training never shows."""
    rng = random.Random(seed)
    return [make_example(rng, UNSEEN) for _ in range(count)]


def main() -> None:
    """Write the corpus that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--examples", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    examples = [make_example(rng) for _ in range(options.examples)]
    tokenizer = tokens.learn(
        (
            f"{example.prompt(target)}\n{target.text}"
            for example in examples[:_TOKENIZER_EXAMPLES]
            for target in taught(rng, example)
        ),
        VOCABULARY,
    )
    tokenizer.save(str(options.folder / "tokenizer.json"))
    packed = pack(examples, [taught(rng, example) for example in examples], tokenizer)
    packed.save(options.folder / "examples.npz")
    sizes = np.diff(packed.starts)
    print(
        f"{len(examples)} examples, {packed.ids.size / 1e6:.2f}M tokens, "
        f"mean {sizes.mean():.0f}, largest {sizes.max()}, "
        f"highest position {packed.positions.max()}, "
        f"vocabulary {tokenizer.get_vocab_size()}"
    )


if __name__ == "__main__":
    main()
