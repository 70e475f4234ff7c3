"""Another program reads both databases by SQL alone while the daemon writes."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contract.files import ROOT
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess

READS = 200

READER = """
import json, sqlite3, sys
from pathlib import Path
from urllib.parse import quote

sql, chat_db, jarvis_db, reads = Path(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
query = lambda name: (sql / f"{name}.sql").read_text()

def opened(path):
    return sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=5)

mail, jarvis = opened(chat_db), opened(jarvis_db)
first = {"folder": "inbox", "query": "", "date": "~", "chat_id": "", "limit": 50}
for _ in range(reads):
    rows = jarvis.execute(query("conversations"), first).fetchall()
    anywhere = jarvis.execute(query("conversations_anywhere"), first).fetchall()
    history = jarvis.execute("SELECT epoch, seq, is_counting FROM v1_history").fetchone()
    events = jarvis.execute("SELECT seq, name, params FROM v1_event").fetchall()
    names = dict(jarvis.execute("SELECT handle, name FROM v1_contact").fetchall())
    by_guid = {row[1]: row[0] for row in mail.execute(query("chats")).fetchall()}
    chat = by_guid[rows[0][0]]
    page = {"chat": chat, "chats": f"[{chat}]", "anchor": None, "including": 0, "limit": 20}
    messages = mail.execute(query("page_before"), page).fetchall()
    oldest = messages[-1][0]
    after = mail.execute(query("page_after"), {**page, "anchor": oldest}).fetchall()
    ids = {"rowids": json.dumps([row[0] for row in messages])}
    files = mail.execute(query("attachments"), ids).fetchall()
    tapbacks = mail.execute(query("tapbacks"), ids).fetchall()
    again = mail.execute(query("messages"), ids).fetchall()
    assert len(again) == len(files) == len(tapbacks) == len(messages)
    assert [row[0] for row in after][: len(messages) - 1] == [
        row[0] for row in messages[-2::-1]
    ]
people = mail.execute(query("participants")).fetchall()
print(json.dumps({
    "list": [row[:12] for row in rows], "anywhere": len(anywhere), "total": rows[0][12],
    "page": [row[0] for row in messages], "seq": history[1], "events": len(events),
    "names": names, "people": len(people), "counting": history[2],
}))
"""


async def read_by_another(daemon: DaemonProcess, app: MessagesApp) -> dict[str, Any]:
    """What a process that knows nothing of Jarvis sees at last."""
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-c", READER, str(ROOT / "contract" / "sql"), str(app.path)),
        *(str(daemon.home / "jarvis.db"), str(READS)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, complaint = await asyncio.wait_for(reader.communicate(), 40)
    assert reader.returncode == 0, complaint.decode().splitlines()[-1]
    seen: dict[str, Any] = json.loads(out)
    return seen


async def test_another_program_reads_what_the_daemon_answers(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """List, page, files, tapbacks, names: by SQL alone, while hundreds of messages come."""
    texts = [f"number {number}" for number in range(300)]
    writing = asyncio.create_task(asyncio.to_thread(app.write_each, texts, now))
    await read_by_another(daemon, app)
    await writing
    last = now + timedelta(milliseconds=len(texts) - 1)
    until = asyncio.get_running_loop().time() + 20
    while True:
        listed = await daemon.ask("list_conversations")
        newest = listed["conversations"][0]
        if newest["last_message_text"] == texts[-1]:
            break
        assert asyncio.get_running_loop().time() < until
    assert newest["last_message_date"].startswith(f"{last:%Y-%m-%dT%H:%M:%S}")
    seen = await read_by_another(daemon, app)
    assert [row[0] for row in seen["list"]] == [
        each["chat_id"] for each in listed["conversations"]
    ]
    assert seen["list"][0][6] == texts[-1]
    assert seen["total"] == listed["total_count"]
    assert seen["anywhere"] >= seen["total"]
    page = await daemon.ask("list_messages", chat_id=app.chat_guid, limit=20)
    assert seen["page"] == [message["id"] for message in page["messages"][::-1]]
    assert seen["events"] >= len(texts)
    asked = await daemon.ask("resolve_contacts", identifiers=list(seen["names"]))
    assert asked == seen["names"]
    assert seen["names"]
    assert seen["people"] > 0


async def test_a_program_that_reads_leaves_nothing_behind(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """Beside jarvis.db there is what was there before."""
    before = {path.name for path in await asyncio.to_thread(_listing, daemon.home)}
    await read_by_another(daemon, app)
    assert {
        path.name for path in await asyncio.to_thread(_listing, daemon.home)
    } == before


def _listing(home: Path) -> list[Path]:
    return sorted(home.glob("jarvis.db*"))
