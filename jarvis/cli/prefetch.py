"""`jarvis prefetch`: what was made ready before anybody asked, and letting go of it."""

from __future__ import annotations

from typing import Any, Final

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import table
from jarvis.cli.which import choose

_SOURCES: Final = {
    "focus": "opened",
    "hover": "looked at",
    "new_message": "new mail",
}


@click.group()
def command() -> None:
    """See what drafts are made ready before you ask, and let go of them."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def stats(as_json: bool) -> None:
    """Show what was made ready since the daemon started, and what it was good for."""
    with connect(start=False) as client:
        answer = client.call("prefetch_stats")
    if as_json:
        print_json(answer)
        return
    for line in _summary(answer):
        click.echo(line)
    click.echo()
    heading = ("source", "asked", "made", "used", "hit rate", "seconds", "unused")
    sources = answer["by_source"].items()
    click.echo(table([heading, *(_row(*each) for each in sources)], *[None] * 7))


def _summary(stats: dict[str, Any]) -> list[str]:
    cache, executor = stats["cache"], stats["executor"]
    resources = executor["resource_manager"]
    lines = [
        f"{cache['entries']} drafts are ready ({cache['bytes'] / 1000:.1f} kB of "
        f"{cache['max_bytes'] / 1e6:.1f} MB), {executor['queue_size']} are to be made.",
        f"Asks: {cache['hits']} were answered by one, {cache['misses']} were not.",
    ]
    if not resources["can_prefetch"]:
        lines.append(f"Nothing is made now: {resources['reason']}.")
    for title, counts in (
        ("Not made", executor["skipped_by_reason"]),
        ("Outdated", stats["invalidator"]["by_reason"]),
    ):
        if counts:
            told = ", ".join(f"{reason} {count}" for reason, count in counts.items())
            lines.append(f"{title}: {told}.")
    return lines


def _row(source: str, figures: dict[str, Any]) -> tuple[str, ...]:
    rate = figures["hit_rate"]
    return (
        _SOURCES.get(source, source),
        str(figures["asked"]),
        str(figures["made"]),
        str(figures["used"]),
        "-" if rate is None else f"{rate:.0%}",
        f"{figures['cost_ms'] / 1000:.1f}",
        f"{figures['unused_cost_ms'] / 1000:.1f}",
    )


@command.command()
@click.argument("chat", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def clear(chat: str | None, as_json: bool) -> None:
    """Let go of the drafts that are ready, of CHAT alone or of all conversations."""
    with connect(start=False) as client:
        chat_id = choose(client, chat).chat_id if chat is not None else None
        result = client.call("prefetch_invalidate", chat_id=chat_id)
    if as_json:
        print_json(result)
    else:
        click.echo(f"{result['invalidated']} drafts were dropped.")
