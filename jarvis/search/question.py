"""What was typed, as what is looked for: words, quotations, and the text that is embedded.

Nothing of it is ever an operator: signs of a query language are signs like others. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import name

from jarvis.letters import head
from jarvis.records import Record
from jarvis.stores.index.fold import fold, words_of

MOST_WORDS: Final = 64
"""Different words of a query that are looked for; whoever pastes a page means no more."""
MOST_LETTERS: Final = 1_024
"""Of a query that are looked at, several times what any model reads."""

_QUOTED: Final = re.compile('"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|»([^«]*)«')
_EXACT: Final = re.compile(
    r"""
      [^\s@]+@[^\s@]+\.\w+              # an e-mail address
    | (?:https?://|www\.)\S+            # a link
    | [+(]?\d[\d\s()./:,\u2010-\u2015-]*   # a number, a date, a time
    | \#?(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z\d][A-Za-z\d._/-]*   # a code of letters and digits
    """,
    re.VERBOSE,
)


class Question(Record, frozen=True):
    """A query, ready to be looked for.

    `text` is what is embedded. `words` are folded as the index folds, each once, in their
    order; one may be several that stand side by side, as in a quotation, "don't" or a run
    of Chinese. `is_exact`: whoever asks so wants what holds it, before all that is like it.
    `is_latin`: most of its letters are. `may_go_on`: the last word may be the beginning of
    one that is being typed. `is_cut`: there was more than is looked for.
    """

    text: str
    words: tuple[str, ...]
    is_exact: bool = False
    is_latin: bool = True
    may_go_on: bool = False
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked, so that the newest are wanted."""
        return not self.text


def question_of(query: str) -> Question:
    """Read a query; any text is one."""
    seen = _beginning(query)
    text = " ".join(seen.split())
    words = list(dict.fromkeys(filter(None, _words(seen))))
    is_whole_quotation = bool(words) and not _QUOTED.sub("", seen).strip()
    return Question(
        text,
        tuple(words[:MOST_WORDS]),
        is_exact=is_whole_quotation or bool(words and _EXACT.fullmatch(text)),
        is_latin=_is_latin(text),
        may_go_on=query[-1:].isalnum(),
        is_cut=len(seen) < len(query) or len(words) > MOST_WORDS,
    )


def _beginning(query: str) -> str:
    """As much as is looked at, without the half of a word at its end."""
    seen = head(query, MOST_LETTERS)
    return seen.rsplit(None, 1)[0] if len(seen) < len(query) and " " in seen else seen


def _is_latin(text: str) -> bool:
    """Whether at least half of the letters are; also of a text without one."""
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(
        each.isascii() or name(each, "").startswith("LATIN") for each in letters
    )
    return 2 * latin >= len(letters)


def _words(query: str) -> Iterator[str]:
    """Quotations whole, and what stands between them word by word."""
    at = 0
    for quoted in _QUOTED.finditer(query):
        yield from words_of(query[at : quoted.start()])
        yield fold(next(filter(None, quoted.groups()), ""))
        at = quoted.end()
    yield from words_of(query[at:])
