"""`jarvis index`: how far the search index is, and steering it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_UNDER_WAY: Final = ("waiting", "keywords", "vectors")
_ACTIONS: Final = ("status", "start", "pause", "rebuild")
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


@click.command()
@click.argument("action", type=click.Choice(_ACTIONS), default="status")
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
def command(action: str, as_json: bool) -> None:
    """Show how far the search index is, or steer it.

    start: go on, on battery too. pause: stop until you start it again. rebuild: throw it
    away and make it anew. At a terminal the work is shown until it is done.
    """
    with connect(start=True) as client, connect(start=False) as ear:
        # It listens before it asks, so that the end of the work is not missed.
        events = ear.events(["index_progress"])
        if action == "status":
            state = client.call("get_status")["index"]
        else:
            state = client.call("index_control", action=action)
        if as_json:
            print_json(state)
            return
        if state["state"] in _UNDER_WAY and sys.stderr.isatty():
            state = _followed(state, (event["params"] for event in events))
    click.echo(plain(sentence(state)))


def _followed(state: dict[str, Any], news: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Draw the work as a bar until there is no more; the last state."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    time_left = TextColumn("{task.fields[left]}")
    with Progress(*columns, time_left, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, left="")
        try:
            _draw(bar, task, state)
            while state["state"] in _UNDER_WAY:
                state = next(news)
                _draw(bar, task, state)
        except KeyboardInterrupt:
            bar.stop()
            click.echo("It goes on without this window.", err=True)
            raise
    return state


def _draw(bar: Progress, task: TaskID, state: dict[str, Any]) -> None:
    by_meaning = state["state"] == "vectors"
    bar.update(
        task,
        description="By meaning" if by_meaning else "By words",
        completed=state["embedded"] if by_meaning else state["indexed"],
        total=(state["to_embed"] if by_meaning else state["total"]) or None,
        left=plain(_time_left(state["eta_s"]) or state["reason"] or ""),
    )


def sentence(state: dict[str, Any]) -> str:
    """The state in words."""
    words = f"{state['indexed']:,} of {state['total']:,} messages by their words"
    meaning = f"{state['embedded']:,} of {state['to_embed']:,} texts by their meaning"
    reason = state["reason"] or ""
    match state["state"]:
        case "ready":
            found = f"All {state['indexed']:,} messages can be found"
            if state["model"] is None:
                return f"{found} by their words. {reason}".rstrip()
            return f"{found}, by what they mean too ({state['model']})."
        case "keywords" | "vectors":
            speed = f" ({state['per_s']:,.0f} a second" if state["per_s"] else ""
            left = _time_left(state["eta_s"])
            speed += f", {left})" if speed and left else ")" if speed else ""
            return f"Found so far: {words}, {meaning}{speed}."
        case "paused":
            return f"Paused: {reason} Found so far: {words}, {meaning}."
        case "failed":
            return f"It cannot go on: {reason} Found so far: {words}, {meaning}."
    return f"It waits: {reason}" if reason else "It waits for the conversation list."


def _time_left(eta_s: float | None) -> str:
    if eta_s is None:
        return ""
    if eta_s >= _HOUR_S:
        return f"about {eta_s / _HOUR_S:.1f} hours left"
    if eta_s >= _MINUTE_S:
        return f"about {eta_s / _MINUTE_S:.0f} minutes left"
    return f"about {max(eta_s, 1):.0f} s left"
