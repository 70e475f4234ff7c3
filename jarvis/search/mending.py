"""Codes that disagree with their vectors are made anew, without the model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiosqlite

from jarvis.later import later
from jarvis.stores.index.mending import codes_agree, rebuild_codes
from jarvis.stores.index.models import index_models
from jarvis.stores.jarvisdb import JarvisDb

if TYPE_CHECKING:
    from jarvis.search import flat
else:
    flat = later("jarvis.search.flat")  # numpy, where there is something to mend


async def mend_codes(reader: aiosqlite.Connection, writer: JarvisDb) -> bool:
    """Whether codes had to be made anew; they are, some in each transaction.

    Raises:
        StoreUnavailable: jarvis.db cannot be written.
    """
    is_mended = False
    for model in await index_models(reader):
        if await codes_agree(reader, model):
            continue
        is_mended = True
        await asyncio.to_thread(lambda: flat.codes_of)  # numpy is loaded off the loop
        first: int | None = 0
        while first is not None:
            async with writer.transaction() as db:
                first = await rebuild_codes(db, model, flat.codes_of, first)
    return is_mended
