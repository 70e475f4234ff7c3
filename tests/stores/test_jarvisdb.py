"""jarvis.db: private, mended when damaged, one transaction or nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from jarvis.errors import InvalidParams, StoreUnavailable
from jarvis.records import ChatId, Conversation, Timestamp, Title
from jarvis.stores import conversations, events
from jarvis.stores.jarvisdb import JarvisDb, open_reader, open_writer
from jarvis.stores.queries import load_query

LIST_QUERIES = (
    load_query("jarvisdb_conversations"),
    load_query("jarvisdb_conversations_anywhere"),
)


def row(number: int, **changes: object) -> Conversation:
    """A conversation of that number; higher is newer."""
    values: dict[str, object] = {
        "chat_id": f"chat{number}",
        "display_name": f"Person {number}",
        "participants": (f"+1555010{number % 10}",),
        "is_group": False,
        "service": "iMessage",
        "folder": "inbox",
        "last_message_text": "hello",
        "last_message_date": Timestamp(f"2026-01-01T00:{number:02}:00.000Z"),
        "last_message_is_from_me": False,
        "last_message_sender": None,
        "message_count": number,
        "unread_count": 0,
        **changes,
    }
    return Conversation(**values)  # type: ignore[arg-type]  # a test's short cut


def search_text(row: Conversation) -> str:
    """What it is searched by here."""
    return "\n".join((row.display_name, *row.participants))


async def listed(writer: JarvisDb, rows: list[Conversation]) -> None:
    """Make the list these rows."""
    async with writer.transaction() as db:
        texts = {each.chat_id: search_text(each) for each in rows}
        await conversations.write(db, rows, [], texts)


async def test_it_is_for_its_user_alone(tmp_path: Path) -> None:
    """What SQLite lays beside it too."""
    path = tmp_path / "jarvis.db"
    writer = await open_writer(path)
    await listed(writer, [row(1)])
    for name in ("jarvis.db", "jarvis.db-wal", "jarvis.db-shm"):
        mode = (await asyncio.to_thread((tmp_path / name).stat)).st_mode
        assert stat.S_IMODE(mode) == 0o600
    await writer.close()


async def test_a_damaged_file_is_moved_aside_and_built_anew(tmp_path: Path) -> None:
    """Never deleted; the person is told."""
    path = tmp_path / "jarvis.db"
    await asyncio.to_thread(path.write_bytes, b"garbage" * 1000)
    writer = await open_writer(path)
    assert writer.notice is not None
    assert "moved to" in writer.notice
    assert await events.newest_seq(writer.connection) == 0
    await writer.close()
    kept = await asyncio.to_thread(lambda: list(tmp_path.glob("jarvis.db.corrupt-*")))
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("table", "is_mended"), [("conversation", True), ("search_text", False)]
)
async def test_what_a_start_needs_is_checked_at_each(
    table: str, is_mended: bool, tmp_path: Path
) -> None:
    """The search index grows with the mail, and is not read through before a list shows."""
    path = tmp_path / "jarvis.db"
    await (await open_writer(path)).close()

    def damage() -> None:
        with closing(sqlite3.connect(path)) as db:
            sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
            ((root,),) = db.execute(sql, (table,))
            ((size,),) = db.execute("PRAGMA page_size")
        with path.open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\xee" * size)

    await asyncio.to_thread(damage)
    writer = await open_writer(path)
    assert (writer.notice is not None) is is_mended
    await writer.close()


async def test_a_file_of_a_newer_jarvis_is_refused(tmp_path: Path) -> None:
    """With a sentence; it is left as it is."""
    path = tmp_path / "jarvis.db"
    await (await open_writer(path)).close()

    def from_the_future() -> None:
        db = sqlite3.connect(path)
        db.execute("PRAGMA user_version = 999")
        db.close()

    await asyncio.to_thread(from_the_future)
    with pytest.raises(StoreUnavailable, match="newer"):
        await open_writer(path)


async def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    """An error in the middle leaves nothing behind, and the next one works."""
    writer = await open_writer(tmp_path / "jarvis.db")

    async def half() -> None:
        async with writer.transaction() as db:
            await conversations.write(db, [row(1)], [], {})
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await half()
    await listed(writer, [row(2)])
    page = await conversations.page(writer.connection, limit=5)
    assert [each.chat_id for each in page.conversations] == ["chat2"]
    await writer.close()


async def test_a_reader_sees_every_commit_and_cannot_write(tmp_path: Path) -> None:
    """Each on its own connection."""
    writer = await open_writer(tmp_path / "jarvis.db")
    reader = await open_reader(tmp_path / "jarvis.db")
    await listed(writer, [row(1)])
    assert (await conversations.page(reader, limit=5)).total_count == 1
    with pytest.raises(sqlite3.OperationalError):
        await reader.execute("DELETE FROM conversation")
    await reader.close()
    await writer.close()


async def test_pages_of_the_list_hold_every_conversation_once(tmp_path: Path) -> None:
    """Newest first, by cursor; the last page has none."""
    writer = await open_writer(tmp_path / "jarvis.db")
    await listed(writer, [row(number) for number in range(1, 24)])
    seen: list[str] = []
    before = None
    while True:
        page = await conversations.page(writer.connection, limit=5, before=before)
        seen += [each.chat_id for each in page.conversations]
        assert page.total_count == 23
        before = page.next
        if before is None:
            break
    assert seen == [f"chat{number}" for number in range(23, 0, -1)]
    await writer.close()


async def test_the_list_is_searched_by_its_search_texts(tmp_path: Path) -> None:
    """As they are; junk and archived stay in their folders."""
    writer = await open_writer(tmp_path / "jarvis.db")
    rows = [
        row(1, display_name=Title("Zoë Ábel")),
        row(2, participants=("+15550123",)),
        row(3, folder="junk"),
    ]
    await listed(writer, rows)

    async def found(query: str | None, folder: str = "inbox") -> list[str]:
        page = await conversations.page(
            writer.connection,
            limit=5,
            query=query,
            folder=folder,  # type: ignore[arg-type]  # a name of the test's table
        )
        return [each.chat_id for each in page.conversations]

    assert await found("Zoë Á") == ["chat1"]
    assert await found("5550123") == ["chat2"]
    async with writer.transaction() as db:
        await conversations.replace_search_texts(db, {ChatId("chat1"): "abel"})
    assert await found("Zoë Á") == []
    assert await found("abel") == ["chat1"]
    assert await found("%") == []
    assert await found(None, "junk") == ["chat3"]
    assert await found(None, "all") == ["chat3", "chat2", "chat1"]
    await writer.close()


@pytest.mark.parametrize("cursor", ["x", "!!!!", "bm90IGpzb24", "ÄÖ"])
async def test_a_cursor_nobody_gave_is_refused(tmp_path: Path, cursor: str) -> None:
    """The error names the parameter."""
    writer = await open_writer(tmp_path / "jarvis.db")
    with pytest.raises(InvalidParams) as refused:
        await conversations.page(writer.connection, limit=5, before=cursor)
    assert refused.value.field == "before"
    await writer.close()


async def test_a_file_of_the_first_version_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    """What it held is still there, and the views of today read it."""
    path = tmp_path / "jarvis.db"
    first = (
        files("jarvis.stores.migrations").joinpath("0001_first.sql").read_text("utf-8")
    )

    def make() -> None:
        with closing(sqlite3.connect(path)) as db:
            db.executescript(f"{first};PRAGMA user_version = 1;")
            db.execute("INSERT INTO event VALUES (7, 'new_message', 'c', '{}', 'then')")
            db.commit()

    await asyncio.to_thread(make)
    writer = await open_writer(path)
    found = await writer.connection.execute_fetchall("SELECT seq, name FROM v1_event")
    assert [tuple(row) for row in found] == [(7, "new_message")]
    assert writer.notice is None
    await writer.close()


async def test_a_page_of_the_list_sorts_and_scans_nothing(tmp_path: Path) -> None:
    """Its index gives the order, of one folder and of all; only the count walks it."""
    writer = await open_writer(tmp_path / "jarvis.db")
    await listed(writer, [row(number) for number in range(1, 50)])
    for query in LIST_QUERIES:
        asked = {"folder": "inbox", "query": "", "date": "~", "chat_id": "", "limit": 9}
        plan = await writer.connection.execute_fetchall(
            f"EXPLAIN QUERY PLAN {query}", asked
        )
        steps = [str(step[3]) for step in plan]
        assert not [step for step in steps if "TEMP B-TREE" in step], steps
        assert steps[0].startswith("SEARCH conversation USING INDEX"), steps
    await writer.close()
