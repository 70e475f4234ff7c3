"""An indexer as a process of its own, which a test may kill: HOME CHAT_DB."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from jarvis.daemon.watcher import Trigger
from jarvis.inference.pool.embedding import embedding
from jarvis.inference.states import Selection
from jarvis.stores.jarvisdb import open_writer
from tests.daemon.inbox.followed import Followed
from tests.daemon.indexing.indexed import KINDS, running


async def work(home: Path, chat_db: Path) -> None:
    """Index until there is no more to do."""
    writer = await open_writer(home / "jarvis.db")
    followed = Followed(chat_db, writer)
    await followed.poll(Trigger.EVENT)
    log_path = home / "embedder.log"
    async with (
        embedding(Selection(), KINDS, log_path=log_path) as pool,
        running(followed, pool) as indexed,
    ):
        await indexed.settled()
    await followed.inbox.close()
    await writer.close()


asyncio.run(work(Path(sys.argv[1]), Path(sys.argv[2])))
