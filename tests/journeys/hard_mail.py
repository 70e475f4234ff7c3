"""What the journeys of drafts share: hard chats, models that write what a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from jarvis.client import Client, StreamToken
from jarvis.records import ChatId, Draft, Summary
from jarvis.stores.apple_time import to_apple_ns
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.server import in_thread
from tests.inference.model_server import (
    DONE,
    ModelServer,
    Speech,
    chunk,
    head,
    models,
    says,
    serving,
)
from tests.journeys.daemon_process import DaemonProcess


def writes(*pieces: str, finish: str = "stop") -> Speech:
    """A model's text in these pieces; its server says nothing of probabilities."""
    return says(head(), *map(chunk, pieces), chunk(finish=finish), DONE)


@asynccontextmanager
async def written_by(
    daemon: DaemonProcess, *speeches: Speech, name: str = "small"
) -> AsyncIterator[ModelServer]:
    """The daemon's model is one of a server that writes this, a speech a text."""
    async with in_thread(serving(*speeches, listed=models(name))) as server:
        await chosen(daemon, f"openai:{name}@{server.address}")
        yield server


async def chosen(daemon: DaemonProcess, model: str) -> None:
    """Somebody has typed `jarvis models use`."""
    assert "code" not in await daemon.ask("use_model", model=model)


async def streamed(
    client: Client, method: str, **params: Any
) -> tuple[Any, list[StreamToken]]:
    """What was answered, and the tokens that came before it; all of them in order."""
    async with client.stream(method, timeout_s=20, **params) as stream:
        tokens = [token async for token in stream]
    assert [token.index for token in tokens] == list(range(len(tokens)))
    return stream.result, tokens


async def drafted(client: Client, chat_id: ChatId, **params: object) -> Draft:
    """A draft whose streams are what it says of them."""
    draft, tokens = await streamed(client, "generate_draft", chat_id=chat_id, **params)
    assert isinstance(draft, Draft)
    for each in draft.suggestions:
        stream = [token.text for token in tokens if token.suggestion == each.suggestion]
        assert "".join(stream) == each.text
    return draft


async def summarized(client: Client, chat_id: ChatId, **params: object) -> Summary:
    """A summary whose stream is what it says."""
    summary, tokens = await streamed(client, "summarize", chat_id=chat_id, **params)
    assert isinstance(summary, Summary)
    lines = [summary.summary, *(f"- {point}" for point in summary.key_points)]
    assert "".join(token.text for token in tokens) == "\n".join(lines)
    return summary


async def short_answers(client: Client, chat_id: ChatId) -> list[str]:
    """What get_smart_replies offers."""
    answers = await client.call("get_smart_replies", chat_id=chat_id)
    return [each.text for each in answers.suggestions]


def asked(server: ModelServer) -> str:
    """All that stood in the last prompt."""
    return "\n".join(turn["content"] for turn in server.bodies[-1]["messages"])


def fill(app: MessagesApp, messages: int) -> None:
    """So many messages in the chat, a second apart until now: they ask, the user answers.

    By one statement a table, without the triggers of Messages, which keep books on what
    no draft is made from.
    """
    triggers = app.db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    start = datetime.now(UTC) - timedelta(seconds=messages)
    app.db.execute("BEGIN IMMEDIATE")
    for name, _ in triggers:
        app.db.execute(f"DROP TRIGGER {name}")
    app.db.execute(_MANY, (messages, to_apple_ns(start), app.handle_rowid))
    app.db.execute(
        "INSERT INTO chat_message_join (chat_id, message_id, message_date) "
        "SELECT ?, ROWID, date FROM message WHERE guid LIKE 'many-%'",
        (app.chat_rowid,),
    )
    for _, sql in triggers:
        app.db.execute(sql)
    app.db.execute("COMMIT")


_MANY = """
WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number LIMIT ?1)
INSERT INTO message
    (guid, text, date, handle_id, is_from_me, is_finished, part_count, service)
SELECT 'many-' || n,
    CASE n % 2
        WHEN 1 THEN 'are you coming to number ' || n || '?'
        ELSE 'yes, see you there'
    END,
    ?2 + n * 1000000000, (n % 2) * ?3, 1 - n % 2, 1, 1, 'iMessage'
FROM number
"""
"""Messages 0, 2, 4 … are the user's."""
