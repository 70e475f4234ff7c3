"""The short way of a plain row and the long way of any row: two ways, one message."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jarvis.demo.typedstream import encode, words
from jarvis.records import ChatId, Message, Title
from jarvis.stores.chatdb import Chat, Directory
from jarvis.stores.chatdb.messages import message_of, message_of_any
from jarvis.stores.chatdb.rows import MessageRow, beside_the_text
from jarvis.stores.contacts import ContactNames
from jarvis.stores.queries import load_query
from tests.stores.chatdb.test_any_body import BLANK, ROWS
from tests.stores.conftest import Mailbox

PAGE = load_query("chatdb_page_before")
TEXTS = st.one_of(
    st.text(min_size=1, max_size=300),
    st.sampled_from(["x" * 127, "x" * 128, "é" * 127, "👍" * 70, "a" * 70_000, " "]),
)
WHOLE = st.builds(encode, TEXTS)
IN_RUNS = st.lists(
    st.builds(words, TEXTS, part=st.integers(0, 1)), min_size=1, max_size=2
).map(lambda runs: encode("".join(run.text for run in runs), parts=runs))
DATES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.just(7 * 10**17))
PLAIN = st.fixed_dictionaries(
    {
        "rowid": st.integers(1, 2**62),
        "guid": st.text(max_size=40),
        "body": st.one_of(WHOLE, IN_RUNS, st.binary(max_size=40)),
        "text": st.one_of(st.none(), st.just("of the column")),
        "summary_info": st.sampled_from([None, b"bplist00", b"Rrp", 5]),
        "sender": st.sampled_from([None, "+15550100001", "+15550100002(smsft)"]),
        "is_from_me": st.sampled_from([0, 1]),
        "service": st.sampled_from([None, "iMessage"]),
        "date": DATES,
        "date_read": DATES,
        "date_delivered": DATES,
        "is_read": st.sampled_from([None, 0, 1]),
        "thread_originator": st.sampled_from([None, "", "GUID"]),
        "reactions": st.sampled_from(
            [None, '[[5,9,2001,"p:0/GUID",0,"+15550100002",null]]']
        ),
    }
)
COLUMNS = st.one_of(PLAIN, st.builds(lambda odd, plain: {**plain, **odd}, ROWS, PLAIN))
ANN, BOB = "+15550100001", "+15550100002"


def conversation(*participants: str) -> Chat:
    """With these people."""
    guid = ChatId("any;-;somebody")
    return Chat(
        chat_id=guid,
        guids=(guid,),
        rowids=(1,),
        name=None,
        title=Title("Somebody"),
        participants=participants,
        is_group=len(participants) > 1,
        service="iMessage",
        folder="inbox",
        people=len(participants),
    )


CHATS = st.sampled_from([conversation(ANN), conversation(ANN, BOB), conversation()])


def bytes_of(message: Message) -> bytes:
    """As it travels."""
    return msgspec.json.encode(message)


@given(COLUMNS, CHATS)
def test_any_row_reads_the_same_by_the_short_and_the_long_way(
    columns: dict[str, Any], chat: Chat
) -> None:
    """Byte for byte, whatever stands in the columns."""
    directory = Directory([chat], ContactNames())
    row = MessageRow(**{**BLANK, **columns})
    if row.nature not in ("message", "event"):
        return
    made = message_of(row, chat, directory, lambda _: None)
    by_the_long_way = message_of_any(row, chat, directory, lambda _: None)
    assert bytes_of(made) == bytes_of(by_the_long_way)


async def test_every_row_of_an_inbox_reads_the_same_by_both_ways(
    mailbox: Mailbox,
) -> None:
    """Of every conversation and kind; and most rows take the short way."""
    db, directory = mailbox.db, mailbox.directory
    is_plain: list[bool] = []

    def compare(chat: Chat, rows: list[tuple[Any, ...]]) -> None:
        for columns in rows:
            row = MessageRow._make(columns)
            made = message_of(columns, chat, directory, db.local_path)
            same = message_of_any(row, chat, directory, db.local_path)
            assert bytes_of(made) == bytes_of(same)
            is_plain.append(not any(beside_the_text(columns)))

    for chat in directory.chats:
        for rowid in chat.rowids:
            asked = {
                "chat": rowid,
                "chats": f"[{rowid}]",
                "anchor": None,
                "including": 0,
                "limit": 5_000,
            }
            await db.made(PAGE, asked, partial(compare, chat))
    assert sum(is_plain) > len(is_plain) / 2
