"""Judge a model folder by rule, through the very code that runs it in Jarvis.

    python -m training.judge FOLDER [--threads 200] [--show 20]

Greedy, on a fixed list of threads whose names, places, times and amounts no training text
holds. Nothing here is a matter of taste: truth.py knows from the grammar what may be said,
and a number or a name in an answer either stands in the thread or it was invented.
"""

from __future__ import annotations

import argparse
import os
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from jarvis.demo.model_style.word_list import WordList
from jarvis.inference.engine import Prompt, Sampling, Turn
from jarvis.inference.models.folder import read_model
from jarvis.inference.output.accumulator import TokenAccumulator
from jarvis.records import ChatId
from training import truth
from training.examples import Example, Target, make_example
from training.values import UNSEEN

_SEED = 20_261
_MOST_TOKENS = 160
_NUMBER = re.compile(r"\d[\d:.,]*\d|\d")
_NAME = re.compile(r"(?<![.!?\n] )(?<!^)(?<!- )\b[A-Z][\w’']+")
_SENTENCE_WORDS = frozenset(("I", "I'm", "I'll", "I'd", "I've", "Agreed", "Still"))
_OF = {
    "replies right": "replies",
    "replies with something invented": "replies",
    "summaries: who asked what": "summaries",
    "summaries: who asked what, and the answer": "summaries",
    "summaries: every line right": "summaries",
    "summaries: every line and answer right": "summaries",
    "summaries whole, as the grammar's": "summaries",
    "summaries with something invented": "summaries",
    "threads with three stances right and different": "threads",
}


class Writer:
    """A loaded model that answers greedily."""

    def __init__(self, folder: Path) -> None:
        os.environ["MLX_DISABLE_COMPILE"] = "1"
        from jarvis.inference.engines.mlx.engine import MlxGenerator

        self._engine = MlxGenerator(read_model(folder), filter_of=WordList.of_folder)

    def answer(self, example: Example, target: Target, chat_id: str) -> str:
        """What the model writes where the target is wanted."""
        is_reply = target.task == "reply"
        sampling = Sampling(
            max_tokens=_MOST_TOKENS, temperature=0.0, stop=("\n",) if is_reply else ()
        )
        prompt = Prompt(
            task="reply" if is_reply else "summary",
            turns=(Turn(role="user", content=example.prompt(target)),),
            chat_id=ChatId(chat_id),
            sampling=sampling,
        )
        accumulator, text = TokenAccumulator(sampling), ""
        for step in self._engine.generate(prompt, lambda phase, done, total: None):
            if token := accumulator.add(step):
                text += token.text
            if accumulator.is_done:
                break
        return text.strip()


def invented(text: str, prompt: str) -> list[str]:
    """Numbers and names in a text that the prompt does not hold."""
    said = prompt.casefold()
    numbers = [each for each in _NUMBER.findall(text) if each not in said]
    names = [
        each
        for each in _NAME.findall(text)
        if each not in _SENTENCE_WORDS and each.casefold() not in said
    ]
    return [*numbers, *names]


def judge(writer: Writer, examples: Sequence[Example], show: int = 0) -> Counter[str]:
    """Counts: how many of what were right; the first `show` threads are printed."""
    counts = Counter[str]()
    for number, example in enumerate(examples):
        answers = {
            target: writer.answer(example, target, str(number))
            for target in example.targets
        }
        _count(example, answers, counts)
        if number < show:
            _print(example, answers)
    return counts


def _count(example: Example, answers: dict[Target, str], counts: Counter[str]) -> None:
    counts["threads"] += 1
    stances: set[str] = set()
    for target, text in answers.items():
        is_new = bool(invented(text, example.prompt(target)))
        if target.task == "summary":
            counts["summaries with something invented"] += is_new
            counts["summaries whole, as the grammar's"] += text == target.text
            _count_summary(example, text, counts)
            continue
        counts["replies"] += 1
        counts["replies with something invented"] += is_new
        is_right = truth.is_right_reply(text, example, target.stance)
        counts["replies right"] += is_right
        if is_right and target.stance is not None:
            stances.add(text.casefold())
    counts["threads with three stances right and different"] += len(stances) >= 3


def _count_summary(example: Example, text: str, counts: Counter[str]) -> None:
    counts["summaries"] += 1
    headline, *points = text.split("\n")
    for with_outcome in (False, True):
        is_right = truth.is_right_headline(headline, example, with_outcome=with_outcome)
        are_right = is_right and all(
            truth.is_right_point(point[2:], example, with_outcome=with_outcome)
            for point in points
        )
        answer = ", and the answer" if with_outcome else ""
        counts[f"summaries: who asked what{answer}"] += is_right
        line = "line and answer" if with_outcome else "line"
        counts[f"summaries: every {line} right"] += are_right


def _print(example: Example, answers: dict[Target, str]) -> None:
    print("", *(f"{turn.speaker}: {turn.text}" for turn in example.turns), sep="\n")
    for target, text in answers.items():
        wanted = f"{target.task} {target.stance or ''}".strip()
        print(f"  {wanted:12} {text}".replace("\n", f"\n{'':15}"))


def unseen_threads(count: int) -> list[Example]:
    """The fixed list: names, places, times and amounts were never trained on."""
    rng = random.Random(_SEED)
    return [make_example(rng, UNSEEN) for _ in range(count)]


def main() -> None:
    """Print the counts, and what share each is."""
    parser = argparse.ArgumentParser(description="Judge a model folder by rule.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=200)
    parser.add_argument("--show", type=int, default=0, help="print so many threads")
    given = parser.parse_args()
    counts = judge(Writer(given.folder), unseen_threads(given.threads), given.show)
    for name, of in _OF.items():
        count, all_of = counts[name], counts[of]
        print(f"{name:50} {count:5} of {all_of:5} {100 * count / all_of:6.1f} %")


if __name__ == "__main__":
    main()
