"""What others wrote and what the user answered: turns, exchanges and pairs; pure.

Source: the pairs of facts on drafting, after LaMP and PEARL (arXiv 2311.09180): what one
answered before is the best example of how one answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from jarvis.assistant.history.context import LONGEST_MESSAGE
from jarvis.assistant.language.facts import any_of
from jarvis.assistant.language.wording import has_word
from jarvis.letters import head
from jarvis.records import ChatId, PlainMessage, Record

TURN_GAP_MS: Final = 5 * 60_000
"""Messages of one side that are no further apart are one turn."""
ANSWER_MS: Final = 12 * 3_600_000
"""What comes later is no answer but a new beginning."""
LONGEST_REPLY: Final = 300
"""Characters; longer replies are letters, and no example of a short one."""

_GROUP_MARK: Final = ";+;"
"""In a chat's guid: many talk there, so that turns of the others run into one."""
_GROUP_GAP_MS: Final = 60 * 60_000
_GROUP_MESSAGES: Final = 3
_CODE: Final = re.compile(
    rf"{any_of(lambda facts: facts.one_time_code.before)}.{{0,40}}?\b\d{{4,8}}\b|"
    rf"\b\d{{4,8}}\b.{{0,30}}{any_of(lambda facts: facts.one_time_code.behind)}",
    re.IGNORECASE | re.DOTALL,
)
_TAPBACK: Final = re.compile(
    rf"\s*{any_of(lambda facts: facts.tapbacks)} [“\"]", re.IGNORECASE
)
"""How the reactions of other phones arrive: as a text."""


class Pair(Record, frozen=True):
    """What the other side wrote last, and what the user answered.

    `reply_id` is the ROWID of the reply's first message; `sent_ms` is when it was sent.
    """

    incoming: str
    reply: str
    chat_id: ChatId
    reply_id: int
    sent_ms: int


class Exchange(Record, frozen=True):
    """One turn of the others. `incoming_id` is the ROWID of its last message.

    `is_answered`: the user wrote within ANSWER_MS. `pair` is there when that was the next
    turn, and both say something that may serve as an example.
    """

    incoming: str
    incoming_id: int
    sent_ms: int
    chat_id: ChatId
    is_answered: bool
    pair: Pair | None = None


class _Turn(Record, frozen=True):
    """Messages of one side that belong together, oldest first."""

    is_mine: bool
    messages: tuple[PlainMessage, ...]

    @property
    def text(self) -> str:
        return "\n".join(head(each.text, LONGEST_MESSAGE) for each in self.messages)


def exchanges_of(messages: Sequence[PlainMessage]) -> list[Exchange]:
    """The others' turns of one conversation, oldest first, and what became of them.

    The last one is left out when nothing came after it: it may still be answered. In a
    group, all that others wrote in the hour before the user's message is one turn, of
    which the last three messages count.

    Args:
        messages: of one conversation, oldest first.
    """
    turns = _turns(messages)
    exchanges: list[Exchange] = []
    for at, turn in enumerate(turns[:-1]):
        if turn.is_mine or not has_word(turn.text) or is_noise(turn.text):
            continue
        last = turn.messages[-1]
        answer = next((each for each in turns[at + 1 :] if each.is_mine), None)
        wait_ms = answer.messages[0].sent_ms - last.sent_ms if answer else ANSWER_MS + 1
        is_answered = wait_ms <= ANSWER_MS
        pair = _pair(turn, turns[at + 1]) if is_answered else None
        exchanges.append(
            Exchange(
                incoming=turn.text,
                incoming_id=last.id,
                sent_ms=last.sent_ms,
                chat_id=last.chat_id,
                is_answered=is_answered,
                pair=pair,
            )
        )
    return exchanges


def pairs_of(messages: Sequence[PlainMessage]) -> list[Pair]:
    """The pairs of one conversation, oldest first."""
    return [each.pair for each in exchanges_of(messages) if each.pair is not None]


def is_noise(text: str) -> bool:
    """Whether a text is none that people answer: a one-time code, a reaction in words."""
    return bool(_TAPBACK.match(text) or _CODE.search(text[:LONGEST_MESSAGE]))


def _pair(turn: _Turn, following: _Turn) -> Pair | None:
    reply = following.text
    if not following.is_mine or len(reply) > LONGEST_REPLY:
        return None
    if not has_word(reply) or is_noise(reply):
        return None
    first = following.messages[0]
    return Pair(
        incoming=turn.text,
        reply=reply,
        chat_id=first.chat_id,
        reply_id=first.id,
        sent_ms=first.sent_ms,
    )


def _turns(messages: Iterable[PlainMessage]) -> list[_Turn]:
    turns: list[list[PlainMessage]] = []
    for message in messages:
        if turns and _belongs(message, turns[-1][-1]):
            turns[-1].append(message)
        else:
            turns.append([message])
    return [_turn(each) for each in turns]


def _belongs(message: PlainMessage, before: PlainMessage) -> bool:
    """Whether a message goes on with the turn of the one before it."""
    is_mine = message.sender is None
    if is_mine != (before.sender is None):
        return False
    is_group = not is_mine and _GROUP_MARK in message.chat_id
    gap_ms = _GROUP_GAP_MS if is_group else TURN_GAP_MS
    return message.sent_ms - before.sent_ms <= gap_ms


def _turn(messages: Sequence[PlainMessage]) -> _Turn:
    is_mine = messages[0].sender is None
    if not is_mine and _GROUP_MARK in messages[0].chat_id:
        messages = messages[-_GROUP_MESSAGES:]
    return _Turn(is_mine=is_mine, messages=tuple(messages))
