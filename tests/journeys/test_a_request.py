"""A request, in and out: client, socket, session, dispatch, assistant, worker, and back."""

from __future__ import annotations

import asyncio
import json
import os
import signal

import pytest

from jarvis.errors import ModelUnavailable, NothingToAnswer, UnknownChat
from jarvis.protocol.methods.mail import ListConversations, ListMessages
from jarvis.records import ChatId, Draft, Summary
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


async def test_conversations_and_messages_are_read(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """The list newest first, a page oldest first, every message once over all pages."""
    async with daemon.client() as client:
        listed: ListConversations = await client.call(
            "list_conversations", folder="all"
        )
        dates = [each.last_message_date or "" for each in listed.conversations]
        assert dates == sorted(dates, reverse=True)
        chat_id = max(listed.conversations, key=lambda c: c.message_count).chat_id
        seen: list[int] = []
        before = None
        while True:
            page: ListMessages = await client.call(
                "list_messages", chat_id=chat_id, limit=7, before=before
            )
            seen = [message.id for message in page.messages] + seen
            if not page.has_more:
                break
            before = page.messages[0].id
    assert len(seen) == len(set(seen)) > 20


async def test_handles_are_resolved_to_names(daemon: DaemonProcess) -> None:
    """The names that the list shows, at most 500 at a time; null where there is none."""
    listed = await daemon.ask("list_conversations", limit=500, folder="all")
    names = {
        each["participants"][0]: each["display_name"]
        for each in listed["conversations"]
        if not each["is_group"] and each["display_name"] != each["participants"][0]
    }
    assert len(names) > 3
    assert await daemon.ask("resolve_contacts", identifiers=list(names)) == names
    assert await daemon.ask("resolve_contacts", handles=["nobody"]) == {"nobody": None}
    for wrong in ({}, {"identifiers": ["+1"] * 501}):
        error = await daemon.ask("resolve_contacts", **wrong)
        assert error["data"]["field"] == "identifiers"


async def test_a_draft_streams_and_its_tokens_join_to_its_text(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """Three suggestions, told apart by their number, from the model's own process."""
    async with daemon.client() as client:
        parts: dict[int, str] = {}
        indices = []
        async with client.stream(
            "generate_draft", chat_id=app.chat_guid, num_suggestions=3
        ) as stream:
            async for token in stream:
                parts[token.suggestion] = parts.get(token.suggestion, "") + token.text
                indices.append(token.index)
        draft: Draft = stream.result
    assert indices == list(range(len(indices)))
    texts = {each.suggestion: each.text for each in draft.suggestions}
    assert len(set(texts.values())) == 3
    assert texts == parts
    assert {each.source for each in draft.suggestions} == {"scripted"}
    assert draft.timing.first_token_ms is not None


async def test_a_summary_streams_as_its_lines(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """The joined tokens are the summary, a newline, then the points."""
    async with daemon.client() as client:
        async with client.stream("summarize", chat_id=app.chat_guid) as stream:
            text = "".join([token.text async for token in stream])
        summary: Summary = stream.result
    points = [f"- {point}" for point in summary.key_points]
    assert text == "\n".join([summary.summary, *points])
    assert len(summary.sources) == len(summary.key_points)


async def test_cancelling_stops_the_model_and_frees_it(
    app: MessagesApp, short_path: object, daemon: DaemonProcess
) -> None:
    """The answer says how far it came, and the next draft is not held up."""
    async with (
        living(
            daemon.home / "slow",
            *on_inbox(app.path.parent),
            JARVIS_SCRIPTED_TOKEN_MS="50",
        ) as slow,
        slow.raw() as client,
    ):
        client.ask(1, "generate_draft", chat_id=app.chat_guid)
        while (await client.line())["params"].get("index", 0) < 2:
            pass
        client.notify("$/cancelRequest", id=1)
        *_, answer = await client.until_answer(1)
        assert answer["error"]["code"] == -32800
        assert 2 < answer["error"]["data"]["tokens"] < 8
        status = await slow.ask("get_status")
        assert status["model"]["waiting"] == 0
        client.ask(2, "generate_draft", chat_id=app.chat_guid, stream=False)
        assert (await client.answer(2))["result"]["suggestions"]


async def test_a_killed_worker_fails_one_request_and_the_next_one_works(
    app: MessagesApp, daemon: DaemonProcess
) -> None:
    """The daemon keeps answering in between."""
    async with (
        living(
            daemon.home / "slow",
            *on_inbox(app.path.parent),
            JARVIS_SCRIPTED_TOKEN_MS="50",
        ) as slow,
        slow.client() as client,
    ):

        async def draft_and_kill() -> None:
            async with client.stream("generate_draft", chat_id=app.chat_guid) as stream:
                async for token in stream:
                    if token.index == 1:
                        os.kill(await slow.worker_pid(), signal.SIGKILL)

        with pytest.raises(ModelUnavailable):
            await draft_and_kill()
        assert (await client.call("ping")).status == "ok"
        again = await client.call("generate_draft", chat_id=app.chat_guid, stream=False)
        assert again.suggestions


async def test_what_cannot_be_answered_says_why(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """Unknown chat, empty chat, bad anchor, a method of the future."""

    def empty_chat() -> None:
        app.db.execute(
            "INSERT INTO chat (guid, style, chat_identifier, service_name) "
            "VALUES ('any;-;empty@example.com', 45, 'empty@example.com', 'iMessage')"
        )
        app.chat_rowid = app.db.execute("SELECT max(ROWID) FROM chat").fetchone()[0]
        rowid = app.insert(None, item_type=4, date_read=0)
        app.link(rowid)

    async with daemon.client() as client:
        with pytest.raises(UnknownChat):
            await client.call("list_messages", chat_id=ChatId("iMessage;-;nobody"))
        with pytest.raises(UnknownChat):
            await client.call("generate_draft", chat_id=ChatId("nobody"), stream=False)
        await asyncio.to_thread(empty_chat)
        async with asyncio.timeout(30):
            while True:
                try:
                    await client.call(
                        "generate_draft", chat_id=ChatId("any;-;empty@example.com")
                    )
                except UnknownChat:
                    continue
                except NothingToAnswer:
                    break
    refused = await daemon.ask("list_messages", chat_id=app.chat_guid, before=10**9)
    assert refused["data"] == {
        "kind": "InvalidParams",
        "retryable": False,
        "field": "before",
    }


async def test_the_documents_own_example_works_with_nothing_but_lines(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """One line in; what it is at, tokens, then the response with its id."""
    request = {
        "jsonrpc": "2.0",
        "method": "generate_draft",
        "params": {"chat_id": app.chat_guid},
        "id": 1,
    }
    async with daemon.raw() as client:
        client.writer.write(json.dumps(request).encode() + b"\n")
        client.writer.write_eof()
        lines = []
        while (line := await client.line()) is not None:
            lines.append(line)
    methods = {line["method"] for line in lines[:-1]}
    assert methods == {"stream.progress", "stream.token"}
    assert lines[-2]["params"]["final"] is True
    assert lines[-1]["id"] == 1
    assert lines[-1]["result"]["suggestions"]
