"""How commands reach the daemon: settings, a connection, and which chat is meant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from jarvis.client import BlockingClient, RemoteError
from jarvis.config import load_settings
from jarvis.errors import JarvisError, NotRunning

if TYPE_CHECKING:
    from jarvis.records import ChatId


def socket_path() -> Path:
    """Where the daemon of this home listens."""
    return load_settings().socket


def connect(*, start: bool) -> BlockingClient:
    """A connection to the daemon, which is started first where `start` says so.

    Raises:
        NotRunning: nobody listens and nobody could be started.
    """
    path = socket_path()
    try:
        return BlockingClient(path)
    except NotRunning:
        if not start:
            raise
    from jarvis.client import start_daemon

    start_daemon()
    return BlockingClient(path)


def find_chat(client: BlockingClient, wanted: str) -> ChatId:
    """The id of the conversation that `wanted` names: an id, a title, part of one.

    Raises:
        JarvisError: none or several fit; the sentence lists what does.
    """
    as_id = cast("ChatId", wanted)
    try:
        client.call("list_messages", chat_id=as_id, limit=1)
    except RemoteError as error:
        if error.kind not in ("UnknownChat", "InvalidParams"):
            raise
    else:
        return as_id
    listed = client.call("list_conversations", query=wanted, folder="all", limit=10)
    found = listed["conversations"]
    exact = [c for c in found if c["display_name"].casefold() == wanted.casefold()]
    if len(exact or found) == 1:
        chat_id: ChatId = (exact or found)[0]["chat_id"]
        return chat_id
    if not found:
        raise JarvisError(
            f'No conversation fits "{wanted}". See them all: jarvis list.'
        )
    names = ", ".join(_described(conversation) for conversation in found)
    raise JarvisError(f'Several conversations fit "{wanted}": {names}. Give the id.')


def _described(conversation: dict[str, Any]) -> str:
    return f"{conversation['display_name']} ({conversation['chat_id']})"


def print_json(value: object) -> None:
    """One JSON value, indented, for scripts."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)  # escaped, where the letters are too few
    click.echo(text)
