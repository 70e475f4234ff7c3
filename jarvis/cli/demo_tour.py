"""The printed tour: what Jarvis does, asked over the demo's socket, without a screen."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

import click

from jarvis.cli.demo_home import demo_running
from jarvis.cli.list_ import conversation_table
from jarvis.cli.render import plain, safe
from jarvis.client import BlockingClient
from jarvis.errors import ConnectionLost

PUSH_WITHIN_S: Final = 30.0


def print_tour(home: Path) -> None:
    """Bring up a demo, show each thing once, take it down again."""
    click.echo("Jarvis on a made-up inbox; every person and message is invented.")
    with (
        demo_running(home) as demo,
        BlockingClient(demo.socket, timeout_s=PUSH_WITHIN_S) as client,
    ):
        _wait_until_ready(client)
        _show_ping(client)
        chat = _show_list(client)
        _show_draft(client, chat)
        _show_summary(client, chat)
        _show_search(client)
        _show_push(client)


def _heading(text: str) -> None:
    click.echo(f"\n{click.style(text, bold=True)}")


def _wait_until_ready(client: BlockingClient) -> None:
    end = time.monotonic() + PUSH_WITHIN_S
    while client.call("ping")["status"] == "starting":
        if time.monotonic() > end:
            raise ConnectionLost("The demo's daemon did not become ready; see its log.")
        time.sleep(0.01)


def _show_ping(client: BlockingClient) -> None:
    _heading("ping")
    asked = time.perf_counter()
    answer = client.call("ping")
    took_ms = (time.perf_counter() - asked) * 1000
    click.echo(f"{answer['status']}, jarvis {answer['version']}, {took_ms:.2f} ms")


def _show_list(client: BlockingClient) -> dict[str, Any]:
    """The list, and the first conversation in it that waits for an answer."""
    _heading("list_conversations")
    conversations = client.call("list_conversations", limit=8)["conversations"]
    click.echo(conversation_table(conversations))
    waiting = [c for c in conversations if not c["last_message_is_from_me"]]
    chosen: dict[str, Any] = (waiting or conversations)[0]
    return chosen


def _show_draft(client: BlockingClient, chat: dict[str, Any]) -> None:
    _heading(f"generate_draft for {plain(chat['display_name'])}, as it is written")
    page = client.call("list_messages", chat_id=chat["chat_id"], limit=4)
    for message in page["messages"]:
        who = (
            "You"
            if message["is_from_me"]
            else message["sender_name"] or message["sender"] or "Someone"
        )
        click.echo(f"  {plain(who)}: {plain(message['line'])}")
    click.echo("  → ", nl=False)
    stream = client.stream("generate_draft", chat_id=chat["chat_id"])
    for token, _ in stream:
        click.echo(safe(token), nl=False)
    timing, draft = stream.result["timing"], stream.result
    source = draft["suggestions"][0]["source"]
    click.echo(
        f"\n  [{source} {draft['model']}, first token {timing['first_token_ms']:.0f} ms, "
        f"{timing['total_ms']:.0f} ms]"
    )


def _show_summary(client: BlockingClient, chat: dict[str, Any]) -> None:
    _heading("summarize")
    for token, _ in client.stream("summarize", chat_id=chat["chat_id"]):
        click.echo(safe(token), nl=False)
    click.echo()


def _show_search(client: BlockingClient) -> None:
    _heading("semantic_search")
    found = client.call("semantic_search", query="who asked about dinner")
    for hit in found["results"][:3]:
        click.echo(f"  {plain(hit['message']['text'])}")


def _show_push(client: BlockingClient) -> None:
    _heading("new_message, pushed as it is written")
    while True:
        event = client.read()
        if event.get("method") == "new_message":
            break
    params = event["params"]
    who = (
        "You"
        if params["is_from_me"]
        else params["sender_name"] or params["sender"] or "Someone"
    )
    click.echo(f"  {plain(who)}: {plain(params['line'])}")
