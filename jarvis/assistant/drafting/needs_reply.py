"""Whether a message waits for an answer: cheap, told in words, before any model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from jarvis.assistant.history.examples import is_noise
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.facts import any_of, words
from jarvis.assistant.language.stances import QUESTION_MARKS
from jarvis.assistant.language.text import has_word, words_of
from jarvis.records import ChatId, Message, Record
from jarvis.stores.handles import is_business

OLDEST_MS: Final = 7 * 24 * 3_600_000
"""Who has waited longer than a week waits no more."""
LEAST_RATE: Final = 0.5
"""The share of the nearest past messages that the user answered, from which one more is
expected."""

OPENING_MS: Final = 12 * 3_600_000
"""What is said after so long a silence begins something new."""
TELLING_WORDS: Final = 12
"""A message of so many words tells something; acknowledgements have fewer."""
LEAST_TURNS: Final = 8
"""Turns that asked nothing, below which a conversation says nothing of the next one."""
LEAST_RATE_OF_CHAT: Final = 0.9
"""The share of them that the user answered, from which one more is expected.

More than LEAST_RATE, as nothing but the conversation speaks for it.
"""

_NEAREST: Final = 10
_NEWEST: Final = 20
_TOGETHER: Final = 3
_LONGEST: Final = 2_000
_NO_REPLY: Final = re.compile(any_of(lambda facts: facts.no_reply), re.IGNORECASE)
_REQUEST: Final = re.compile(
    rf"(?<!\w){any_of(lambda facts: facts.requests)}(?!\w)|"
    + any_of(lambda facts: facts.requests_within_words),
    re.IGNORECASE,
)
_CLOSING: Final = words(lambda facts: facts.closing_words)
_MOST_CLOSING_WORDS: Final = 6
_GREETING: Final = words(lambda facts: facts.greeting_words)


class NeedsReply(Record, frozen=True):
    """Whether an answer is expected, and why or why not, for the user to read."""

    is_needed: bool
    reason: str


def needs_reply(
    messages: Sequence[Message], history: ReplyHistory, *, now_ms: int
) -> NeedsReply:
    """Whether the newest messages of a conversation wait for the user's answer.

    What the others wrote since the user's last message is read together.

    Args:
        messages: of one conversation, oldest first.
        now_ms: milliseconds since 1970.
    """
    shown = [each for each in messages if _is_shown(each)]
    if not shown:
        return _no("There is no message to answer.")
    last = shown[-1]
    if last.is_from_me:
        return _no("You wrote the last message.")
    if any(reaction.is_from_me for reaction in last.reactions):
        return _no("You answered the last message with a reaction.")
    if _is_automated(last):
        return _no("The last message was sent by a machine.")
    if now_ms - _ms(last.date) > OLDEST_MS:
        return _no("The last message is older than a week.")
    waiting = _waiting(shown)
    if not any(has_word(message.text or "") for message in waiting):
        return _no("There are no words in the last message.")
    others = _others(messages)
    return _by_words(waiting, others, history) or _by_kind(
        waiting, shown[: -len(waiting)], others, history
    )


def _by_words(
    waiting: Sequence[Message], others: set[str], history: ReplyHistory
) -> NeedsReply | None:
    """What the words say, and what became of messages like these; null: nothing."""
    texts = [_ends(message.text) for message in waiting if message.text]
    incoming = "\n".join(texts)
    if any(_asks(text, others) for text in texts):
        return _yes("The last message asks a question.")
    if _REQUEST.search(incoming) and not _is_for_another(texts[-1], others):
        return _yes("The last message asks for something.")
    if all(map(_is_closing, texts)):
        return _no("The conversation has come to its end.")
    rate = history.reply_rate(incoming, _NEAREST)
    if rate is None:
        return None
    share = f"{rate:.0%} of messages like this one"
    if rate >= LEAST_RATE:
        return _yes(f"You answer {share}.")
    return _no(f"The last message asks nothing, and you answer {share}.")


def _by_kind(
    waiting: Sequence[Message],
    before: Sequence[Message],
    others: set[str],
    history: ReplyHistory,
) -> NeedsReply:
    """What asks nothing and is like nothing of before: a beginning, a tale, a remark."""
    last = waiting[-1]
    said = [
        message.text
        for message in waiting
        if message.text
        and message.sender == last.sender
        and not _is_closing(message.text)
    ]
    if any(_is_for_another(text, others) for text in said):
        return _no("The last message asks nothing, and is for somebody else.")
    if before and _ms(waiting[0].date) - _ms(before[-1].date) >= OPENING_MS:
        return _yes("The last message begins something new.")
    if any(map(_is_greeting, said)):
        return _yes("The last message greets you.")
    if len(said) > 1 or any(len(words_of(text)) >= TELLING_WORDS for text in said):
        return _yes("The last message tells you something at length.")
    rate = _rate_of_chat(last.chat_id, history)
    if rate is None:
        return _no("The last message asks nothing, and none like it came before.")
    share = f"{rate:.0%} of what asks nothing in this conversation"
    return (
        _yes(f"You answer {share}.")
        if rate >= LEAST_RATE_OF_CHAT
        else _no(f"The last message asks nothing, and you answer {share}.")
    )


def _rate_of_chat(chat_id: ChatId, history: ReplyHistory) -> float | None:
    """The share of the newest turns without a question that the user answered."""
    turns = history.newest_turns(chat_id, _NEWEST)
    answered = [each.is_answered for each in turns if not _asks(each.incoming, set())]
    return sum(answered) / len(answered) if len(answered) >= LEAST_TURNS else None


def _ends(text: str) -> str:
    """A text, of a long one its beginning and its end, where most letters ask."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}\n{text[-half:]}"


def _asks(text: str, others: set[str]) -> bool:
    is_question = any(mark in text for mark in QUESTION_MARKS) and has_word(text)
    return is_question and not _is_for_another(text, others)


def _is_for_another(text: str, others: set[str]) -> bool:
    """Whether a message in a group begins with the name of another member."""
    return next(iter(words_of(text)), "").removeprefix("@") in others


def _others(messages: Iterable[Message]) -> set[str]:
    """First names of those who wrote, in a group; the user is called by none of them."""
    called = (each.sender_short_name or each.sender_name for each in messages)
    names = {name for name in called if name}
    return (
        {words_of(name)[0] for name in names if words_of(name)}
        if len(names) > 1
        else set()
    )


def _is_closing(text: str) -> bool:
    said = [word for word in words_of(text) if word[0].isalpha()]
    return len(said) <= _MOST_CLOSING_WORDS and _CLOSING.issuperset(said)


def _is_greeting(text: str) -> bool:
    """Whether it greets and says no more."""
    said = [word for word in words_of(text) if word[0].isalpha()]
    return bool(said) and _GREETING.issuperset(said)


def _is_shown(message: Message) -> bool:
    return not message.retracted and message.kind not in ("event", "scheduled")


def _is_automated(message: Message) -> bool:
    text = (message.text or "")[:_LONGEST]
    sender = message.sender or ""
    return bool(
        message.is_secret
        or (sender and is_business(sender))
        or _NO_REPLY.search(sender)
        or _NO_REPLY.search(text)
        or is_noise(text)
    )


def _waiting(shown: Sequence[Message]) -> list[Message]:
    """The newest messages of others since the user's last, oldest first."""
    newest: list[Message] = []
    for message in reversed(shown[-_TOGETHER:]):
        if message.is_from_me:
            break
        newest.append(message)
    return newest[::-1]


def _ms(date: str) -> int:
    return round(datetime.fromisoformat(date).timestamp() * 1000)


def _yes(reason: str) -> NeedsReply:
    return NeedsReply(is_needed=True, reason=reason)


def _no(reason: str) -> NeedsReply:
    return NeedsReply(is_needed=False, reason=reason)
