"""`jarvis forget`: delete what Jarvis holds. Messages keeps everything of its own."""

from __future__ import annotations

import sys
from typing import Final

import click

from jarvis.cli.agreed import agreed
from jarvis.cli.connect import connect, print_json

_WHAT: Final = {
    "index": "the search index, until `jarvis index start` makes it anew",
    "history": "what was pushed, so that clients load their lists anew",
    "everything": "everything Jarvis holds of your messages; the list is made anew, "
    "the search index is not",
}


@click.command()
@click.argument("what", type=click.Choice(list(_WHAT)))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(what: str, yes: bool, as_json: bool) -> None:
    """Delete what Jarvis holds; chat.db is never touched. See docs/security.md."""
    if not agreed(f"Delete {_WHAT[what]}?", yes=yes):
        click.echo("Nothing was deleted.", err=True)
        sys.exit(1)
    with connect(start=True) as client:
        result = client.call("forget", what=what)
    if as_json:
        print_json(result)
    else:
        click.echo(f"Deleted; {result['freed_bytes'] / 1e6:.1f} MB are free again.")
