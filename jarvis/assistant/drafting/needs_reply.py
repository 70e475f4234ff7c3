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
from jarvis.records import Message, Record
from jarvis.stores.handles import is_business

OLDEST_MS: Final = 7 * 24 * 3_600_000
"""Who has waited longer than a week waits no more."""
LEAST_RATE: Final = 0.5
"""The share of the nearest past messages that the user answered, from which one more is
expected."""

_NEAREST: Final = 10
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
    texts = [each for each in (message.text or "" for message in waiting) if each]
    if not any(map(has_word, texts)):
        return _no("There are no words in the last message.")
    return _by_words(texts, _others(messages), history)


def _by_words(
    texts: Sequence[str], others: set[str], history: ReplyHistory
) -> NeedsReply:
    texts = [_ends(text) for text in texts]
    incoming = "\n".join(texts)
    if any(_asks(text, others) for text in texts):
        return _yes("The last message asks a question.")
    if _REQUEST.search(incoming) and not _is_for_another(texts[-1], others):
        return _yes("The last message asks for something.")
    if all(map(_is_closing, texts)):
        return _no("The conversation has come to its end.")
    rate = history.reply_rate(incoming, _NEAREST)
    if rate is None:
        return _no("The last message asks nothing, and none like it came before.")
    share = f"{rate:.0%} of messages like this one"
    if rate >= LEAST_RATE:
        return _yes(f"You answer {share}.")
    return _no(f"The last message asks nothing, and you answer {share}.")


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
