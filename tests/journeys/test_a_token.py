"""A token of a real model: mlx-lm in the worker, through the whole daemon, to a client."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis.cli.demo_home import MODEL
from jarvis.errors import ModelUnavailable
from jarvis.protocol.methods.status import Status
from jarvis.records import Draft
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import living, on_inbox
from tests.needs import needs_mlx


@needs_mlx
async def test_tokens_of_a_real_model_join_to_the_suggestion(
    app: MessagesApp, short_path: Path
) -> None:
    """The demo's weights, a real tokenizer, the very code that runs on a Mac."""
    flags = [*on_inbox(app.path.parent, "mlx"), "--model", str(MODEL)]
    async with living(short_path, *flags) as daemon, daemon.client() as client:
        assert (await client.call("ping")).models_ready is False
        async with client.stream("generate_draft", chat_id=app.chat_guid) as stream:
            tokens = [token async for token in stream]
        draft: Draft = stream.result
        assert (await client.call("ping")).models_ready is True
    assert "".join(token.text for token in tokens) == draft.suggestions[0].text
    assert draft.suggestions[0].source == "model"
    parts = draft.suggestions[0].confidence_parts
    assert parts is not None
    assert 0 < parts["fluency"] <= 1


@needs_mlx
@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (None, "No model is chosen"),
        ("/nowhere/model", "no model folder"),
        ("org/never-fetched", "never downloads"),
        (".", "config.json"),
    ],
    ids=["none", "missing", "hub id", "no weights"],
)
async def test_without_a_model_everything_else_works(
    app: MessagesApp, short_path: Path, model: str | None, reason: str
) -> None:
    """A draft says what to do; lists and pings go on."""
    flags = on_inbox(app.path.parent, "mlx")
    if model is not None:
        flags += ["--model", model]
    async with living(short_path, *flags) as daemon, daemon.client() as client:
        with pytest.raises(ModelUnavailable, match=reason):
            await client.call("generate_draft", chat_id=app.chat_guid, stream=False)
        assert (await client.call("ping")).status == "ok"
        assert (await client.call("list_conversations")).conversations


@needs_mlx
@pytest.mark.parametrize("first", ["hello", "list_messages"])
async def test_the_first_draft_after_a_start_loads_nothing(
    app: MessagesApp, short_path: Path, first: str
) -> None:
    """Once a client said that it will draft, or read a conversation; not by listening."""
    flags = [*on_inbox(app.path.parent, "mlx"), "--model", str(MODEL)]
    async with living(short_path, *flags) as daemon, daemon.client() as client:
        await client.call("subscribe", events=["model_progress"])
        status: Status = await client.call("get_status")
        assert status.model.pid is None
        if first == "hello":
            await client.call("hello", drafts=True)
        else:
            await client.call("list_messages", chat_id=app.chat_guid)
        while not (await client.call("ping")).models_ready:
            status = await client.call("get_status")
            if status.model.not_warmed:
                pytest.skip(status.model.not_warmed)
        seen: list[str] = []
        async with client.stream(
            "generate_draft",
            chat_id=app.chat_guid,
            on_progress=lambda progress: seen.append(progress.phase),
        ) as stream:
            assert [token async for token in stream]
    assert "loading" not in seen
    assert "reading" in seen
