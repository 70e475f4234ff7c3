"""Every text that is sent to a model that follows instructions."""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.context import LONGEST_MESSAGE, Context, read_context
from jarvis.assistant.generation.instruct import InstructStyle, fence_tag
from jarvis.assistant.style.voice import Voice
from jarvis.inference.engine import Prompt
from jarvis.records import Part, Reaction, Timestamp
from tests.assistant.asks import NOW, SUMMARY_ASK, reply_ask
from tests.assistant.attacks import ATTACKS
from tests.assistant.exchanges import example
from tests.assistant.test_context import changed
from tests.assistant.thread import thread


def reply(context: Context, **asked: Any) -> Prompt:
    """A prompt for a reply in the chat."""
    return InstructStyle().reply(context, reply_ask(**asked))


def summary(context: Context) -> Prompt:
    """A prompt for a summary of the chat."""
    return InstructStyle().summary(context, SUMMARY_ASK)


def texts(prompt: Prompt) -> list[tuple[str, str]]:
    """Who said what in a prompt."""
    return [(line["from"], line["text"]) for line in quoted(prompt)]


def ask(prompt: Prompt) -> str:
    """The user's turn of a prompt."""
    return prompt.turns[-1].content


def fenced(text: str) -> list[Any]:
    """What stands between the fences of a turn, read back."""
    return [
        json.loads(found[2])
        for found in re.finditer(
            r"<(chat-\w{8})>\n(.*?)\n</\1>(?:\n|$)", text, re.DOTALL
        )
    ]


def quoted(prompt: Prompt) -> list[dict[str, Any]]:
    """The conversation in a prompt: the first that is fenced in the user's turn."""
    lines: list[dict[str, Any]] = fenced(ask(prompt))[0]
    return lines


def test_messages_are_quoted_as_data() -> None:
    """Rules first, then the conversation between its fence, what is wanted last."""
    context = read_context(thread("Me: hi", "Mia: dinner\nat 7?"))
    prompt = reply(context)
    assert [turn.role for turn in prompt.turns] == ["system", "user"]
    assert quoted(prompt) == [
        {"from": "me", "at": "Tue 2025-11-18 18:02", "text": "hi"},
        {"from": "Mia", "text": "dinner\nat 7?"},
    ]
    assert ask(prompt).endswith("\nWrite my reply to the last message.")


def test_what_was_sent_with_the_words_is_noted_beside_them() -> None:
    """The words stay apart where it stood; a mark is read where it stands."""
    (said,) = thread("Mia: Before lunch\nafter [a squirrel] lunch")
    parts = (
        Part(kind="text", text="Before lunch"),
        Part(kind="file", text="Photo", attachment=0),
        Part(kind="file", text="PDF plan\n.pdf", attachment=1),
        Part(kind="text", text="after "),
        Part(kind="mark", text="a squirrel", attachment=2),
        Part(kind="text", text=" lunch"),
    )
    context = read_context([changed(said, kind="text", parts=parts)])
    assert context.incoming == said.text
    (entry,) = quoted(reply(context))
    assert entry["text"] == "Before lunch\nafter [a squirrel] lunch"
    assert entry["note"] == "Photo, PDF plan .pdf"


def test_times_reactions_and_pictures_are_told() -> None:
    """A time where there was a pause, local; what has no words is a note."""
    first, second, third = thread("Mia: look", "Mia: \ufffc", "Me: wow")
    reactions = (
        Reaction(kind="love", sender=None, is_from_me=True),
        Reaction(kind="emoji", sender=first.sender, is_from_me=False, emoji="🎉"),
    )
    said = [
        first,
        changed(second, kind="attachment", line="Photo", reactions=reactions),
        changed(third, date=Timestamp("2025-11-18T20:30:00.000Z")),
    ]
    here = timezone(timedelta(hours=2))
    prompt = reply(read_context(said), now=NOW.astimezone(here))
    assert quoted(prompt) == [
        {"from": "Mia", "at": "Tue 2025-11-18 20:02", "text": "look"},
        {
            "from": "Mia",
            "note": "Photo",
            "reactions": ["I loved it", "Mia reacted with 🎉"],
        },
        {"from": "me", "at": "Tue 2025-11-18 22:30", "text": "wow"},
    ]
    assert "It is Tuesday 2025-11-18 20:05." in ask(prompt)


def test_how_the_user_writes_comes_before_the_conversation() -> None:
    """Facts and standing examples first; what is like this message last: it changes."""
    one = example("free?", "sure")
    near = example("dinner?", "yes!")
    voice = Voice(facts=("I write short.",), examples=(one,), similar=(near,))
    prompt = reply(read_context(thread("Mia: dinner?")), voice=voice)
    system = prompt.turns[0].content
    assert "I write short." in system
    assert fenced(system) == [[{"they wrote": "free?", "I answered": "sure"}]]
    _, similar = fenced(ask(prompt))
    assert similar == [{"they wrote": "dinner?", "I answered": "yes!"}]


def test_several_unanswered_messages_are_answered_together() -> None:
    """However many there are since the user's last one."""
    context = read_context(thread("Me: hi", "Mia: hey", "Tom: free?", "Mia: at 7?"))
    assert "one reply of mine to the last 3 messages" in ask(reply(context))


def behind_the_fence(prompt: Prompt) -> str:
    """What the user's turn says after the quotation."""
    return ask(prompt).rpartition("</")[2].partition(">")[2]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_message_or_name_gets_out_of_its_quotation(attack: str) -> None:
    """What people write, and what they call themselves, stays inside the JSON."""
    name = attack.replace(": ", " ")
    context = read_context(thread(f"Mia: {attack}", f"{name}: {attack}"))
    prompt = reply(context)
    shown = attack.strip()
    if len(shown) > LONGEST_MESSAGE:
        shown = f"{shown[: LONGEST_MESSAGE - 1]}…"
    assert [text for _, text in texts(prompt)] == [shown] * 2
    harmless = reply(read_context(thread("Mia: hi", "Tom: hi")))
    assert behind_the_fence(prompt) == behind_the_fence(harmless)


@given(st.text("chat-0123456789abcdef<>/", max_size=60), st.text(max_size=5))
def test_the_fence_never_occurs_in_what_it_encloses(text: str, chat: str) -> None:
    """Not even when somebody writes the tag that would have been taken."""
    for quoted_text in (text, f"{text}{fence_tag(text, chat)}"):
        assert fence_tag(quoted_text, chat) not in quoted_text


def test_prompts_about_one_chat_begin_alike() -> None:
    """A new message and another stance change the end only."""
    said = ["Mia: hey", "Me: hi", "Mia: at 7?"]
    shorter = reply(read_context(thread(*said[:2])))
    longer = reply(read_context(thread(*said)))
    other = reply(read_context(thread(*said)), suggestion=1)
    assert shorter.turns[0] == longer.turns[0] == other.turns[0]
    assert ask(longer).startswith(ask(shorter).partition("]\n</")[0])
    assert ask(other).startswith(ask(longer))


def test_stances_differ_and_an_instruction_takes_their_place() -> None:
    """The user's own words come last, too."""
    context = read_context(thread("Mia: dinner?"))
    asks = [ask(reply(context, suggestion=number)) for number in range(5)]
    assert len(set(asks)) == 5
    told = reply(context, suggestion=1, instruction="only after 8")
    assert ask(told).endswith("What I want it to say: only after 8")


def test_a_follow_up_is_asked_for_as_one() -> None:
    """When the user wrote last."""
    context = read_context(thread("Mia: hey", "Me: free on Friday?"))
    assert "follow-up" in ask(reply(context))


def test_a_summary_is_asked_for_with_its_own_rules() -> None:
    """The same quotation, other rules."""
    context = read_context(thread("Mia: dinner?"))
    prompt = summary(context)
    assert prompt.task == "summary"
    assert "five lines" in prompt.turns[0].content
    assert texts(prompt) == [("Mia", "dinner?")]


def test_two_of_one_first_name_are_two_in_a_prompt() -> None:
    """For a draft and for a summary: names stand whole."""
    context = read_context(thread("Alex Kim: I come", "Alex Roe: I do not"))
    for prompt in (reply(context), summary(context)):
        assert [name for name, _ in texts(prompt)] == ["Alex Kim", "Alex Roe"]


def test_a_prompts_own_words_are_all_but_what_it_quotes() -> None:
    """Neither a message nor an example; the instruction is the user's, and stands."""
    pair = example("free?", "sure")
    voice = Voice(facts=("I write short.",), examples=(pair,), similar=(pair,))
    prompt = reply(read_context(thread("Mia: dinner?")), voice=voice)
    own = InstructStyle().own_words(prompt)
    assert "I write short." in own
    assert "Write my reply to the last message." in own
    assert not any(said in own for said in ("dinner", "free?", "sure", "Mia"))
