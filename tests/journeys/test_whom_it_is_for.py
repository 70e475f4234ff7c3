"""Names typed at a shell: the right person, or a question; never somebody else."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import subprocess
import sys
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jarvis.records import ChatId
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.hard_mail import asked, writes, written_by
from tests.small_inbox import SmallInbox

ALEX_KIM, KIM_AT = "+15550100001", "kim@example.com"
ALEX_ROE, BEA, CY = "+15550100002", "+15550100003", "+15550100004"
DAN, ANNA, ZOE, JOSE = "+15550100005", "+15550100006", "+447400123456", "+15550100007"
EVE = "+15550100008"


class People:
    """An inbox, a daemon that sends into it, and the conversations by their names."""

    def __init__(self, inbox: SmallInbox) -> None:
        self.inbox = inbox
        inbox.card("Alex", "Kim", ALEX_KIM, KIM_AT)
        inbox.card("Alex", "Roe", ALEX_ROE)
        inbox.card("Bea", "", BEA)
        inbox.card("Cy", "", CY)
        inbox.card("Dan", "Poe", DAN)
        inbox.card("Anna", "Lund", ANNA)
        inbox.card("Zoë", "Grün", ZOE)
        inbox.card(unicodedata.normalize("NFD", "José"), "Sá", JOSE)
        self.kim, self.roe = inbox.direct(ALEX_KIM), inbox.direct(ALEX_ROE)
        self.dan, self.anna = inbox.direct(DAN), inbox.direct(ANNA)
        self.zoe, self.jose = inbox.direct(ZOE), inbox.direct(JOSE)
        inbox.card("Eve", "Old", EVE)
        self.eve = inbox.direct(EVE, is_archived=True)
        self.groups = (
            inbox.group(ALEX_KIM, ALEX_ROE, texts=("I can come", "I can not")),
            inbox.group(ALEX_KIM, ALEX_ROE, BEA, CY),
            inbox.group(ALEX_KIM, BEA, CY, KIM_AT),
        )
        self.climbing = inbox.group(ALEX_ROE, BEA, name="Climbing 🧗")
        inbox.write()
        self.daemon: DaemonProcess

    async def run(
        self, *command: str, stdin: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`jarvis COMMAND` in the daemon's home."""
        return await asyncio.to_thread(
            lambda: subprocess.run(
                [sys.executable, "-m", "jarvis", *command],
                env={**os.environ, "JARVIS_HOME": str(self.daemon.home)},
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                capture_output=True,
                text=True,
                timeout=50,
                check=False,
            )
        )

    async def sent_to(self, name: str, *more: str) -> ChatId | None:
        """Where `jarvis send` to this name went; None when it went nowhere."""
        done = await self.run("send", name, "hello there", "--yes", "--json", *more)
        if done.returncode:
            assert not done.stdout
            return None
        result = json.loads(done.stdout)
        assert result["status"] == "sent"
        return ChatId(result["chat_id"])

    async def said_by_owner(self) -> int:
        """How many messages went out, to whomever."""
        pages = [
            await self.daemon.ask("list_messages", chat_id=each["chat_id"])
            for each in await self.listed()
        ]
        return sum(m["is_from_me"] for page in pages for m in page["messages"])

    async def listed(self, query: str | None = None) -> list[dict[str, Any]]:
        """The conversations of all folders, or those that are found."""
        page = await self.daemon.ask("list_conversations", query=query, folder="all")
        rows: list[dict[str, Any]] = page["conversations"]
        return rows

    async def found(self, query: str) -> set[ChatId]:
        """What the list finds."""
        return {each["chat_id"] for each in await self.listed(query)}


@pytest.fixture
async def people(tmp_path: Path, short_path: Path) -> AsyncIterator[People]:
    """Two Alexes, others, and groups of them."""
    people = await asyncio.to_thread(People, SmallInbox(tmp_path / "box"))
    flags = on_inbox(people.inbox.directory)
    async with living(short_path, *flags, "--sender", "demo") as people.daemon:
        yield people


@pytest.mark.parametrize(
    "command",
    [
        ("send", "Alex", "only for one of you", "--yes"),
        ("send", "alex", "only for one of you", "--yes", "--json"),
        ("draft", "Alex"),
        ("summarize", "Alex"),
    ],
)
async def test_a_first_name_of_two_asks_which_one(
    people: People, command: tuple[str, ...]
) -> None:
    """With the ids of both, and how to choose; nothing is sent, whatever was agreed."""
    done = await people.run(*command)
    assert done.returncode == 1
    assert not done.stdout
    assert f'Several conversations fit "{command[1]}"' in done.stderr
    for chat_id, name in ((people.kim, "Alex Kim"), (people.roe, "Alex Roe")):
        (line,) = [each for each in done.stderr.splitlines() if chat_id in each]
        assert name in line
    assert "one of these ids" in done.stderr
    assert await people.said_by_owner() == 0


async def test_who_is_meant_without_doubt_gets_it(people: People) -> None:
    """A whole name, a first name of one, a number in any spelling, an id, a group."""
    for name in (
        "Alex Kim",
        "ALEX KIM",
        "Kim, Alex",
        ALEX_KIM,
        "(555) 010-0001",
        KIM_AT,
    ):
        assert await people.sent_to(name) == people.kim, name
    for name in ("Dan", "dan poe", "Poe"):
        assert await people.sent_to(name) == people.dan, name
    for name in ("zoe", "ZOË", "Zoe Grun", "+44 (0)7400 123456", "0044 7400 123456"):
        assert await people.sent_to(name) == people.zoe, name
    for name in ("José", "jose", "Jose Sa"):
        assert await people.sent_to(name) == people.jose, name
    for name in ("Climbing 🧗", "climbing", people.climbing):
        assert await people.sent_to(name) == people.climbing, name
    assert await people.sent_to("Eve") == people.eve, "in another folder"
    for group in people.groups:
        assert await people.sent_to(group) == group


async def test_nothing_is_sent_on_a_guess(people: People) -> None:
    """Not by a title that nobody gave, a part of a name, or one of several people."""
    titles = {each["display_name"] for each in await people.listed()}
    made_up = ("Alex K., Alex R.", "Alex K., Alex R., Bea & 1", "Alex, Bea, Cy")
    assert titles >= set(made_up)
    only_in_groups = ("Bea", BEA, "Cy")
    for name in (*made_up, *only_in_groups, "Ann", "An", "5550100", "nobody", " "):
        assert await people.sent_to(name) is None, name
    assert await people.said_by_owner() == 0


async def test_who_is_only_in_groups_is_shown_with_them(people: People) -> None:
    """So that a group is written to on purpose, by its id."""
    done = await people.run("send", "Bea", "hello", "--yes")
    assert done.returncode == 1
    assert all(group in done.stderr for group in people.groups[1:])


async def test_reading_takes_the_beginning_of_a_name(people: People) -> None:
    """Where it fits one alone; nothing goes out by that."""
    drafted = await people.run("draft", "Ann")
    assert drafted.returncode == 0, drafted.stderr
    summarized = await people.run("summarize", "clim")
    assert summarized.returncode == 0, summarized.stderr


async def test_at_a_terminal_the_person_chooses(people: People) -> None:
    """By a number; enter alone is none."""
    for typed, code, stand_out in ((b"1\n", 0, True), (b"\n", 1, False)):
        keyboard, terminal = pty.openpty()
        try:
            os.write(keyboard, typed)
            done = await people.run("draft", "Alex", stdin=terminal)
        finally:
            os.close(keyboard)
            os.close(terminal)
        assert "Several conversations fit" in done.stderr
        assert done.returncode == code
        assert bool(done.stdout.strip()) == stand_out
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, b"2\ny\n")
        sent = await people.run("send", "Alex", "hello", "--json", stdin=terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)
    chosen = json.loads(sent.stdout)["chat_id"]
    (line,) = [each for each in sent.stderr.splitlines() if each.startswith("  2  ")]
    assert chosen == (people.kim if ALEX_KIM in line else people.roe)


async def test_the_list_finds_people_as_they_are_typed(people: People) -> None:
    """By names and numbers in any spelling, their groups too; by no made-up title."""
    with_roe = {people.roe, people.climbing, *people.groups[:2]}
    assert await people.found("Alex Roe") == with_roe
    assert await people.found("alex roe") == with_roe
    assert await people.found("Bea & 1") == set()
    assert await people.found("Alex R.") == set()
    for query in ("José", unicodedata.normalize("NFD", "José"), "jose", "JOSÉ SÁ"):
        assert await people.found(query) == {people.jose}, query
    for query in ("zoe", "Zoë", "ZOË", "grun", "ｚｏｅ"):
        assert await people.found(query) == {people.zoe}, query
    for query in (
        "07400 123456",
        "7400 123 456",
        "+44 (0)7400 123456",
        "0044 7400 123456",
        "123456",
    ):
        assert await people.found(query) == {people.zoe}, query
    assert await people.found("climbing 🧗") == {people.climbing}
    assert await people.found(BEA) == {people.climbing, *people.groups[1:]}
    assert await people.found("%") == set()


async def test_two_alexes_are_two_beside_their_messages_and_for_a_model(
    people: People,
) -> None:
    """In the thread, in the prompt of a draft, and in that of a summary."""
    group = people.groups[0]
    page = await people.daemon.ask("list_messages", chat_id=group)
    called = [each["sender_short_name"] for each in page["messages"]]
    assert called == ["Alex K.", "Alex R."]
    shown = {
        "draft": ("Alex Kim: I can come", "Alex Roe: I can not"),
        "summarize": ('"from":"Alex Kim","at"', '"from":"Alex Roe","text":"I can not"'),
    }
    async with written_by(people.daemon, writes("ok"), writes("They talk.")) as server:
        for command, lines in shown.items():
            done = await people.run(command, group)
            assert done.returncode == 0, done.stderr
            said = asked(server)
            assert all(line in said for line in lines)
