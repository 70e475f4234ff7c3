"""How models announce a reply before they write it, in many languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from jarvis.assistant.language.facts import ModelTalk, Patterns, any_of


def _any(of: Callable[[ModelTalk], Patterns]) -> str:
    """Those of all languages in one field, for a pattern that leaves blanks out."""
    return any_of(lambda facts: of(facts.model_talk)).replace(" ", r"\ ")


_REPLY: Final = _any(lambda talk: talk.replies)
_BEGINNING: Final = rf"""
    # "Sure!", in whatever marks, may stand before it.
    ^[\W_]*(?:{_any(lambda talk: talk.agrees)}\b[\s,.!:–—-]*)?
    # "Here is" can hardly begin a reply; whether it did decides what else is asked of it.
    (?:(?P<shows>{_any(lambda talk: talk.shows)})|
       # "A short friendly message": an article, three words at most, and the noun.
       {_any(lambda talk: talk.articles)}\ (?:\w+[\ -]){{0,3}}(?={_REPLY})|
       # "You could say".
       {_any(lambda talk: talk.suggests)})
    """
_MAY_ANNOUNCE: Final = re.compile(_BEGINNING, re.IGNORECASE | re.VERBOSE)
_ANNOUNCEMENT: Final = re.compile(
    rf"""{_BEGINNING}
    # "A message from Mia: …" tells of one; else all up to a colon on the same line.
    (?!\ ?{_any(lambda talk: talk.tells_of_others)})[^:：\n]{{0,100}}[:：]
    [\s*_"“]*?(?=\S|$)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""An announcement up to its colon; what it must speak of besides: see preamble_end."""
_NOUN: Final = re.compile(
    rf"\b{any_of(lambda facts: facts.model_talk.replies)}\b", re.IGNORECASE
)
_VERB: Final = re.compile(
    rf"\b{any_of(lambda facts: facts.model_talk.says)}\b", re.IGNORECASE
)
_WHOLE: Final = re.compile(
    f"^{any_of(lambda facts: facts.model_talk.announcements)}", re.IGNORECASE
)
LABEL: Final = re.compile(
    rf"""^[\s#*_>]*(?:\d\s*[.)]\s*)?(?:
        (?:{_any(lambda talk: talk.label_qualifiers)}\s)?
        {_any(lambda talk: talk.labels)}(?:\s\#?\d)?
        |option\s\#?\d
    )[*_]{{0,2}}\s?[:：][*_]{{0,2}}[ \t]*""",
    re.IGNORECASE | re.VERBOSE,
)
"""A label in front of a reply, with its markdown."""


def preamble_end(text: str) -> int:
    """Where an announcement at the beginning of a line ends; 0 without one.

    "Here is a reply:" is one wherever its colon stands; "you could say:" only where what it
    announces stands on a line of its own, or in quotation marks.
    """
    text = text.replace("’", "'")
    if found := _WHOLE.match(text):
        return found.end()
    found = _ANNOUNCEMENT.match(text)
    if found is None:
        return 0
    has_noun = _NOUN.search(found[0]) is not None
    rest = text[found.end() :].strip()
    stands_apart = not rest or rest[0] in '"“„«*'
    if found["shows"] and has_noun:
        return found.end()
    is_one = stands_apart and (has_noun or _VERB.search(found[0]) is not None)
    return found.end() if is_one else 0


def may_announce(text: str) -> bool:
    """Whether a line that begins so may turn out to be an announcement."""
    return _MAY_ANNOUNCE.match(text.replace("’", "'")) is not None
