"""What a real model's drafts and summaries hold that no person would send, by rule.

`JARVIS_REAL_MODEL` names the model: a folder, or openai:NAME@URL. The threads are those of
a made-up inbox and, where the package chitchat-dataset is installed, of real chit-chat
(Myers, Etchart, Fulda 2020). No text is printed. The rules are simpler than those of
assistant/screening/, and know nothing of them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.harness import REAL_MODEL, Row, built_inbox, row, running_daemon
from jarvis.assistant.drafting.draft import draft_reply
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.assistant.history.building import HistoryBuilder
from jarvis.assistant.summarizing.summary import summarize_chat
from jarvis.cli.composition import GENERATOR, STYLES
from jarvis.errors import ModelUnavailable
from jarvis.inference.models.selection import selection_of
from jarvis.inference.pool.supervisor import Supervisor, supervised
from jarvis.inference.states import Selection
from jarvis.records import ChatId, Message, Timestamp

THREADS: Final = 30
MESSAGES: Final = 12
_INBOX_MESSAGES: Final = 10_000
_CHITCHAT: Final = "chitchat_dataset"
_NOW: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)

Threads = Sequence[Sequence[Message]]

RULES: Final[dict[str, re.Pattern[str]]] = {
    "frame mark": re.compile(
        r"chat-[0-9a-f]{6}|</?chat|\"(?:from|text|at|note|they wrote)\"|[\[{]\s*[{\"]|"
        r"\d{4}-\d\d-\d\d \d\d:\d\d",
        re.IGNORECASE,
    ),
    "turn mark or thought": re.compile(
        r"<\||\|>|</?think|\[/?INST\]|</s>|<end_of_turn>"
    ),
    "preamble": re.compile(
        r"^\W*(?:sure\W+|certainly\W+)?(?:here(?:'s| is| are)|this is|you could|possible)"
        r"[^\n]{0,60}(?:reply|response|message|summary|say|send)\w*[^\n]{0,40}:",
        re.IGNORECASE,
    ),
    "the ask's own words": re.compile(
        r"last message has no answer|write (?:a|my|one) (?:short )?(?:reply|follow-up)|"
        r"in the user's place|summarize (?:this|a) chat|language and the tone|"
        r"quoted text of a chat|what i want it to say|in this version",
        re.IGNORECASE,
    ),
    "about the task": re.compile(
        r"as an ai|language model|the user\b|in compliance|the request\b|you asked me to|"
        r"you've asked me|here to (?:answer|assist)|the (?:last|previous) message is",
        re.IGNORECASE,
    ),
    "code": re.compile(r"```|\bdef \w+\(|\bimport \w+$|</\w+>|[{};]$", re.MULTILINE),
}


def repeats(text: str) -> bool:
    """Whether a sentence comes twice, or four words come three times."""
    sentences = [each.strip() for each in re.split(r"[.!?\n]+", text.casefold())]
    words = re.findall(r"\w+", text.casefold())
    fours = Counter(zip(words, words[1:], words[2:], words[3:], strict=False))
    twice = Counter(each for each in sentences if len(each.split()) > 1)
    return max([*twice.values(), 0]) > 1 or max([*fours.values(), 0]) > 2


def broken_rules(text: str) -> list[str]:
    """The rules that a text breaks."""
    broken = [name for name, pattern in RULES.items() if pattern.search(text)]
    return [*broken, "a repetition"] if repeats(text) else broken


class Tally:
    """What came of one kind of text."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refused = 0
        self.took_ms: list[float] = []

    @property
    def broken(self) -> Counter[str]:
        """How many texts break each rule."""
        return Counter(name for text in self.texts for name in broken_rules(text))

    async def add(self, written: Awaitable[list[str]]) -> None:
        """Take what is written, or that nothing could be."""
        begun_s = time.perf_counter()
        try:
            self.texts += await written
        except ModelUnavailable:
            self.refused += 1
        self.took_ms.append((time.perf_counter() - begun_s) * 1000)


def measure() -> list[Row]:
    """Draft and summarize; the counts are printed, the rows say how long it took."""
    name = os.environ.get(REAL_MODEL)
    if not name:
        print(f"\nreal: set {REAL_MODEL} to a model's folder, or to openai:NAME@URL.")
        return []
    rows = []
    for source, threads in sources():
        drafts, summaries = asyncio.run(tallies(name, threads))
        print_counts(source, drafts, summaries)
        rows += [
            row(f"{source}: a draft", drafts.took_ms),
            row(f"{source}: a summary", summaries.took_ms),
        ]
    return rows


def sources() -> Iterator[tuple[str, Threads]]:
    """Where threads come from, and the threads."""
    yield "made-up inbox", made_up_threads()
    if importlib.util.find_spec(_CHITCHAT):
        yield "chit-chat", list(islice(chitchat_threads(), THREADS))


async def tallies(name: str, threads: Threads) -> tuple[Tally, Tally]:
    """What a model makes of the threads: drafts, summaries."""
    drafts, summaries = Tally(), Tally()
    with tempfile.TemporaryDirectory(prefix="jb") as folder:
        log = Path(folder) / "worker.log"
        selection = selection_of(name, Selection())
        async with supervised(selection, GENERATOR, log_path=log) as supervisor:
            for number, messages in enumerate(threads):
                await drafts.add(_draft(supervisor, messages, number))
                await summaries.add(_summary(supervisor, messages, number))
    return drafts, summaries


async def _draft(
    supervisor: Supervisor, messages: Sequence[Message], number: int
) -> list[str]:
    streamed: list[str] = []
    draft = await draft_reply(
        messages,
        DraftServices(
            language_model=supervisor, history=HistoryBuilder().update(), styles=STYLES
        ),
        DraftRequest(chat_id=ChatId(f"chat-{number}"), now=_NOW),
        on_token=lambda text, _: streamed.append(text),
    )
    texts = [each.text for each in draft.suggestions]
    if "".join(streamed) != "".join(texts):
        raise RuntimeError("what was streamed is not what was suggested")
    return texts


async def _summary(
    supervisor: Supervisor, messages: Sequence[Message], number: int
) -> list[str]:
    summary = await summarize_chat(
        messages,
        supervisor,
        chat_id=ChatId(f"chat-{number}"),
        now=_NOW,
        styles=STYLES,
    )
    return ["\n".join((summary.summary, *summary.key_points))]


def print_counts(source: str, drafts: Tally, summaries: Tally) -> None:
    """How many texts break each rule; the goal is 0."""
    print(f"\n{source:24} {'drafts':>9} {'summaries':>9}")
    lines: dict[str, Callable[[Tally], int]] = {
        "offered": lambda tally: len(tally.texts),
        "none could be": lambda tally: tally.refused,
    }
    for name, count in lines.items():
        print(f"  {name:22} {count(drafts):9} {count(summaries):9}")
    for name in (*RULES, "a repetition"):
        print(f"  {name:22} {drafts.broken[name]:9} {summaries.broken[name]:9}")


def made_up_threads() -> Threads:
    """The newest messages of the first conversations that hold some."""
    threads: list[list[Message]] = []
    with (
        running_daemon(built_inbox(_INBOX_MESSAGES)) as daemon,
        daemon.connect() as jarvis,
    ):
        listed = jarvis.call("list_conversations", limit=2 * THREADS)
        for chat in listed["conversations"]:
            page = jarvis.call("list_messages", chat_id=chat["chat_id"], limit=MESSAGES)
            messages = msgspec.convert(page["messages"], list[Message])
            if any(each.text for each in messages):
                threads.append(messages)
    return threads[:THREADS]


def chitchat_threads() -> Iterator[list[Message]]:
    """The ends of conversations; the owner is whoever did not write last.

    Owners whose id begins with 8 to f are left alone: others are judged on them.
    """
    module: Any = importlib.import_module(_CHITCHAT)
    data = next(Path(module.__file__).parent.rglob("*.json"))
    conversations: Any = json.loads(data.read_text(encoding="utf-8"))
    for conversation in conversations.values():
        said = [message for turn in conversation["messages"] for message in turn]
        senders = {each["sender"] for each in said}
        if len(senders) != 2 or len(said) < MESSAGES:
            continue
        owner = next(each for each in senders if each != said[-1]["sender"])
        if owner[0] in "01234567":
            yield [
                _chitchat_message(number, each["text"], each["sender"] == owner)
                for number, each in enumerate(said[-MESSAGES:], start=1)
            ]


def _chitchat_message(number: int, text: str, is_mine: bool) -> Message:
    sender = None if is_mine else "+15550100"
    return Message(
        id=number,
        guid=f"m-{number}",
        chat_id=ChatId("chat"),
        sender=sender,
        sender_name=None if is_mine else "Robin",
        text=text,
        line=text,
        date=Timestamp(f"2026-01-01T11:{number:02}:00Z"),
        is_from_me=is_mine,
        service="iMessage",
        kind="text",
        is_read=True,
    )
