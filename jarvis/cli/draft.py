"""`jarvis draft CHAT`: a reply, written in the terminal as the model makes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import plain, safe
from jarvis.cli.waiting import WaitingLine, waiting
from jarvis.cli.which import choose
from jarvis.client import BlockingStream


@click.command()
@click.argument("chat")
@click.option("--instruction", help="What the reply should say, in your words.")
@click.option("-n", "--suggestions", default=1, show_default=True, help="1 to 5.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    chat: str, instruction: str | None, suggestions: int, as_json: bool
) -> None:
    """Draft a reply to CHAT: an id, a name or an address. Nothing is sent."""
    with connect(start=True) as client:
        chat_id = choose(client, chat).chat_id
        params: dict[str, Any] = {
            "instruction": instruction,
            "num_suggestions": suggestions,
        }
        with waiting(client) as line:
            stream = client.stream(
                "generate_draft", chat_id=chat_id, on_progress=line.tell, **params
            )
            begun = _follow(stream, line, is_shown=not as_json)
    if as_json:
        print_json(stream.result)
        return
    for note in _notes(stream.result, begun):
        click.echo(plain(note), err=True)


def _follow(stream: BlockingStream, line: WaitingLine, *, is_shown: bool) -> set[int]:
    """Take the suggestions as they come, and show them with a blank line between.

    Gives which of them had begun.
    """
    begun: set[int] = set()
    current: int | None = None
    for token, suggestion in stream:
        begun.add(suggestion)
        if not is_shown:
            continue
        line.make_way()
        if current not in (None, suggestion):
            click.echo("\n")
        current = suggestion
        click.echo(safe(token), nl=False)
    if is_shown:
        line.make_way()
        click.echo()
    return begun


def _notes(draft: dict[str, Any], begun: set[int]) -> Iterator[str]:
    """What is to be known of it; on stderr, so that a pipe gets the reply alone."""
    offered = {each["suggestion"] for each in draft["suggestions"]}
    if begun - offered:
        yield "Some of it could not be sent or says the same as another; see --json."
    made_up = [each for one in draft["suggestions"] for each in one.get("foreign", ())]
    if made_up:
        yield f"Look at {', '.join(made_up)}: nobody wrote that before."
    if any(one.get("finish_reason") == "length" for one in draft["suggestions"]):
        yield "The model had more to say: what is shown ends with a whole sentence."
    if draft["suggestions"] and draft.get("reason"):
        yield draft["reason"]
    sources = {suggestion["source"] for suggestion in draft["suggestions"]}
    timing = draft["timing"]
    first_ms = timing["first_token_ms"]
    took = "" if first_ms is None else f", first token {first_ms:.0f} ms"
    origin = "/".join(sorted(sources)) or draft.get("reason") or "nothing"
    model = f" {draft['model']}" if draft["model"] else ""
    yield f"[{origin}{model}{took}, {timing['total_ms']:.0f} ms]"
