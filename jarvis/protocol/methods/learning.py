"""Whether suggestions are used, and what is known of the way the user writes."""

from __future__ import annotations

from typing import Literal

from jarvis.protocol.methods.base import ChatIdParam, Params
from jarvis.records import ChatId, Estimate, Record


class TrendWeek(Record, frozen=True, kw_only=True):
    """What became of suggestions in one week, as clients said with record_feedback.

    `week` is the ISO week of local time ("2026-W09"), `begins` its Monday. `sent` and
    `copied` were taken as they were, `edited` after a change, `dismissed` were put away or
    something else was sent. `used` is the share of all but the last.
    """

    week: str
    begins: str
    sent: int
    copied: int
    edited: int
    dismissed: int
    used: Estimate


class TrendChange(Record, frozen=True, kw_only=True):
    """The share that was used in the first `weeks` of the trend and in as many of the last.

    `difference` is the last minus the first; where its interval holds 0 it may be chance,
    and `is_shown` is false.
    """

    weeks: int
    first: Estimate
    last: Estimate
    difference: Estimate
    is_shown: bool


class Trend(Record, frozen=True, kw_only=True):
    """Weeks with an outcome, oldest first; there may be weeks without one between them.

    `change` is null where one week has them all. `is_cut`: older outcomes were let go, so
    that the first week may lack some. Left out are those that bear a later date than now
    (`ahead`), and those whose action this version does not know (`unknown`).
    """

    weeks: tuple[TrendWeek, ...]
    change: TrendChange | None = None
    is_cut: bool = False
    ahead: int = 0
    unknown: int = 0


class GetVoiceParams(Params, frozen=True):
    chat_id: ChatIdParam


class LanguageShare(Record, frozen=True, kw_only=True):
    """A language (ISO 639), and in how many of the messages whose language is clear."""

    code: str
    name: str
    share: float


class WritingHabits(Record, frozen=True, kw_only=True):
    """How the user writes, measured on `count` messages.

    `is_of_contact`: they stand in the conversation; else they are to anybody, as those are
    too few. Lengths are characters of one message. Shares and rates are in 0..1;
    `lower_case_share` is of the messages that begin with a letter which has a case, null
    without such. `openers` are frequent first words, in small letters, the most frequent
    first. A language stands in `languages` only where it is more than a stray message.

    Drafts are held to what is usual: `case` is that of the first letter, `full_stop` says
    whether one stands at the end, and both are null where neither is usual. A draft ends
    with the sentence that reaches `longest_characters`, and has no emoji where that rate
    is 0.
    """

    count: int
    is_of_contact: bool
    median_characters: int
    p90_characters: int
    lower_case_share: float | None
    full_stop_share: float
    other_closing_share: float
    emoji_rate: float
    openers: tuple[str, ...]
    languages: tuple[LanguageShare, ...]
    case: Literal["lower", "upper"] | None
    full_stop: bool | None
    longest_characters: int


class KnownVoice(Record, frozen=True, kw_only=True):
    """What is known of the way the user writes in a conversation.

    `own_messages`: so many of the user's newest there are known; from `fewest` on they say
    how the user writes there. `habits` is null where all messages together are fewer.
    `answers`: so many of the user's answers there are known as examples, and half of them
    came within `median_wait_ms`, null without any.
    """

    chat_id: ChatId
    own_messages: int
    fewest: int
    answers: int
    median_wait_ms: int | None
    habits: WritingHabits | None
