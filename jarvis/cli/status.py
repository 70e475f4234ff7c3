"""`jarvis status`: the state of every part of the daemon."""

from __future__ import annotations

from typing import Any

import click

from jarvis.cli.connect import connect, print_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(as_json: bool) -> None:
    """Show what runs, what is missing and what to do about it."""
    with connect(start=False) as client:
        status = client.call("get_status")
    if as_json:
        print_json(status)
        return
    for part, facts in status.items():
        click.echo(click.style(part, bold=True))
        for name, value in facts.items():
            click.echo(f"  {name:22} {_shown(value)}")


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
