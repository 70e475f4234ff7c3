"""Judge a model folder by rule, through the very code that runs it in Jarvis.

    MLX_DISABLE_COMPILE=1 python -m training.judge FOLDER [--lessons 200]

Greedy, on lessons whose names no training text holds. Nothing here is a matter of taste:
a number or a name in an answer either stands in the thread or it was invented.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jarvis.demo.talk import HELD_OUT_NAMES, make_lesson
from jarvis.demo.talk.lesson import Lesson

_SEED = 20_261
_MOST_TOKENS = 120
_NUMBER = re.compile(r"\d[\d:.,]*\d|\d")
_NAME = re.compile(r"(?<![.!?\n] )(?<!^)(?<!- )\b[A-Z][\w’']+")
_COMMON = frozenset(
    [
        "I",
        "I'm",
        "I'll",
        "I'd",
        "I've",
        "Ok",
        "Yes",
        "No",
        "Sure",
        "Sorry",
        "You",
        "The",
        "Agreed",
    ]
)
_DAYS = frozenset(
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Mum",
        "Dad",
    ]
)


class Writer:
    """A loaded model that answers greedily."""

    def __init__(self, folder: Path) -> None:
        from mlx_lm import load, stream_generate

        self._model, self._tokenizer = load(str(folder))
        self._generate: Any = stream_generate

    def answer(self, prompt: str) -> str:
        """The text that follows a prompt."""
        turn = [{"role": "user", "content": prompt}]
        ids = self._tokenizer.apply_chat_template(turn, add_generation_prompt=True)
        steps = self._generate(
            self._model, self._tokenizer, ids, max_tokens=_MOST_TOKENS
        )
        return "".join(step.text for step in steps)


def invented(text: str, prompt: str) -> list[str]:
    """Numbers and names in a text that the prompt does not hold."""
    numbers = [each for each in _NUMBER.findall(text) if each not in prompt]
    known = _COMMON | _DAYS
    names = [
        each
        for each in _NAME.findall(text)
        if each not in known and each.casefold() not in prompt.casefold()
    ]
    return [*numbers, *names]


def judge(writer: Writer, lessons: Sequence[Lesson]) -> Counter[str]:
    """Counts: how many of what were right."""
    counts = Counter[str]()
    for lesson in lessons:
        replies: dict[str, str] = {}
        for target in lesson.targets:
            prompt = lesson.prompt(target)
            text = writer.answer(prompt).strip()
            kind = "summaries" if target.task == "summary" else "replies"
            counts[kind] += 1
            counts[f"{kind} without invention"] += not invented(text, prompt)
            if target.task == "summary":
                counts["summaries equal to the grammar's"] += text == target.text
                counts["first lines equal"] += _first(text) == _first(target.text)
            elif target.stance is not None:
                replies[target.stance] = text.casefold()
        if len(replies) >= 3:
            counts["asks with three stances or more"] += 1
            counts["of which three texts differ"] += len(set(replies.values())) >= 3
    return counts


def _first(text: str) -> str:
    return text.partition("\n")[0]


def held_out(count: int) -> list[Lesson]:
    """The fixed list of lessons, with names, places and amounts never trained on."""
    rng = random.Random(_SEED)
    return [make_lesson(rng, names=HELD_OUT_NAMES, invented=0.5) for _ in range(count)]


def main() -> None:
    """Print the counts, and shares where they are shares of something."""
    parser = argparse.ArgumentParser(description="Judge a model folder by rule.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lessons", type=int, default=200)
    parser.add_argument("--show", type=int, default=0, help="print so many lessons")
    given = parser.parse_args()
    writer = Writer(given.folder)
    lessons = held_out(given.lessons)
    for lesson in lessons[: given.show]:
        for target in lesson.targets:
            prompt = lesson.prompt(target)
            print(prompt.replace("\n", " / "), "->", repr(writer.answer(prompt)))
    counts = judge(writer, lessons)
    whole = {
        "replies without invention": "replies",
        "summaries without invention": "summaries",
        "summaries equal to the grammar's": "summaries",
        "first lines equal": "summaries",
        "of which three texts differ": "asks with three stances or more",
    }
    for name, count in counts.items():
        of = counts[whole[name]] if name in whole else 0
        share = f"{100 * count / of:6.1f} %" if of else ""
        print(f"{name:40} {count:6} {share}")


if __name__ == "__main__":
    main()
