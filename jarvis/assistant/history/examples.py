"""What others wrote and what the user answered: turns, and the examples in them; pure.

Source: LaMP and PEARL (arXiv 2311.09180): what one answered before is the best example of
how one answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from jarvis.assistant.context import LONGEST_MESSAGE
from jarvis.assistant.language.facts import any_of
from jarvis.assistant.language.text import has_word
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


class Example(Record, frozen=True, kw_only=True):
    """One turn of the others, and what the user answered.

    `sent_ms` is when the turn's last message was sent. `is_answered`: the user wrote within
    ANSWER_MS. There is a `reply` when that was the next turn and both say something that
    may serve as an example, else it is ""; `replied_ms` is when its first message was sent.
    The ids are the ROWIDs of the messages whose words stand in it, oldest first.
    """

    chat_id: ChatId
    incoming: str
    incoming_ids: tuple[int, ...]
    sent_ms: int
    is_answered: bool = True
    reply: str = ""
    reply_ids: tuple[int, ...] = ()
    replied_ms: int = 0


class _Turn(Record, frozen=True):
    """Messages of one side that belong together, oldest first."""

    is_mine: bool
    messages: tuple[PlainMessage, ...]
    text: str


def examples_of(messages: Sequence[PlainMessage]) -> list[Example]:
    """The others' turns of one conversation, oldest first, and what became of them.

    The last one is left out when nothing came after it: it may still be answered. In a
    group, all that others wrote in the hour before the user's message is one turn, of
    which the last three messages count.

    Args:
        messages: of one conversation, oldest first.
    """
    turns = _turns(messages)
    examples: list[Example] = []
    for at, turn in enumerate(turns[:-1]):
        if turn.is_mine or not has_word(turn.text) or is_noise(turn.text):
            continue
        last = turn.messages[-1]
        answer = next((each for each in turns[at + 1 :] if each.is_mine), None)
        wait_ms = answer.messages[0].sent_ms - last.sent_ms if answer else ANSWER_MS + 1
        is_answered = wait_ms <= ANSWER_MS
        example = Example(
            chat_id=last.chat_id,
            incoming=turn.text,
            incoming_ids=tuple(each.id for each in turn.messages),
            sent_ms=last.sent_ms,
            is_answered=is_answered,
        )
        following = turns[at + 1]
        if is_answered and following.is_mine and _may_serve(following.text):
            example = _answered(example, following)
        examples.append(example)
    return examples


def is_noise(text: str) -> bool:
    """Whether a text is none that people answer: a one-time code, a reaction in words."""
    return bool(_TAPBACK.match(text) or _CODE.search(text[:LONGEST_MESSAGE]))


def _may_serve(reply: str) -> bool:
    return len(reply) <= LONGEST_REPLY and has_word(reply) and not is_noise(reply)


def _answered(example: Example, reply: _Turn) -> Example:
    return replace(
        example,
        reply=reply.text,
        reply_ids=tuple(each.id for each in reply.messages),
        replied_ms=reply.messages[0].sent_ms,
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
    text = "\n".join(head(each.text, LONGEST_MESSAGE) for each in messages)
    return _Turn(is_mine=is_mine, messages=tuple(messages), text=text)
