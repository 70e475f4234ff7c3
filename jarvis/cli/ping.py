"""`jarvis ping`: is the daemon there, and how quickly does it answer."""

from __future__ import annotations

import time

import click

from jarvis.cli.connect import connect, print_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(as_json: bool) -> None:
    """Ask the daemon whether it is well."""
    with connect(start=False) as client:
        asked = time.perf_counter()
        answer = client.call("ping")
        took_ms = (time.perf_counter() - asked) * 1000
    if as_json:
        print_json(answer)
        return
    model = "model ready" if answer["models_ready"] else "no model loaded yet"
    click.echo(
        f"{answer['status']}: jarvis {answer['version']}, pid {answer['pid']}, "
        f"{model}, {took_ms:.1f} ms"
    )
