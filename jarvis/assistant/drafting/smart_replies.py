"""Short answers at once and without a model: what this user often says, and plain rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from jarvis.assistant.drafting.past_replies import NEIGHBOURS
from jarvis.assistant.drafting.reply_filter import ReplyFilter
from jarvis.assistant.history.reply_history import Match, ReplyHistory
from jarvis.assistant.language.asks import Ask, ask_of
from jarvis.assistant.language.stances import Lean, diversified, stance_of
from jarvis.assistant.language.text import has_word, normalised
from jarvis.assistant.style.habits import Habits
from jarvis.assistant.style.styling import styled
from jarvis.records import ChatId, Record

LONGEST_ANSWER: Final = 40
"""Characters of an own reply that may stand as a short answer."""

_LEAST_SCORE: Final = 0.05
"""What is less likely than that is no answer worth a button."""
_PRIOR: Final = 1.0
"""The rules weigh as much as one neighbour that says exactly the same."""


class ShortAnswer(Record, frozen=True):
    """A short answer; `score` in 0..1 is about how often this user would give it.

    score = (w(answer) + p(answer)) / (w(all) + 1). Each of the nearest examples weighs the
    square of its similarity; w(answer) is the weight of those whose reply it was, w(all)
    that of all. p(answer) is for answers of rules: (n + 1) / (N + m), where N examples are
    answers to what the same rule finds, n of them with the stance of this answer, and the
    rule knows m stances; answers of one stance share it. So without any history the stances
    are equally likely, and what the user really answers takes over from the rules.
    """

    text: str
    score: float
    stance: Lean | None


def smart_replies(
    incoming: str,
    history: ReplyHistory,
    *,
    chat_id: ChatId | None,
    count: int,
    habits: Habits | None = None,
    names: Iterable[str] = (),
    contact_first_names: Collection[str] = (),
) -> list[ShortAnswer]:
    """At most count short answers, the best first, never three of one stance.

    In the language of the message: own replies in any, rules in those that have some.
    There may be fewer, or none.

    Args:
        incoming: the messages to answer, joined by newlines.
        names: of the people in the conversation.
        contact_first_names: of the people that the user knows.
    """
    if not has_word(incoming):
        return []
    matches = history.nearest(incoming, chat_id=chat_id, k=NEIGHBOURS)
    reply_filter = ReplyFilter(
        incoming,
        history,
        chat_id=chat_id,
        names=names,
        contact_first_names=contact_first_names,
    )
    ask = ask_of(incoming, reply_filter.language)
    weights = _own_answers(matches, reply_filter)
    priors = _rule_answers(ask, matches) if ask is not None else {}
    total = sum(each.similarity**2 for each in matches) + _PRIOR
    answers: dict[str, ShortAnswer] = {}
    for text in (*weights, *priors):
        key = normalised(text)
        score = (weights.get(text, 0.0) + priors.get(text, 0.0)) / total
        known = answers.get(key)
        answers[key] = ShortAnswer(
            text=known.text if known else styled(text, habits),
            score=min(score + (known.score if known else 0.0), 1.0),
            stance=stance_of(text),
        )
    return diversified(
        (each for each in answers.values() if each.score >= _LEAST_SCORE),
        count,
        lean=lambda each: each.stance,
        merit=lambda each: each.score,
    )


def _own_answers(
    matches: Iterable[Match], reply_filter: ReplyFilter
) -> dict[str, float]:
    """The weight of each short reply that could be sent again, as it was typed."""
    typed: dict[str, str] = {}
    weights: defaultdict[str, float] = defaultdict(float)
    for each in matches:
        reply = each.example.reply
        key = normalised(reply)
        is_short = len(reply) <= LONGEST_ANSWER and "\n" not in reply
        if not is_short or (key not in typed and not reply_filter.allows(reply)):
            continue
        text = typed.setdefault(key, reply)
        weights[text] += each.similarity**2
    return weights


def _rule_answers(ask: Ask, matches: Sequence[Match]) -> dict[str, float]:
    """The share of each answer of a rule, by how the user leaned at such asks."""
    answers = ask.answers()
    of_stance = Counter(stance for stance, _ in answers)
    leaned = Counter(
        stance_of(each.example.reply)
        for each in matches
        if ask.rule.pattern.search(each.example.incoming)
    )
    asks = sum(leaned[stance] for stance in of_stance)
    return {
        text: (leaned[stance] + 1) / (asks + len(of_stance)) / of_stance[stance]
        for stance, text in answers
    }
