"""What a conversation is called is no address: the type checker refuses it as one.

Each ignored error is a promise: mypy reports an ignore where there is no such error.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from jarvis.client import BlockingClient, Client
from jarvis.daemon.mail import Mail
from jarvis.daemon.sending.backend import SendTarget
from jarvis.protocol.methods.mail import SendMessageParams
from jarvis.protocol.methods.writing import GenerateDraftParams
from jarvis.records import ChatId, Title
from jarvis.stores.chatdb import Directory
from jarvis.stores.contacts import ContactNames
from jarvis.tui.drafting import Drafting
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.outbox import Outbox
from jarvis.tui.store.page import Page

TITLE = Title("Alex, Bea & 2")


def test_a_title_leads_to_no_conversation() -> None:
    """Neither in the daemon's directory nor on the screen."""
    assert Directory((), ContactNames()).find(TITLE) is None  # type: ignore[arg-type]
    assert Inbox().find(TITLE) is None  # type: ignore[arg-type]
    assert Outbox().of(TITLE) == []  # type: ignore[arg-type]
    assert Page(ChatId("any;-;+15550100")).chat_id != TITLE  # type: ignore[comparison-overlap]


def whatever_sends_or_drafts(
    client: Client, blocking: BlockingClient, mail: Mail, drafting: Drafting
) -> list[Awaitable[Any]]:
    """Never called: it is read by the type checker, which refuses each line."""
    SendTarget(TITLE, None, None)  # type: ignore[arg-type]
    SendMessageParams(TITLE, "hello", "key")  # type: ignore[arg-type]
    GenerateDraftParams(TITLE)  # type: ignore[arg-type]
    mail.chat(TITLE)  # type: ignore[arg-type]
    blocking.call("send_message", chat_id=TITLE)  # type: ignore[arg-type]
    blocking.stream("generate_draft", chat_id=TITLE)  # type: ignore[arg-type]
    return [
        client.call("send_message", chat_id=TITLE),  # type: ignore[arg-type]
        drafting.run(TITLE),  # type: ignore[arg-type]
    ]


def whatever_the_commands_do(client: BlockingClient) -> None:
    """Never called, like the one before."""
    from jarvis.cli.send import _send

    _send(client, TITLE, "hello", "key")  # type: ignore[arg-type]
