"""Which conversation a command is about: the daemon says what fits, the person chooses."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from jarvis.cli.render import plain
from jarvis.client import BlockingClient
from jarvis.errors import JarvisError

if TYPE_CHECKING:
    from jarvis.records import ChatId

_MOST_SHOWN: Final = 10


class Chosen(NamedTuple):
    """A conversation: where to write, and how a person knows it."""

    chat_id: ChatId
    name: str
    detail: str
    """Who is in it, and the service; "" where nothing more is known."""


def choose(
    client: BlockingClient, name: str, *, to_send: bool = False, may_ask: bool = True
) -> Chosen:
    """The conversation that somebody means by an id, a name or an address.

    Where several fit the person at the terminal chooses, if they may be asked.

    Raises:
        JarvisError: none or several fit, and nobody chose; it says how to choose.
    """
    found = client.call("resolve_conversation", name=name, to_send=to_send)
    rows = found["conversations"]
    if found["chat_id"] is not None:
        return _chosen(client, found["chat_id"], rows)
    if not rows:
        raise JarvisError(
            f'No conversation fits "{plain(name)}": give a name, a group\'s own name, a '
            "number or an id. See them all, with ids: jarvis list --folder all --json."
        )
    shown = [_chosen(client, row["chat_id"], [row]) for row in rows[:_MOST_SHOWN]]
    if may_ask and sys.stdin.isatty():
        return _asked(name, shown, more=len(rows) - len(shown))
    raise JarvisError(_all_that_fit(name, shown, more=len(rows) - len(shown)))


def _chosen(
    client: BlockingClient, chat_id: ChatId, rows: list[dict[str, Any]]
) -> Chosen:
    if not rows:  # nobody has written there yet
        return Chosen(chat_id, plain(chat_id), "")
    (row,) = rows
    title = plain(row["display_name"])
    people = ", ".join(_people(client, row["participants"], title))
    facts = (people, row["service"] or "")
    return Chosen(chat_id, title, ", ".join(fact for fact in facts if fact))


def _people(client: BlockingClient, handles: list[str], title: str) -> list[str]:
    """Names beside their addresses, which alone tell two of one name apart."""
    names = client.call("resolve_contacts", identifiers=handles[:500])
    named = ((names.get(handle), handle) for handle in handles)
    return [
        plain(handle if name in (None, title) else f"{name} {handle}")
        for name, handle in named
        if handle != title
    ]


def _asked(name: str, shown: list[Chosen], *, more: int) -> Chosen:
    """What the person at the terminal chooses.

    Raises:
        JarvisError: none of them.
    """
    click.echo(_heading(name, shown), err=True)
    for number, each in enumerate(shown, 1):
        click.echo(f"{number:3}  {each.name} ({each.detail})", err=True)
    if more > 0:
        click.echo(f"     and {more} more", err=True)
    typed = click.prompt(
        "Which one? Its number, or enter for none",
        default="",
        show_default=False,
        err=True,
    )
    if not typed.isdecimal() or not 1 <= int(typed) <= len(shown):
        raise JarvisError("None was chosen; nothing was done.")
    return shown[int(typed) - 1]


def _all_that_fit(name: str, shown: list[Chosen], *, more: int) -> str:
    listed = "".join(
        f"\n  {shlex.quote(plain(each.chat_id))}  {each.name} ({each.detail})"
        for each in shown
    )
    rest = f"\n  and {more} more" if more > 0 else ""
    how = "Give one of these ids in place of the name, or the whole name of a person."
    return f"{_heading(name, shown)}{listed}{rest}\n{how}"


def _heading(name: str, shown: list[Chosen]) -> str:
    if len(shown) == 1:
        return f'Nothing fits "{plain(name)}" for certain; this may:'
    return f'Several conversations fit "{plain(name)}":'
