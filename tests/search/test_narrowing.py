"""What the filters of a search mean."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from jarvis.errors import InvalidParams, UnknownChat
from jarvis.protocol.methods.search import SearchFilters
from jarvis.records import ChatId, Timestamp
from jarvis.search.narrowing import Narrowing, narrowing_of
from jarvis.stores.chatdb import Directory, open_chatdb, read_directory
from jarvis.stores.contacts import load_contacts
from tests.small_inbox import OWNER, SmallInbox

ANN, ANN_AT_WORK, BO = "+447400123456", "ann@example.com", "+15550100003"


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    """Ann, who has two addresses, Bo, and a group of both."""
    inbox = SmallInbox(tmp_path / "box")
    inbox.card("Ann", "Kim", ANN, ANN_AT_WORK)
    inbox.card("Bo", "Lee", BO)
    inbox.direct(ANN)
    inbox.direct(ANN_AT_WORK)
    inbox.group(ANN, BO, name="Hikers")
    inbox.write()
    return asyncio.run(read(inbox.directory))


async def read(box: Path) -> Directory:
    """Who talks with whom there."""
    db = await open_chatdb(box / "chat.db")
    try:
        contacts = await load_contacts(box / "AddressBook", own=(OWNER.phone,))
        return await read_directory(db, contacts)
    finally:
        await db.close()


def by_sender(directory: Directory, sender: str) -> frozenset[str] | None:
    """Whose messages pass, by all their addresses."""
    return narrowing_of(SearchFilters(sender=sender), directory).handles


def span(directory: Directory, after: str | None, before: str | None) -> Narrowing:
    """The filters with these moments."""
    filters = SearchFilters(
        after=None if after is None else Timestamp(after),
        before=None if before is None else Timestamp(before),
    )
    return narrowing_of(filters, directory)


def test_no_filters_let_everything_pass(directory: Directory) -> None:
    """Left out or empty."""
    assert narrowing_of(None, directory) == Narrowing()
    assert narrowing_of(SearchFilters(), directory) == Narrowing()


@pytest.mark.parametrize(
    "spelling",
    [ANN, "07400 123456", "+44 (0)7400 123456", ANN_AT_WORK, "Ann Kim", "ann"],
)
def test_a_person_is_meant_by_any_of_their_addresses(
    directory: Directory, spelling: str
) -> None:
    """However it is written; then all of their addresses pass."""
    assert by_sender(directory, spelling) == frozenset((ANN, ANN_AT_WORK))


def test_a_part_of_a_number_means_nobody(directory: Directory) -> None:
    """A filter is exact: what only looks alike does not pass."""
    assert by_sender(directory, "5550100") == frozenset()
    assert by_sender(directory, "Zoe") == frozenset()


def test_who_asks_for_an_address_of_their_own_means_what_they_wrote(
    directory: Directory,
) -> None:
    """Their own messages have no sender."""
    narrowing = narrowing_of(SearchFilters(sender=OWNER.phone), directory)
    assert (narrowing.from_me, narrowing.handles) == (True, None)


def test_any_chat_of_a_conversation_means_the_conversation(
    directory: Directory,
) -> None:
    """One person at two addresses is one conversation of two chats."""
    (direct,) = (chat for chat in directory.chats if not chat.is_group)
    assert len(direct.guids) == 2
    for guid in direct.guids:
        assert narrowing_of(SearchFilters(chat_id=guid), directory).chat == direct


def test_an_unknown_chat_is_named_as_such(directory: Directory) -> None:
    """Not searched as if it were empty."""
    with pytest.raises(UnknownChat):
        narrowing_of(SearchFilters(chat_id=ChatId("iMessage;-;nobody")), directory)


def test_a_moment_with_a_zone_is_that_moment(directory: Directory) -> None:
    """Wherever this machine is."""
    narrowing = span(directory, "1970-01-02T00:00:00Z", "1970-01-02T01:00:00.500+01:00")
    assert (narrowing.after_ms, narrowing.before_ms) == (86_400_000, 86_400_500)


def test_a_date_without_a_zone_is_of_the_clock_of_this_machine(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person who typed it looks at that clock."""
    monkeypatch.setenv("TZ", "America/New_York")
    try:
        assert span(directory, "1970-01-02", None).after_ms == 29 * 3_600_000
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        assert span(directory, "1970-01-02T00:00", None).after_ms == 15 * 3_600_000
    finally:
        monkeypatch.undo()
        assert "TZ" not in os.environ or os.environ["TZ"]
        time.tzset()


@pytest.mark.parametrize(
    "written", ["yesterday", "", "2025-13-01", "0001-01-01", "9" * 99]
)
def test_what_is_no_moment_is_refused_by_its_name(
    directory: Directory, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a way to write one."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # where the first day began before all days
    with pytest.raises(InvalidParams, match="write it as") as refused:
        span(directory, None, written)
    assert refused.value.field == "filters.before"
    monkeypatch.undo()
    time.tzset()


def test_a_span_upside_down_is_refused(directory: Directory) -> None:
    """It could only ever find nothing; an empty one may be meant."""
    with pytest.raises(InvalidParams, match="later"):
        span(directory, "2025-11-19", "2025-11-18")
    assert span(directory, "2025-11-18", "2025-11-18").after_ms is not None
