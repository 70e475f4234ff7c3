"""What is known of the way the user writes in one conversation, in figures; pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.identify import language_shares
from jarvis.assistant.style.habits import LEAST_TEXTS, Habits, habits_in
from jarvis.assistant.style.voice import LANGUAGES
from jarvis.protocol.methods.learning import KnownVoice, LanguageShare, WritingHabits
from jarvis.records import ChatId


def known_voice(history: ReplyHistory, chat_id: ChatId) -> KnownVoice:
    """How the user writes there, what drafts are held to, and the answers that are known.

    From what drafts are written from at this moment: nothing is measured a second time.
    """
    own_texts = history.own_texts(chat_id)
    waits_ms = [each.replied_ms - each.sent_ms for each in history.answered(chat_id)]
    habits = habits_in(history, chat_id)
    is_of_contact = habits is not None and habits.is_of_contact
    measured = own_texts if is_of_contact else history.own_texts()
    return KnownVoice(
        chat_id=chat_id,
        own_messages=len(own_texts),
        fewest=LEAST_TEXTS,
        answers=len(waits_ms),
        median_wait_ms=median_low(waits_ms) if waits_ms else None,
        habits=_figures(habits, measured) if habits else None,
    )


def _figures(habits: Habits, texts: Sequence[str]) -> WritingHabits:
    return WritingHabits(
        count=habits.count,
        is_of_contact=habits.is_of_contact,
        median_characters=habits.median_characters,
        p90_characters=habits.p90_characters,
        lower_case_share=habits.lower_case_share,
        full_stop_share=habits.full_stop_share,
        other_closing_share=habits.other_closing_share,
        emoji_rate=habits.emoji_rate,
        openers=habits.openers,
        languages=tuple(
            LanguageShare(code=code, name=LANGUAGES[code], share=share)
            for code, share in language_shares(texts).items()
        ),
        case=habits.case,
        full_stop=habits.full_stop,
        longest_characters=habits.longest_characters,
    )
