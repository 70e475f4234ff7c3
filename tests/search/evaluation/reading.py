"""The evaluation set as values: who said what and when, and what is asked of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from jarvis.records import Record

HERE: Final = Path(__file__).parent
QuestionKind = Literal["paraphrase", "cross", "keyword", "off_topic"]
Half = Literal["tuning", "held out"]
OWNER: Final = "me"
_LINE: Final = re.compile(
    r"(?:\+(?P<minutes>\d+) )?(?:\[(?P<key>\w+)\] )?(?P<sender>[^:]+): (?P<text>.+)"
)


class Said(Record, frozen=True, kw_only=True):
    """A message of the set; `id` counts through all chats in the order of their dates."""

    id: int
    chat: str
    sender: str
    date: datetime
    text: str
    key: str | None
    """What questions call it by."""


class Question(Record, frozen=True, kw_only=True):
    """What is asked; any of the targets will do, and off topic there is none."""

    text: str
    kind: QuestionKind
    language: str
    targets: tuple[int, ...]
    half: Half


class EvaluationSet(Record, frozen=True, kw_only=True):
    """All of it, messages oldest first."""

    messages: tuple[Said, ...]
    questions: tuple[Question, ...]
    languages: dict[str, str]
    """Of each chat, by its name."""


@cache
def evaluation_set() -> EvaluationSet:
    """The set that lies beside this file.

    Raises:
        ValueError: a line is none, a key is used twice or unknown.
    """
    chats: list[dict[str, Any]] = []
    for path in sorted(HERE.glob("chats/*.toml")):
        chats += tomllib.loads(path.read_text(encoding="utf-8"))["chat"]
    said = sorted(
        (each for chat in chats for each in _messages(chat["name"], chat["messages"])),
        key=lambda each: each.date,
    )
    messages = tuple(_numbered(said))
    return EvaluationSet(
        messages=messages,
        questions=tuple(_questions(_ids_by_key(messages))),
        languages={chat["name"]: chat["language"] for chat in chats},
    )


def _messages(chat: str, lines: str) -> Iterator[Said]:
    date = datetime.min
    for line in filter(None, lines.splitlines()):
        if line.startswith("== "):
            # Minus the minute that the first line adds.
            start = datetime.fromisoformat(line[3:]).replace(tzinfo=UTC)
            date = start - timedelta(minutes=1)
            continue
        if (part := _LINE.fullmatch(line)) is None:
            raise ValueError(f"{chat}: not a message: {line}")
        date += timedelta(minutes=int(part["minutes"] or 1))
        yield Said(
            id=0,
            chat=chat,
            sender=part["sender"],
            date=date,
            text=part["text"],
            key=part["key"],
        )


def _numbered(said: list[Said]) -> Iterator[Said]:
    for number, each in enumerate(said, start=1):
        yield Said(
            id=number,
            chat=each.chat,
            sender=each.sender,
            date=each.date,
            text=each.text,
            key=each.key,
        )


def _ids_by_key(messages: tuple[Said, ...]) -> dict[str, int]:
    keyed = [each for each in messages if each.key is not None]
    ids = {str(each.key): each.id for each in keyed}
    if len(ids) != len(keyed):
        raise ValueError("a key is used twice")
    return ids


def _questions(ids: dict[str, int]) -> Iterator[Question]:
    written = tomllib.loads((HERE / "questions.toml").read_text(encoding="utf-8"))
    asked = msgspec.convert(
        written, dict[QuestionKind, dict[str, list[str | list[str]]]]
    )
    for kind, languages in asked.items():
        for language, lines in languages.items():
            for number, line in enumerate(lines):
                text, *keys = [line] if isinstance(line, str) else line
                if unknown := [key for key in keys if key not in ids]:
                    raise ValueError(f"no message has the key {unknown[0]}")
                yield Question(
                    text=text,
                    kind=kind,
                    language=language,
                    targets=tuple(ids[key] for key in keys),
                    half="held out" if number % 2 else "tuning",
                )
