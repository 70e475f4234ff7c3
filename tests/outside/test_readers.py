"""Readers of chat.db that nobody here wrote, on the demo's inbox."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from fixtures.inbox import build_inbox
from fixtures.manifest import FullManifest

END = datetime(2026, 1, 1, 12, tzinfo=UTC)
_READER = """
import json, sys
from imessage_reader.fetch_data import FetchData
print(json.dumps(FetchData(sys.argv[1]).get_messages()))
"""
"""In a process of its own, since it sets up everybody's logging when imported."""
_READABLE = 127
"""Longer texts, in bytes, imessage-reader garbles."""
_COMPARED = """
SELECT message.guid, handle.id,
  datetime(message.date / 1000000000 + 978307200, 'unixepoch', 'localtime')
FROM message JOIN handle ON handle.ROWID = message.handle_id
WHERE is_from_me = 0 AND cache_has_attachments = 0 AND attributedBody IS NOT NULL
"""


def test_imessage_reader_agrees_with_the_manifest(tmp_path: Path) -> None:
    """Dates, handles and short texts of what others wrote, files aside."""
    manifest = build_inbox(tmp_path, messages=400, seed=5, end=END)
    ended = subprocess.run(
        [sys.executable, "-c", _READER, str(tmp_path / "chat.db")],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert ended.returncode == 0
    seen = {(handle, text, date) for handle, text, date, *_ in json.loads(ended.stdout)}
    wanted = short_texts(tmp_path / "chat.db", manifest)
    assert len(wanted) > 50
    assert not [each for each in wanted if each not in seen]


def short_texts(path: Path, manifest: FullManifest) -> list[tuple[str, str, str]]:
    """(handle, text, date) of what can be compared."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(_COMPARED).fetchall()
    texts = ((handle, manifest.texts.get(guid), date) for guid, handle, date in rows)
    return [
        (handle, text, date)
        for handle, text, date in texts
        if text and len(text.encode()) <= _READABLE
    ]
