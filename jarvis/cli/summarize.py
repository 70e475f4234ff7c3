"""`jarvis summarize CHAT`: what was said, in a few lines."""

from __future__ import annotations

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import safe
from jarvis.cli.waiting import waiting
from jarvis.cli.which import choose


@click.command()
@click.argument("chat")
@click.option("--messages", default=50, show_default=True, help="How many, newest.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(chat: str, messages: int, as_json: bool) -> None:
    """Summarize CHAT: an id, a name or an address."""
    with connect(start=True) as client:
        chat_id = choose(client, chat).chat_id
        with waiting(client) as line:
            stream = client.stream(
                "summarize",
                on_progress=line.tell,
                chat_id=chat_id,
                num_messages=messages,
            )
            for token, _ in stream:
                if not as_json:
                    line.make_way()
                    click.echo(safe(token), nl=False)
    if as_json:
        print_json(stream.result)
    else:
        click.echo()
