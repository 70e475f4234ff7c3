"""Train the demo's model on a core or two for a budget of CPU seconds.

    python -m training.train FOLDER --cpu-seconds 4200 --threads 1

reads what training.corpus wrote into FOLDER and keeps checkpoint.pt there, written
every few minutes, so that a run cut short still leaves something to export.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training import tokenizer as tokens
from training.corpus import Packed, held_out_examples, pack
from training.model import LanguageModel, Shape

BATCH_TOKENS = 4096
LEARNING_RATE = 3e-3
_WARM_UP_STEPS = 60
_DECAY_FROM = 0.45
_CHECKPOINT_STEPS = 200
_SORTED_TOGETHER = 4096


@dataclass(frozen=True)
class Batch:
    """Examples side by side, padded to the longest."""

    ids: Tensor
    positions: Tensor
    visible: Tensor
    weights: Tensor


def batches(packed: Packed, rng: np.random.Generator) -> Iterator[Batch]:
    """Batches for ever: examples shuffled, similar lengths together."""
    sizes = np.diff(packed.starts)
    while True:
        order = rng.permutation(len(sizes))
        for begin in range(0, len(order), _SORTED_TOGETHER):
            pool = order[begin : begin + _SORTED_TOGETHER]
            groups = _groups(pool[np.argsort(sizes[pool])], sizes)
            for index in rng.permutation(len(groups)):
                yield collate(packed, groups[index])


def _groups(
    by_size: NDArray[np.int64], sizes: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Cut examples sorted by size so that no padded batch exceeds BATCH_TOKENS."""
    groups = []
    begin = 0
    for end in range(1, len(by_size) + 1):
        is_full = (
            end == len(by_size)
            or (end - begin + 1) * sizes[by_size[end]] > BATCH_TOKENS
        )
        if is_full:
            groups.append(by_size[begin:end])
            begin = end
    return groups


def collate(packed: Packed, chosen: Sequence[int] | NDArray[np.int64]) -> Batch:
    """The chosen examples as one batch; a tail sees the head and itself."""
    spans = [slice(packed.starts[one], packed.starts[one + 1]) for one in chosen]
    longest = max(span.stop - span.start for span in spans)
    ids = np.zeros((len(spans), longest), np.int64)
    positions = np.zeros_like(ids)
    branches = np.full_like(ids, 255)
    weights = np.zeros(ids.shape, np.float32)
    for row, span in enumerate(spans):
        size = span.stop - span.start
        ids[row, :size] = packed.ids[span]
        positions[row, :size] = packed.positions[span]
        branches[row, :size] = packed.branches[span]
        weights[row, :size] = packed.weights[span]
    branch = torch.from_numpy(branches)
    sees = (branch[:, None, :] == 0) | (branch[:, None, :] == branch[:, :, None])
    earlier = torch.ones(longest, longest, dtype=torch.bool).tril()
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(positions),
        (sees & earlier)[:, None],
        torch.from_numpy(weights),
    )


def loss_of(model: LanguageModel, batch: Batch) -> tuple[Tensor, Tensor]:
    """Summed weighted loss, and the sum of the weights."""
    weights = batch.weights[:, 1:]
    counted = weights > 0
    with torch.autocast("cpu", torch.bfloat16):
        states = model(
            batch.ids[:, :-1],
            batch.positions[:, :-1],
            batch.visible[:, :, :-1, :-1],
        )
        logits = model.logits(states[counted])
    losses = functional.cross_entropy(
        logits.float(), batch.ids[:, 1:][counted], reduction="none"
    )
    return (losses * weights[counted]).sum(), weights[counted].sum()


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch is not there to be checked
def answer_loss(model: LanguageModel, packed: Packed) -> float:
    """Mean loss in nats on the tokens that count in packed."""
    total = count = 0.0
    for begin in range(0, len(packed.starts) - 1, 16):
        end = min(begin + 16, len(packed.starts) - 1)
        loss, weight = loss_of(model, collate(packed, range(begin, end)))
        total += loss.item()
        count += weight.item()
    return total / count


def optimizers(model: LanguageModel) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for the rest."""
    matrices: list[Tensor] = []
    rest: list[Tensor] = []
    for name, weight in model.named_parameters():
        is_matrix = weight.ndim == 2 and "embed" not in name
        (matrices if is_matrix else rest).append(weight)
    return [
        torch.optim.Muon(
            matrices, lr=LEARNING_RATE, weight_decay=0.05, momentum=0.95,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(
            rest, lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.0, fused=True
        ),
    ]  # fmt: skip


def learning_rate(step: int, spent: float) -> float:
    """Warm up by steps, hold, then fall in a line to 2 % by the share of budget spent."""
    warm = min(1.0, (step + 1) / _WARM_UP_STEPS)
    falling = (1 - spent) / (1 - _DECAY_FROM)
    return LEARNING_RATE * warm * min(1.0, max(0.02, falling))


def take_step(
    model: LanguageModel, steppers: list[torch.optim.Optimizer], batch: Batch, lr: float
) -> float:
    """One step down the gradient of the batch; its mean loss before."""
    loss, weight = loss_of(model, batch)
    for stepper in steppers:
        stepper.zero_grad(set_to_none=True)
        for group in stepper.param_groups:
            group["lr"] = lr
    mean = loss / weight
    mean.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for stepper in steppers:
        stepper.step()
    return float(mean.item())


def train(folder: Path, cpu_seconds: float, threads: int) -> None:
    """Train within the budget, saying how it goes.

    Two threads that wait for each other on a busy machine spend the budget waiting.
    """
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    tokenizer = tokens.read(folder / "tokenizer.json")
    packed = Packed.load(folder / "examples.npz")
    unseen = held_out_examples(120)
    check = pack(unseen, [u.targets for u in unseen], tokenizer, head_weight=0.0)
    model = LanguageModel(Shape(vocabulary=tokenizer.get_vocab_size()))
    steppers = optimizers(model)
    began_cpu, began = time.process_time(), time.monotonic()
    mean, token_count = 0.0, 0
    for step, batch in enumerate(batches(packed, np.random.default_rng(0))):
        spent = (time.process_time() - began_cpu) / cpu_seconds
        if spent >= 1:
            break
        loss = take_step(model, steppers, batch, learning_rate(step, spent))
        mean = loss if step == 0 else 0.98 * mean + 0.02 * loss
        token_count += int((batch.weights >= 0).sum())
        if step % 50 == 0:
            print(
                f"step {step} spent {spent:.3f} wall {time.monotonic() - began:.0f} s "
                f"tokens {token_count / 1e6:.2f}M loss {mean:.3f}",
                flush=True,
            )
        if step % _CHECKPOINT_STEPS == _CHECKPOINT_STEPS - 1:
            save(model, folder)
            print(f"unseen names: {answer_loss(model, check):.4f}", flush=True)
    save(model, folder)
    print(f"done at step {step}; unseen names: {answer_loss(model, check):.4f}")


def save(model: LanguageModel, folder: Path) -> None:
    """Write checkpoint.pt whole or not at all."""
    fresh = folder / "checkpoint.pt.new"
    torch.save({"shape": model.shape.as_dict(), "weights": model.state_dict()}, fresh)
    fresh.replace(folder / "checkpoint.pt")


def main() -> None:
    """Train as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cpu-seconds", type=float, default=4200)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    train(options.folder, options.cpu_seconds, options.threads)


if __name__ == "__main__":
    main()
