"""Where the words of a query stand in a text as it was written. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from jarvis.letters import starts
from jarvis.stores.index.fold import fold
from jarvis.stores.index.keywords import MAY_GO_ON

LONGEST_TEXT: Final = 20_000
"""Characters that are looked at; nobody looks for the words of a longer one."""


class _Word(NamedTuple):
    """A word as it is compared, and from where to where it stands in the text."""

    text: str
    start: int
    end: int


def highlights(text: str, words: Collection[str]) -> tuple[tuple[int, int], ...]:
    """From where to where words of the query stand, in characters; none overlap.

    `words` are folded as the index folds; one may be several that stand side by side. What
    begins with a word of four letters and more has it, as in the index.
    """
    written = list(_words(text[:LONGEST_TEXT]))
    found = [span for word in words for span in _places(written, word)]
    return tuple(_joined(sorted(found)))


def _places(written: Sequence[_Word], word: str) -> Iterator[tuple[int, int]]:
    sought = word.split()
    for at in range(len(written) - len(sought) + 1):
        some = written[at : at + len(sought)]
        if _fits(some, sought, may_go_on=len(word) >= MAY_GO_ON):
            yield some[0].start, some[-1].end


def _fits(written: Sequence[_Word], sought: Sequence[str], *, may_go_on: bool) -> bool:
    *before, last = sought
    if any(each.text != word for each, word in zip(written, before, strict=False)):
        return False
    text = written[-1].text
    return text == last or (may_go_on and text.startswith(last))


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same places, those that overlap as one."""
    begun: tuple[int, int] | None = None
    for start, end in spans:
        if begun is not None and start < begun[1]:
            begun = begun[0], max(begun[1], end)
            continue
        if begun is not None:
            yield begun
        begun = start, end
    if begun is not None:
        yield begun


def _words(text: str) -> Iterator[_Word]:
    """The words of the text as the fold parts them, and where each stands."""
    word, begun, ended = "", 0, 0
    for start, end in pairwise((*starts(text), len(text))):
        for letter in _spread(text[start:end]):
            if letter == " ":
                if word:
                    yield _Word(word, begun, ended)
                word = ""
            else:
                begun, ended = begun if word else start, end
                word += letter
    if word:
        yield _Word(word, begun, ended)


@lru_cache(maxsize=4_096)
def _spread(letter: str) -> str:
    """What the fold makes of a letter among others, with the spaces it puts there."""
    return fold(f"x{letter}x")[1:-1]
