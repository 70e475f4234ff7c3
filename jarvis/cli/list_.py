"""`jarvis list`: the newest conversations, a line each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import table


@click.command(name="list")
@click.option("--limit", default=20, show_default=True, help="How many, 1 to 500.")
@click.option("--query", help="Only those whose names or numbers hold this text.")
@click.option(
    "--folder",
    type=click.Choice(["inbox", "unknown", "junk", "archived", "all"]),
    default="inbox",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(limit: int, query: str | None, folder: str, as_json: bool) -> None:
    """List conversations, newest first."""
    with connect(start=True) as client:
        answer = client.call(
            "list_conversations", limit=limit, query=query, folder=folder
        )
    if as_json:
        print_json(answer)
        return
    if answer["conversations"]:
        click.echo(conversation_table(answer["conversations"]))
    else:
        click.echo("No conversations yet.", err=True)


def conversation_table(conversations: Iterable[dict[str, Any]]) -> str:
    """A conversation a line: when, who, how many unread, what was said last."""
    return table(map(_row, conversations), None, 24, None, 60)


def _row(conversation: dict[str, Any]) -> tuple[str, ...]:
    date = conversation["last_message_date"]
    when = f"{datetime.fromisoformat(date).astimezone():%d %b %H:%M}" if date else ""
    unread = f"●{conversation['unread_count']}" if conversation["unread_count"] else ""
    text = conversation["last_message_text"] or ""
    return when, conversation["display_name"], unread, text
