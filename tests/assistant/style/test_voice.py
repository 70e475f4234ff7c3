"""How the user writes to this person, as a prompt tells it."""

from __future__ import annotations

from jarvis.assistant.context import read_context
from jarvis.assistant.history.building import HistoryBuilder
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.style.voice import voice_for
from jarvis.records import ChatId, PlainMessage
from tests.assistant.exchanges import answered, history_of
from tests.assistant.thread import CHAT, handle_of, thread

HOUR_MS = 3_600_000


def past(
    *pairs: tuple[str, str], chat_id: ChatId = CHAT, first_id: int = -1000
) -> ReplyHistory:
    """What was written and answered before, an hour between the pairs."""
    return history_of(
        PlainMessage(
            id=first_id + 2 * number + side,
            chat_id=chat_id,
            sender=None if side else handle_of("Mia"),
            sent_ms=number * HOUR_MS + side * 60_000,
            text=text,
        )
        for number, pair in enumerate(pairs)
        for side, text in enumerate(pair)
    )


def test_examples_stand_still_while_what_is_like_the_message_changes() -> None:
    """So that a prompt goes on beginning alike."""
    history = past(
        ("shall we swim?", "too cold"),
        ("how was the exam?", "not bad"),
        ("dinner at mine?", "with pleasure"),
    )
    swim = voice_for(history, read_context(thread("Mia: shall we swim today?")), CHAT)
    exam = voice_for(
        history, read_context(thread("Mia: how was the exam, tell?")), CHAT
    )
    assert swim.examples == exam.examples
    assert [pair.reply for pair in swim.examples] == [
        "too cold",
        "not bad",
        "with pleasure",
    ]
    assert swim.matches[0].example.reply == "too cold"
    assert exam.matches[0].example.reply == "not bad"


def test_what_another_conversation_has_fills_up_a_new_one() -> None:
    """What is most like the message stands nearest to it; what is unlike says nothing."""
    history = past(
        ("shall we swim?", "too cold"),
        ("who can swim today?", "not me"),
        chat_id=ChatId("another"),
    )
    alike = voice_for(history, read_context(thread("Mia: shall we swim?")), CHAT)
    unlike = voice_for(history, read_context(thread("Mia: thanks")), CHAT)
    assert [pair.reply for pair in alike.examples] == ["not me", "too cold"]
    assert (alike.similarity or 0) > 0.9
    assert unlike.examples == ()


def test_what_a_conversation_has_of_its_own_needs_no_filling() -> None:
    """Only the places that are left are filled, in front."""
    pairs = [(f"{word}?", "ok") for word in ("one", "two", "three")]
    swim = HistoryBuilder()
    swim.update(answered(("shall we swim?", "too cold"), chat_id=ChatId("another")))
    asked = read_context(thread("Mia: shall we swim?"))
    few = voice_for(swim.update(answered(*pairs, first_id=-900)), asked, CHAT)
    assert [pair.incoming for pair in few.examples] == [
        "shall we swim?",
        "one?",
        "two?",
        "three?",
    ]
    more = answered(("four?", "ok"), first_id=-400)
    enough = voice_for(swim.update(more), asked, CHAT)
    assert [pair.incoming for pair in enough.examples] == [
        "one?",
        "two?",
        "three?",
        "four?",
    ]


def test_the_conversation_itself_is_no_example_of_it() -> None:
    """A model would only say again what stands there."""
    history = past(("shall we swim?", "too cold"), first_id=1)
    context = read_context(thread("Mia: shall we swim?", "Me: too cold", "Mia: swim?"))
    voice = voice_for(history, context, CHAT)
    assert (voice.examples, voice.matches) == ((), ())


def test_long_examples_are_cut() -> None:
    """To the end of what was asked and the beginning of the answer."""
    history = past(("word " * 100 + "swim?", "no " * 90))
    (pair,) = voice_for(history, read_context(thread("Mia: hm")), CHAT).examples
    assert pair.incoming.endswith("swim?")
    assert len(pair.incoming) == len(pair.reply) == 200


def test_the_language_of_the_chat_is_told() -> None:
    """Whatever the user writes elsewhere."""
    said = ["Mia: kommst du heute mit?", "Me: ja, bis wann?", "Mia: bis um acht"]
    voice = voice_for(history_of(), read_context(thread(*said)), CHAT)
    assert voice.language == "German"
    german = past(*[("hm", "ja, ich komme gerne mit dir")] * 20)
    wordless = voice_for(german, read_context(thread("Mia: 👍")), CHAT)
    assert wordless.language == "German"
