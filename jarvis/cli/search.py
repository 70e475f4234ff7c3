"""`jarvis search WORDS`: messages found by meaning and by words, best first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import plain
from jarvis.cli.which import choose
from jarvis.letters import cut, one_line

_ME: Final = "me"
_CONTEXT_LETTERS: Final = 100


class _Moment(click.ParamType[str]):
    """A date or a moment; without a zone as the clock of this machine shows it."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        try:
            return datetime.fromisoformat(value).astimezone().isoformat()
        except (ValueError, OverflowError):
            self.fail(
                f'"{plain(value)}" is no date: write 2025-11-18, or '
                '"2025-11-18 14:30" with a time.',
                param,
                ctx,
            )


@click.command()
@click.argument("words", nargs=-1)
@click.option("--chat", help="Only in this conversation: an id, a name, an address.")
@click.option("--from", "sender", help='Only what this person wrote; "me" for you.')
@click.option("--after", type=_Moment(), help="Only from this date on.")
@click.option("--before", type=_Moment(), help="Only until the end of the day before.")
@click.option("--has-attachment", is_flag=True, help="Only with a file.")
@click.option("--limit", default=20, show_default=True, help="How many, 1 to 100.")
@click.option(
    "--mode",
    type=click.Choice(["auto", "semantic", "keyword"]),
    default="auto",
    show_default=True,
    help="By meaning, by words, or by both where both can be.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(
    words: tuple[str, ...],
    chat: str | None,
    sender: str | None,
    after: str | None,
    before: str | None,
    has_attachment: bool,
    limit: int,
    mode: str,
    as_json: bool,
) -> None:
    """Search everything that was written for WORDS; without any, list the newest."""
    with connect(start=True) as client:
        is_mine = sender is not None and sender.casefold() == _ME
        filters = {
            "chat_id": choose(client, chat).chat_id if chat is not None else None,
            "sender": None if is_mine else sender,
            "from_me": True if is_mine else None,
            "after": after,
            "before": before,
            "has_attachment": True if has_attachment else None,
        }
        found = client.call(
            "semantic_search",
            query=" ".join(words),
            limit=limit,
            filters={
                name: value for name, value in filters.items() if value is not None
            },
            mode=mode,
        )
    if as_json:
        print_json(found)
        return
    for at, hit in enumerate(found["results"]):
        click.echo("\n" * bool(at) + "\n".join(_shown(hit)))
    wants_meaning = bool(words) and mode != "keyword"
    for note in _notes(found, wants_meaning=wants_meaning):
        click.echo(plain(note), err=True)


def _shown(hit: dict[str, Any]) -> Iterator[str]:
    """Who, where and when; then the message among those beside it."""
    message = hit["message"]
    yield _heading(hit)
    at = message["date"], message["id"]
    context = sorted(hit["context"], key=lambda each: (each["date"], each["id"]))
    for each in context:
        if (each["date"], each["id"]) < at:
            yield _beside(each)
    yield from _lit(message["text"], hit["highlights"])
    for each in context:
        if (each["date"], each["id"]) > at:
            yield _beside(each)


def _heading(hit: dict[str, Any]) -> str:
    message = hit["message"]
    when = f"{datetime.fromisoformat(message['date']).astimezone():%d %b %Y %H:%M}"
    chat, who = plain(message["chat_name"] or message["chat_id"]), _who(message)
    facts = [click.style(who, bold=True)]
    if chat != who:
        facts.append(chat)
    facts.append(when)
    if hit["repeat_count"] > 1:
        facts.append(f"written {hit['repeat_count']} times")
    if hit["similarity"] is not None:
        facts.append(f"closeness {hit['similarity']:.2f}")
    return " · ".join(facts)


def _who(message: dict[str, Any]) -> str:
    if message["is_from_me"]:
        return "You"
    return plain(message["sender_name"] or message["sender"] or "Someone")


def _beside(message: dict[str, Any]) -> str:
    """A message of the context, on one line."""
    text = cut(one_line(message["text"]), _CONTEXT_LETTERS)
    return click.style(f"    {_who(message)}: {plain(text)}", dim=True)


def _lit(text: str, highlights: list[list[int]]) -> Iterator[str]:
    """The text with its lines, and where words of the query stand in it."""
    pieces, at = [], 0
    for start, end in highlights:
        pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    pieces.append((text[at:], False))
    line = "  "
    for piece, is_lit in pieces:
        first, *others = piece.split("\n")
        line += _styled(first, is_lit)
        for other in others:
            yield line
            line = "  " + _styled(other, is_lit)
    yield line


def _styled(text: str, is_lit: bool) -> str:
    text = plain(text)
    return click.style(text, bold=True, fg="yellow") if is_lit and text else text


def _notes(found: dict[str, Any], *, wants_meaning: bool) -> Iterator[str]:
    """How far the answer can be trusted to be all there is; on stderr."""
    by_words = found["mode_used"] == "keyword"
    if not found["results"]:
        yield "Nothing was found."
    if by_words and wants_meaning:
        yield "Searched by words only."
    if found["reason"] is not None:
        yield found["reason"]
    if found["indexed"] < found["total"]:
        way, what = ("words", "messages") if by_words else ("meaning", "texts")
        yield (
            f"By {way} {found['indexed']:,} of {found['total']:,} {what} can be found so "
            "far, the newest first."
        )
    if found["next"] is not None:
        yield "There is more; --limit shows up to 100."
