"""Short answers to a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from jarvis.assistant.drafting.answering import Answers, answers_to
from jarvis.assistant.drafting.calibration import Calibration, Outcome
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.records import ContextUsed, Draft, Message, Suggestion, Timing
from tests.assistant.exchanges import answered, history_of
from tests.assistant.thread import CHAT, thread

NOW = datetime(2025, 11, 18, 18, 5, tzinfo=UTC)
NO_PAST = history_of()
ASKED = thread("Me: hi", "Mia: are you free for dinner?")


def answers(
    messages: list[Message],
    drafts: Mapping[int, Draft] | None = None,
    calibration: Calibration | None = None,
    *,
    past: ReplyHistory = NO_PAST,
) -> Answers:
    """Three answers to a conversation, by default of somebody without a past."""
    return answers_to(
        messages,
        past,
        drafts or {},
        calibration or Calibration(),
        chat_id=CHAT,
        last_message=None,
        count=3,
        now=NOW,
    )


def drafted(messages: list[Message], text: str) -> dict[int, Draft]:
    """A draft that was written for this conversation."""
    draft = Draft(
        suggestions=(
            Suggestion(text=text, confidence=0.7, source="model", suggestion=0),
        ),
        context_used=ContextUsed(num_messages=2, participants=(), last_message=None),
        from_cache=False,
        prefetched=False,
        streamed=False,
        tokens_generated=3,
        model="m",
        route="model",
        gated=False,
        timing=Timing(
            queued_ms=0, first_token_ms=None, total_ms=1, tokens_per_second=None
        ),
    )
    return {messages[-1].id: draft}


def test_a_question_gets_answers_of_several_stances() -> None:
    """Without a past by rules; the best first, each with a score."""
    found = answers(ASKED)
    assert found.route == "past_reply"
    assert found.incoming == "are you free for dinner?"
    assert len({text for text, _ in found.texts}) == 3
    scores = [score for _, score in found.texts if score is not None]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_what_was_drafted_for_it_comes_first() -> None:
    """With its confidence; not when the conversation has gone on since."""
    drafts = drafted(ASKED, "Gladly, where?")
    found = answers(ASKED, drafts)
    assert (found.route, found.texts[0]) == ("cached", ("Gladly, where?", 0.7))
    assert len(found.texts) == 3
    later = thread("Me: hi", "Mia: are you free for dinner?", "Mia: or lunch?")
    assert answers(later, drafts).route == "past_reply"


def test_a_drafts_score_is_put_right_like_its_confidence() -> None:
    """By what became of earlier suggestions, once enough is known."""
    taken = Calibration([Outcome(0.7, 1.0), Outcome(0.7, 0.0)] * 100)
    found = answers(ASKED, drafted(ASKED, "Gladly, where?"), taken)
    assert found.texts[0] == ("Gladly, where?", 0.5)


def test_a_conversation_that_waits_for_nothing_gets_none() -> None:
    """The user wrote last, or there are no words in it; the reason says so."""
    found = answers(thread("Mia: hi", "Me: see you"))
    assert (found.route, found.texts) == ("gated", ())
    assert found.reason == "You wrote the last message."
    assert answers([]).reason == "There is no message to answer."


def test_a_message_that_is_given_is_answered_in_any_case() -> None:
    """Whatever stands in the conversation, or without one."""
    for chat_id in (CHAT, None):
        found = answers_to(
            thread("Mia: hi", "Me: see you"),
            history_of(),
            {},
            Calibration(),
            chat_id=chat_id,
            last_message="are you there?",
            count=2,
            now=NOW,
        )
        assert found.route == "past_reply"
        assert len(found.texts) == 2
        assert found.reason is None


def test_where_nothing_is_plainly_asked_the_reason_says_what_to_do() -> None:
    """Whatever the user answered before to the same words."""
    told = thread("Me: hi", "Mia: the bus broke down", "Mia: we had to walk")
    past = history_of(answered(("the bus broke down\nwe had to walk", "oh no")))
    found = answers(told, past=past)
    assert (found.route, found.texts) == ("past_reply", ())
    assert found.reason is not None
    assert "English, French, German or Spanish" in found.reason
    assert found.reason.endswith("Ask for a draft instead.")
    assert answers(told, drafted(told, "Oh no!")).reason is None
