"""`jarvis summarize CHAT`: what was said, in a few lines."""

from __future__ import annotations

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import safe
from jarvis.cli.which import choose


@click.command()
@click.argument("chat")
@click.option("--messages", default=50, show_default=True, help="How many, newest.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(chat: str, messages: int, as_json: bool) -> None:
    """Summarize CHAT: an id, a name or an address."""
    with connect(start=True) as client:
        chat_id = choose(client, chat).chat_id
        if as_json:
            params = {"num_messages": messages, "stream": False}
            print_json(client.call("summarize", chat_id=chat_id, **params))
            return
        for token, _ in client.stream(
            "summarize", chat_id=chat_id, num_messages=messages
        ):
            click.echo(safe(token), nl=False)
        click.echo()
