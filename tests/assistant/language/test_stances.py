"""How a short reply leans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.language.stances import diversified, stance_of


@pytest.mark.parametrize(
    ("stance", "replies"),
    [
        (
            "yes",
            "yes|Sure, see you|no problem|Can't wait!|why not?|klar, gerne|oui !|vale|👍",
        ),
        ("yes", "yes, but not before six|はい|好的|да|sí|d'accord|ja|ok where?"),
        ("no", "no|can't tonight|I'd love to but I can't|leider nicht|nein|no puedo"),
        ("no", "je ne peux pas|non, désolé|sorry, no|👎"),
        (
            "maybe",
            "maybe|let me check|not sure yet|ich weiß nicht|peut-être|quizá|mal sehen",
        ),
        (
            "other",
            "how about Sunday instead?|lieber morgen|plutôt lundi|mejor el lunes",
        ),
        ("question", "what time?|wo?|où ?|is that ok for you?"),
        (None, "lol|Congratulations!|Sorry to hear that|I'm home|||42"),
    ],
)
def test_replies_lean_as_a_person_would_say(stance: str | None, replies: str) -> None:
    """In several languages, by words or by gesture."""
    said = replies.split("|")
    assert {reply: stance_of(reply) for reply in said} == dict.fromkeys(said, stance)


def test_answers_of_different_stances_come_first() -> None:
    """And never three of one."""
    answers = [("yes", 9), ("sure", 8), ("ok", 7), ("no", 6), ("maybe", 1)]
    chosen = diversified(
        answers, 4, lean=lambda each: stance_of(each[0]), merit=lambda each: each[1]
    )
    assert [text for text, _ in chosen] == ["yes", "no", "sure", "maybe"]


@given(st.text())
def test_anything_may_be_a_reply(text: str) -> None:
    """Case does not matter to what has one."""
    assert stance_of(text) == stance_of(f"  {text}  ")
