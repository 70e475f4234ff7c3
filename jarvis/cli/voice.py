"""`jarvis voice CHAT`: what is known of the way one writes to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import table
from jarvis.cli.waiting import waiting
from jarvis.cli.which import choose

_KEPT: Final = (
    "All of this is read from Messages and kept in memory only. What became of suggestions "
    "is stored,\nas counts without words (jarvis eval --trend); `jarvis forget everything` "
    "deletes them."
)
_UNITS_S: Final = (("hour", 3600), ("minute", 60), ("second", 1))


@click.command()
@click.argument("chat")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(chat: str, as_json: bool) -> None:
    """Show how you write to CHAT, and what drafts are held to: an id, a name or an address.

    It is read from Messages and kept in memory only. Your own frequent first words are
    shown, and no message.
    """
    with connect(start=True) as client:
        chosen = choose(client, chat)
        with waiting(client) as line:
            line.show("Reading what you wrote …")
            voice = client.call("get_voice", chat_id=chosen.chat_id)
    if as_json:
        print_json(voice)
        return
    click.echo(voice_text(chosen.name, voice))


def voice_text(name: str, voice: dict[str, Any]) -> str:
    """What get_voice answered of the conversation with this name, a habit a line."""
    habits = voice["habits"]
    rows = [("Answers", _answers(voice))]
    if habits is not None:
        rows = [*_habits(habits), *rows, ("Drafts", "; ".join(_held_to(habits)))]
    return "\n\n".join((_heading(name, voice), table(rows, None, None), _KEPT))


def _heading(name: str, voice: dict[str, Any]) -> str:
    """Whom it is about, and by how many messages."""
    habits, own = voice["habits"], voice["own_messages"]
    if habits is not None and habits["is_of_contact"]:
        return (
            f"How you write to {name}, by your newest {habits['count']} messages there:"
        )
    few = (
        f"Jarvis knows {own or 'no'} message{'s' * (own != 1)} of yours to {name}, and it "
        f"takes {voice['fewest']} to tell how you write to somebody."
    )
    if habits is None:
        return f"{few}\nAll that you wrote to anybody is fewer, too."
    return (
        f"{few}\nSo this is how you write to anybody, by your newest {habits['count']} "
        "messages:"
    )


def _habits(habits: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A habit a line."""
    yield (
        "Length",
        f"half have up to {habits['median_characters']} characters, nine in ten up to "
        f"{habits['p90_characters']}",
    )
    small = habits["lower_case_share"]
    if small is not None:
        capital = _percent(1 - small)
        yield (
            "Begin",
            f"with a small letter in {_percent(small)}, a capital in {capital}",
        )
    full_stop = _percent(habits["full_stop_share"])
    other = _percent(habits["other_closing_share"])
    yield "End", f"with a full stop in {full_stop}, with ! or ? or the like in {other}"
    rate = habits["emoji_rate"]
    yield "Emoji", f"in {_percent(rate)}" if rate else "never"
    if habits["openers"]:
        yield "First words", ", ".join(habits["openers"])
    yield "Language", _languages(habits["languages"])


def _held_to(habits: dict[str, Any]) -> Iterator[str]:
    """What is done to a draft, whatever the model writes."""
    case = habits["case"]
    if case is not None:
        yield f"begin with a {'small letter' if case == 'lower' else 'capital'}"
    if habits["full_stop"] is False:
        yield "end without a full stop"
    if not habits["emoji_rate"]:
        yield "have no emoji"
    yield f"stop at a sentence's end after {habits['longest_characters']} characters"


def _languages(languages: list[dict[str, Any]]) -> str:
    if not languages:
        return "not clear"
    if len(languages) == 1:
        return str(languages[0]["name"])
    return ", ".join(f"{each['name']} {_percent(each['share'])}" for each in languages)


def _answers(voice: dict[str, Any]) -> str:
    """How many are known, and how long they took."""
    answers = voice["answers"]
    if not answers:
        return "none is known there"
    wait = _duration(voice["median_wait_ms"])
    if answers == 1:
        return f"1 is known there as an example; it came within {wait}"
    return f"{answers} are known there as examples; half of them came within {wait}"


def _duration(milliseconds: int) -> str:
    """In the largest unit that it reaches, rounded up."""
    seconds = max(-(-milliseconds // 1000), 1)
    name, unit_s = next(each for each in _UNITS_S if seconds >= each[1])
    count = -(-seconds // unit_s)
    return f"{count} {name}{'s' * (count > 1)}"


def _percent(share: float) -> str:
    return "under 1%" if 0 < share < 0.01 else f"{share:.0%}"
