"""What is known of the way the user writes in a conversation."""

from __future__ import annotations

from jarvis.assistant.history.building import HistoryBuilder
from jarvis.assistant.style.habits import LEAST_TEXTS, habits_in
from jarvis.daemon.known_voice import known_voice
from jarvis.protocol.methods.learning import KnownVoice
from jarvis.records import ChatId
from tests.assistant.exchanges import MINUTE_MS, answered, history_of, said
from tests.assistant.thread import CHAT

OTHER = ChatId("iMessage;-;+15550177")
CASUAL = "sure, see you at the park"
CAREFUL = "I will be there. Thank you very much."
GERMAN = "ja, ich komme heute mit in den park"


def exchanges(*replies: str) -> list[tuple[str, str]]:
    """These replies, each to something of its own."""
    return [(f"shall we meet at {hour}?", text) for hour, text in enumerate(replies)]


def casual(count: int) -> list[tuple[str, str]]:
    """So many answers of one kind."""
    return exchanges(*[CASUAL] * count)


def test_habits_are_those_that_drafts_are_held_to() -> None:
    """Measured on this conversation where there is enough of it."""
    history = history_of(answered(*casual(LEAST_TEXTS)))
    voice = known_voice(history, CHAT)
    habits, measured = voice.habits, habits_in(history, CHAT)
    assert habits is not None
    assert measured is not None
    assert (habits.count, habits.is_of_contact) == (LEAST_TEXTS, True)
    assert habits.median_characters == measured.median_characters == len(CASUAL)
    assert (habits.case, habits.full_stop) == ("lower", False)
    assert habits.longest_characters == measured.longest_characters
    assert habits.openers == ("sure",)
    assert [(each.code, each.name, each.share) for each in habits.languages] == [
        ("en", "English", 1.0)
    ]
    assert (voice.own_messages, voice.answers) == (LEAST_TEXTS, LEAST_TEXTS)


def test_of_three_messages_the_general_voice_is_shown() -> None:
    """And how many there are, and how many it takes."""
    history = history_of(
        [
            *answered(*exchanges(*[CAREFUL] * LEAST_TEXTS), chat_id=OTHER),
            *answered(*casual(3), first_id=5000),
        ]
    )
    voice = known_voice(history, CHAT)
    assert (voice.own_messages, voice.fewest, voice.answers) == (3, LEAST_TEXTS, 3)
    assert voice.habits is not None
    assert not voice.habits.is_of_contact
    assert voice.habits.count == LEAST_TEXTS + 3
    assert voice.habits.full_stop_share > 0.8


def test_of_a_few_messages_in_all_nothing_is_told() -> None:
    """But that there are so few."""
    assert known_voice(history_of(answered(*casual(3))), CHAT) == KnownVoice(
        chat_id=CHAT,
        own_messages=3,
        fewest=LEAST_TEXTS,
        answers=3,
        median_wait_ms=MINUTE_MS,
        habits=None,
    )
    nobody = known_voice(history_of(), CHAT)
    assert (nobody.own_messages, nobody.answers, nobody.median_wait_ms) == (0, 0, None)


def test_both_languages_of_a_thread_are_said() -> None:
    """The one that is written more comes first."""
    texts = [GERMAN, CASUAL, GERMAN] * (LEAST_TEXTS // 2)
    voice = known_voice(history_of(answered(*exchanges(*texts))), CHAT)
    assert voice.habits is not None
    names = [each.name for each in voice.habits.languages]
    assert names == ["German", "English"]
    assert sum(each.share for each in voice.habits.languages) == 1.0


def test_languages_are_those_of_the_messages_that_are_measured() -> None:
    """What is written to somebody else counts only where that stands in."""
    history = history_of(
        [
            *answered(*exchanges(*[GERMAN] * LEAST_TEXTS), chat_id=OTHER),
            *answered(*casual(LEAST_TEXTS), first_id=9000),
        ]
    )
    nobody = ChatId("iMessage;-;+15550188")
    for chat_id, codes in ((CHAT, {"en"}), (OTHER, {"de"}), (nobody, {"de", "en"})):
        habits = known_voice(history, chat_id).habits
        assert habits is not None
        assert {each.code for each in habits.languages} == codes


def test_half_of_the_answers_came_within_the_wait() -> None:
    """Of those that are known as answers: what comes a day later begins anew."""
    entries = []
    for wait in ("+0m", "+4m", "+9m", "+30h"):
        entries += ["Mia: coming along tonight?", wait, f"Me: {CASUAL}", "+24h"]
    voice = known_voice(history_of(said(*entries)), CHAT)
    assert (voice.own_messages, voice.answers) == (4, 3)
    assert voice.median_wait_ms == 5 * MINUTE_MS


def test_what_was_taken_back_is_not_measured() -> None:
    """Neither as a message nor as an answer."""
    messages = answered(*casual(3))
    builder = HistoryBuilder()
    builder.update(messages)
    history = builder.update(conversations=[messages[:-1]], changed=[messages[-1].id])
    voice = known_voice(history, CHAT)
    assert (voice.own_messages, voice.answers) == (2, 2)


def test_another_conversation_is_not_this_one() -> None:
    """Its answers are no answers to this person."""
    history = history_of(answered(*casual(LEAST_TEXTS), chat_id=OTHER))
    voice = known_voice(history, CHAT)
    assert (voice.own_messages, voice.answers, voice.median_wait_ms) == (0, 0, None)


def test_of_a_history_that_went_on_nothing_later_is_seen() -> None:
    """It is one moment, whatever the builder takes in meanwhile."""
    builder = HistoryBuilder()
    before = builder.update(answered(*casual(2)))
    builder.update(answered(*casual(2), first_id=9000))
    assert known_voice(before, CHAT).answers == 2
