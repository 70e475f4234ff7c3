"""Short answers at once and without a model: one of each stance, to a plain ask."""

from __future__ import annotations

from collections import Counter
from typing import Final

from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.asks import ask_of
from jarvis.assistant.language.facts import languages
from jarvis.assistant.language.identify import language_of
from jarvis.assistant.language.stances import Lean, diversified, stance_of
from jarvis.assistant.language.text import has_word
from jarvis.assistant.style.habits import Habits
from jarvis.assistant.style.styling import styled
from jarvis.records import ChatId, Record

_NEIGHBOURS: Final = 20
"""So many of the nearest examples tell how the user leans."""
_LONGEST: Final = 600
"""Characters of the end of the message, which its answer is about."""
_OWN_TEXTS: Final = 30


class ShortAnswer(Record, frozen=True):
    """A short answer; `score` in 0..1 is about how often this user would lean so.

    score = (n + 1) / (N + m), where N of the nearest examples are answers to what the same
    rule finds, n of them with the stance of this answer, and the rule knows m stances;
    answers of one stance share it. So without any history the stances are equally likely.
    """

    text: str
    score: float
    stance: Lean


def smart_replies(
    incoming: str,
    history: ReplyHistory,
    *,
    chat_id: ChatId | None,
    count: int,
    habits: Habits | None = None,
) -> list[ShortAnswer]:
    """At most count short answers, the best first, never three of one stance.

    None where nothing is plainly asked, or in a language without rules. What the user
    answered before says only how the answers are ordered: docs/adr/0040.

    Args:
        incoming: the messages to answer, joined by newlines.
    """
    incoming = incoming[-_LONGEST:]
    if not has_word(incoming):
        return []
    own = history.own_texts(chat_id) or history.own_texts()
    language = language_of([incoming]) or language_of([*own[-_OWN_TEXTS:], incoming])
    ask = ask_of(incoming, language)
    if ask is None:
        return []
    stances = Counter(stance for stance, _ in ask.facts.answers)
    leaned = Counter(
        stance_of(each.example.reply)
        for each in history.nearest(incoming, chat_id=chat_id, k=_NEIGHBOURS)
        if ask.pattern.search(each.example.incoming)
    )
    asks = sum(leaned[stance] for stance in stances)
    return diversified(
        (
            ShortAnswer(
                text=styled(text, habits),
                score=(leaned[stance] + 1) / (asks + len(stances)) / stances[stance],
                stance=stance,
            )
            for stance, text in ask.facts.answers
        ),
        count,
        lean=lambda each: each.stance,
        merit=lambda each: each.score,
    )


def why_none() -> str:
    """Why there is no short answer to a message, for the user to read."""
    *some, last = sorted(each.facts.name for each in languages() if each.facts.rules)
    return (
        "Short answers are offered to a plain question only: yes or no, an invitation, "
        f"a request, a time or a place, in {', '.join(some)} or {last}. "
        "Ask for a draft instead."
    )
