"""What stands twice is told once, however much stands between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jarvis.stores.chatdb import open_chatdb, twins_of
from jarvis.stores.chatdb.rows import URL_BALLOON
from tests.stores.chatdb.box import Box

ANN = "+15550100001"
MOMENT = 757_382_400 * 10**9
SECOND = 10**9


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """An empty mailbox."""
    return Box(tmp_path)


def twins(box: Box, rowids: list[int]) -> dict[int, int]:
    """As the inbox asks for them."""

    async def ask() -> dict[int, int]:
        db = await open_chatdb(box.path)
        try:
            return await twins_of(db, rowids)
        finally:
            await db.close()

    return asyncio.run(ask())


def test_a_burst_of_one_moment_that_sync_wrote_anew_is_known(box: Box) -> None:
    """Each of it, also of hundreds with the same date."""
    chat = box.chat(f"iMessage;-;{ANN}")
    texts = [f"photo {number}" for number in range(300)]
    first, again = (
        [box.write(chat, text, ANN, date=MOMENT) for text in texts] for _ in range(2)
    )
    assert twins(box, again) == dict(zip(again, first, strict=True))
    assert twins(box, first) == {}


def test_a_link_is_known_however_busy_the_minute_is(box: Box) -> None:
    """Within a minute and a half; then it was sent once more."""
    chat = box.chat(f"iMessage;-;{ANN}")

    def link(at_s: int, sender: str | None = ANN) -> int:
        columns = {"date": MOMENT + at_s * SECOND, "balloon_bundle_id": URL_BALLOON}
        return box.write(chat, "https://example.com", sender, **columns)

    first = link(0)
    for number in range(100):
        box.write(chat, f"word {number}", ANN, date=MOMENT + number * SECOND // 2)
    second, own, third = link(60), link(61, None), link(200)
    assert twins(box, [first, second, own, third]) == {second: first}


def test_what_is_said_again_later_or_elsewhere_is_no_twin(box: Box) -> None:
    """Nor by somebody else, nor what says nothing."""
    chat, other = box.chat(f"iMessage;-;{ANN}"), box.chat("iMessage;-;+15550100002")
    box.write(chat, "ok", ANN, date=MOMENT)
    box.write(chat, None, ANN, date=MOMENT)
    rows = [
        box.write(chat, "ok", ANN, date=MOMENT + 1),
        box.write(other, "ok", ANN, date=MOMENT),
        box.write(chat, "ok", date=MOMENT),
        box.write(chat, None, ANN, date=MOMENT),
    ]
    rows.append(box.write(chat, "ok", ANN, date="word"))
    assert twins(box, rows) == {}
