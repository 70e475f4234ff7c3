"""The user's own past replies to messages like this one, as suggestions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from jarvis.assistant.drafting.reply_filter import ReplyFilter
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.history.similarity import overlap
from jarvis.assistant.language.stances import Lean, diversified, stance_of
from jarvis.assistant.language.text import normalised
from jarvis.assistant.style.habits import Habits
from jarvis.assistant.style.styling import styled
from jarvis.records import ChatId, Record

NEIGHBOURS: Final = 20
"""So many of the nearest examples are looked at."""
LEAST_SIMILARITY: Final = 0.25
"""What answered a message less like this one than that answers another question."""

_VOTERS: Final = 5
_SAME_REPLY: Final = 0.5


class PastReply(Record, frozen=True):
    """One reply of the user's, as it could be sent.

    `similarity` of the message it answered then, and `agreement`: the share of the five
    nearest examples whose replies say about the same or take the same stance; both in 0..1.
    """

    text: str
    similarity: float
    agreement: float
    stance: Lean | None


def past_replies(
    history: ReplyHistory,
    incoming: str,
    *,
    chat_id: ChatId | None,
    count: int,
    habits: Habits | None = None,
    names: Iterable[str] = (),
    contact_first_names: Collection[str] = (),
) -> list[PastReply]:
    """At most count replies that fit, in order of merit, of different stances first.

    Only those in the language of the message that hold no time, number, link or name
    which it does not have; none that says the same as an earlier one.

    Args:
        incoming: the messages to answer, joined by newlines.
        names: of the people in the conversation.
        contact_first_names: of the people that the user knows.
    """
    matches = history.nearest(incoming, chat_id=chat_id, k=NEIGHBOURS)
    nearest = [each.example.reply for each in matches[:_VOTERS]]
    reply_filter = ReplyFilter(
        incoming,
        history,
        chat_id=chat_id,
        names=names,
        contact_first_names=contact_first_names,
    )
    replies: dict[str, PastReply] = {}
    for each in matches:
        reply = each.example.reply
        key = normalised(reply)
        if each.similarity < LEAST_SIMILARITY or key in replies:
            continue
        if reply_filter.allows(reply):
            replies[key] = PastReply(
                text=styled(reply, habits),
                similarity=each.similarity,
                agreement=_agreement(reply, nearest),
                stance=stance_of(reply),
            )
    return diversified(
        replies.values(), count, lean=lambda each: each.stance, merit=_merit
    )


def _agreement(reply: str, nearest: Sequence[str]) -> float:
    stance = stance_of(reply)
    agreeing = (
        overlap(reply, each) >= _SAME_REPLY
        or (stance is not None and stance_of(each) == stance)
        for each in nearest
    )
    return sum(agreeing) / len(nearest)


def _merit(reply: PastReply) -> float:
    return 0.5 * reply.similarity + 0.5 * reply.agreement
