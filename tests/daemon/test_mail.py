"""Mail: one connection to chat.db, opened when it is first needed."""

from __future__ import annotations

import asyncio

import pytest

from jarvis.daemon.mail import Mail
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8])
async def test_what_is_just_being_opened_is_closed_too(
    followed: Followed, writer: JarvisDb, turns: int
) -> None:
    """Whoever asked has a connection that is over, and none is left behind."""
    mail = Mail(followed.inbox, writer.connection)
    opening = asyncio.create_task(mail.chat_db())
    for _ in range(turns):
        await asyncio.sleep(0)
    await mail.close()
    db = await opening
    with pytest.raises(ValueError, match="closed"):
        await db.rows("SELECT 1")
