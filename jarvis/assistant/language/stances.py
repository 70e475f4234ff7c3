"""How a short reply leans, told by its words in many languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, Literal, TypeVar

from jarvis.assistant.language.facts import Patterns, Stance, Stances, any_of
from jarvis.assistant.language.text import emoji_in

Answer = TypeVar("Answer")
Lean = Stance | Literal["question"]
"""How a reply leans, or that it asks back."""

QUESTION_MARKS: Final = "?？؟"

_REPEATED: Final = 0.5
_MOST_OF_A_KIND: Final = 2
_NODS: Final = frozenset("👍👌✅🙌💯")
_SHAKES: Final = frozenset("👎🙅❌")


def _whole_words(of: Callable[[Stances], Patterns]) -> re.Pattern[str]:
    patterns = any_of(lambda facts: of(facts.stances))
    return re.compile(rf"(?<!\w){patterns}(?!\w)")


_FINDERS: Final[dict[Stance, re.Pattern[str]]] = {
    "other": _whole_words(lambda stances: stances.other),
    "maybe": _whole_words(lambda stances: stances.maybe),
    "no": _whole_words(lambda stances: stances.no),
    "yes": _whole_words(lambda stances: stances.yes),
}
_REFUSES: Final = _whole_words(lambda stances: stances.refuses)
_REFUSES_NOTHING: Final = re.compile(
    any_of(lambda facts: facts.stances.refuses_nothing)
)
_AGREES_ALL_THE_SAME: Final = re.compile(
    any_of(lambda facts: facts.stances.agrees_all_the_same)
)


def stance_of(text: str) -> Lean | None:
    """How a reply leans; null for what neither agrees nor declines nor asks.

    A refusal or an agreement that stands first, or one that leaves it open, decides over
    what follows.
    """
    text = text.strip()
    said = " ".join(text[:400].casefold().replace("’", "'").split())
    if _AGREES_ALL_THE_SAME.search(said):
        return "yes"
    said = _REFUSES_NOTHING.sub(" ", said)
    places = {
        stance: found.start()
        for stance, finder in _FINDERS.items()
        if (found := finder.search(said)) is not None
    }
    if "other" in places:
        return "other"
    if "maybe" in places:
        return "maybe"
    if _REFUSES.search(said):
        return "no"
    first = min(places, key=lambda each: places[each], default=None)
    if text.endswith(tuple(QUESTION_MARKS)) and places.get(first or "yes") != 0:
        return "question"
    return first or _nod(text)


def diversified(
    answers: Iterable[Answer],
    count: int,
    *,
    lean: Callable[[Answer], Lean | None],
    merit: Callable[[Answer], float],
) -> list[Answer]:
    """Choose at most `count`: the best first, then answers that lean differently.

    One that leans like an earlier one counts half its merit, and a third of one kind is
    left out; those without a stance are a kind, too.
    """
    left = list(answers)
    chosen: list[Answer] = []
    taken: Counter[Lean | None] = Counter()
    while left and len(chosen) < count:
        best = max(left, key=lambda each: merit(each) * _REPEATED ** taken[lean(each)])
        left.remove(best)
        if taken[lean(best)] < _MOST_OF_A_KIND:
            chosen.append(best)
            taken[lean(best)] += 1
    return chosen


def _nod(text: str) -> Stance | None:
    """The stance of a thumb or a nod, for texts whose words have none."""
    signs = {sign[0] for sign in emoji_in(text)}
    if signs & _SHAKES:
        return "no"
    return "yes" if signs & _NODS else None
