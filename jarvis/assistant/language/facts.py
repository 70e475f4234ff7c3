"""What is known of each language: the files in data/, one a language, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from jarvis.records import Record

DATA: Final = Path(__file__).with_name("data")
"""Holds `en.toml` and so on, named by the code of the language (ISO 639)."""

Stance = Literal["yes", "no", "maybe", "other"]
"""How a reply leans: agrees, declines, leaves it open, proposes something else."""
Intent = Literal["call", "invitation", "request", "when", "where", "yes_no"]
Patterns = tuple[str, ...]
"""Regular expressions, any of which may be found, in small letters, "ss" for "ß"."""


class Days(Record, frozen=True, forbid_unknown_fields=True):
    """Names of days in small letters, divided by blanks; a hyphen stands for a blank too.

    Monday and January come first; "" where there is no name.
    """

    weekdays: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    yesterday: str = ""
    today: str = ""
    tomorrow: str = ""
    after_tomorrow: str = ""
    noon: str = ""
    midnight: str = ""
    weekend: str = ""
    names_none_after: str = ""
    """A word after which "morning" is no day: "guten Morgen"."""


class OneTimeCode(Record, frozen=True, forbid_unknown_fields=True):
    """What stands near the digits of a code that is good for one sign-in."""

    before: Patterns = ()
    behind: Patterns = ()


class Stances(Record, frozen=True, forbid_unknown_fields=True):
    """How short replies lean: patterns of whole words."""

    yes: Patterns = ()
    no: Patterns = ()
    maybe: Patterns = ()
    other: Patterns = ()
    refuses: Patterns = ()
    """What declines wherever it stands: "I'd love to, but I can't"."""
    refuses_nothing: Patterns = ()
    """What holds a word of refusal and refuses nothing: "no worries"."""
    agrees_all_the_same: Patterns = ()
    """What of that agrees."""


class ModelTalk(Record, frozen=True, forbid_unknown_fields=True):
    """What models say in place of a reply and around it: patterns."""

    about_itself: Patterns = ()
    """A sentence of an assistant about itself, or to whom it works for."""
    about_task: Patterns = ()
    """A sentence about the task, or about the conversation as such."""
    polite: Patterns = ()
    """How people begin, and assistants who then speak of the task."""
    agrees: Patterns = ()
    """What may stand before an announcement: "sure"."""
    shows: Patterns = ()
    """What announces a reply: "here is"."""
    suggests: Patterns = ()
    """The same, where a reply may begin so, too: "you could say"."""
    articles: Patterns = ()
    """What may stand before the nouns of `replies`."""
    replies: Patterns = ()
    """What is announced: "a message"."""
    says: Patterns = ()
    """The verb in place of that."""
    tells_of_others: Patterns = ()
    """What stands after such a noun where nothing is announced: "a message from Mia"."""
    announcements: Patterns = ()
    """Whole announcements, colon included, where words have no blanks between them."""
    label_qualifiers: Patterns = ()
    labels: Patterns = ()
    """A label in front of a reply ("Draft:"), and what may stand before it."""
    speakers: str = ""
    """Whom a model lets speak besides the people of the conversation."""
    please: Patterns = ()
    orders: Patterns = ()
    """How an instruction begins that is none of the words to send."""
    gaps: Patterns = ()
    """How a gap begins that somebody would have to fill: "[your name]"."""


class RuleFacts(Record, frozen=True, forbid_unknown_fields=True):
    """How a message asks for something, and what may be answered: stance and words."""

    intent: Intent
    patterns: Patterns
    answers: tuple[tuple[Stance, str], ...]


class LanguageFile(Record, frozen=True, forbid_unknown_fields=True):
    """What may stand in a file; all but the name may be left out."""

    name: str
    """Of the language, in English."""
    rank: int = 99
    """A text of no clear language is read in the language of the lowest rank first."""
    scripts: tuple[str, ...] = ()
    """Those that as good as only this language is written in, as Unicode names letters."""
    small_words: str = ""
    """The commonest words, divided by blanks, by which the language is told."""
    closing_words: str = ""
    """The words of messages that end a conversation."""
    greeting_words: str = ""
    """The words of messages that greet and say no more."""
    always_capital: str = ""
    """Words that have a capital within a sentence and are no names."""
    abbreviations: str = ""
    """Words whose full stop ends no sentence."""
    requests: Patterns = ()
    """Whole words that ask for something."""
    requests_within_words: Patterns = ()
    """The same, where words are not divided by blanks, or change within."""
    no_reply: Patterns = ()
    """How machines say that they read no answer."""
    tapbacks: Patterns = ()
    """How the reactions of other phones begin, which arrive as texts."""
    days: Days = Days()
    one_time_code: OneTimeCode = OneTimeCode()
    stances: Stances = Stances()
    model_talk: ModelTalk = ModelTalk()
    rules: tuple[RuleFacts, ...] = ()
    """Common asks, the most telling first."""


class Language(Record, frozen=True, eq=False):
    """One language: its code ("en") and what is known of it."""

    code: str
    facts: LanguageFile

    def gaps(self) -> Iterator[str]:
        """The facts that nobody has written down, or not all: "days.noon"."""
        for name, value in msgspec.structs.asdict(self.facts).items():
            if isinstance(value, Record):
                parts = msgspec.structs.asdict(value).items()
                yield from (f"{name}.{part}" for part, each in parts if _has_gap(each))
            elif _has_gap(value):
                yield name


def _has_gap(value: object) -> bool:
    return not value or (isinstance(value, tuple) and "" in value)


@cache
def languages() -> tuple[Language, ...]:
    """All languages that Jarvis knows something of; see read_languages."""
    return read_languages(DATA)


def read_languages(folder: Path) -> tuple[Language, ...]:
    """The languages of a folder's files, by rank and code.

    Raises:
        msgspec.DecodeError: a file holds what is no fact of a language.
    """
    known = [
        Language(
            code=file.stem,
            facts=msgspec.toml.decode(file.read_bytes(), type=LanguageFile),
        )
        for file in folder.glob("*.toml")
    ]
    return tuple(sorted(known, key=lambda each: (each.facts.rank, each.code)))


def words(of: Callable[[LanguageFile], str]) -> frozenset[str]:
    """The words of all languages in one field."""
    return frozenset(word for each in languages() for word in of(each.facts).split())


def any_of(of: Callable[[LanguageFile], Iterable[str]]) -> str:
    """One pattern for those of all languages in one field; it matches nothing if none."""
    patterns = [pattern for each in languages() for pattern in of(each.facts)]
    return f"(?:{'|'.join(patterns)})" if patterns else "(?!)"
