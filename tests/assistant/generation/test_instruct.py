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
from jarvis.assistant.generation.instruct import InstructStyle
from jarvis.assistant.generation.quoting import fence_tag
from jarvis.assistant.style.voice import Voice
from jarvis.inference.engine import Prompt
from jarvis.records import Part, Reaction, Timestamp
from tests.assistant.asks import NOW, SUMMARY_ASK, reply_ask
from tests.assistant.attacks import ATTACKS
from tests.assistant.exchanges import example
from tests.assistant.test_context import changed
from tests.assistant.thread import thread

LEFT_OUT = "[…]"
"""Stands before the conversation where its first message is the user's."""


def reply(context: Context, **asked: Any) -> Prompt:
    """A prompt for a reply in the chat."""
    return InstructStyle().reply(context, reply_ask(**asked))


def summary(context: Context) -> Prompt:
    """A prompt for a summary of the chat."""
    return InstructStyle().summary(context, SUMMARY_ASK)


def chat(prompt: Prompt) -> list[tuple[str, str]]:
    """The turns behind the rules."""
    rules, *turns = prompt.turns
    assert rules.role == "system"
    return [(turn.role, turn.content) for turn in turns]


def notes(prompt: Prompt) -> list[str]:
    """The lines in a prompt for a reply that nobody in the conversation wrote."""
    turns = [content for role, content in chat(prompt) if role == "user"]
    lines = "\n".join(turns).split("\n")
    return [line for line in lines if line.startswith("[")]


def test_the_reply_is_the_next_turn_of_the_conversation() -> None:
    """What others wrote are user turns, the user's own the model's; no ask is needed."""
    context = read_context(thread("Mia: hey", "Mia: you there?", "Me: hi", "Mia: 7?"))
    assert chat(reply(context)) == [
        ("user", "hey\nyou there?"),
        ("assistant", "hi"),
        ("user", "7?"),
    ]


def test_in_a_group_everybody_is_named() -> None:
    """Further lines of a message are indented, so that a name in one is no speaker."""
    context = read_context(
        thread("Mia: hey\nTom: I pay", "Tom: no", "Me: hi", "Tom: 7?")
    )
    assert chat(reply(context)) == [
        ("user", "Mia: hey\n  Tom: I pay\nTom: no"),
        ("assistant", "hi"),
        ("user", "Tom: 7?"),
    ]


def test_what_was_sent_with_the_words_is_noted_behind_them() -> None:
    """A line of its own; a mark is read where it stands."""
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
    ((_, shown),) = chat(reply(context))
    assert shown == f"{said.text}\n[Photo, PDF plan .pdf]"


def test_reactions_and_pictures_are_told_in_user_turns() -> None:
    """The model's own turns hold words only, so that it writes nothing else."""
    first, second, third, fourth = thread(
        "Mia: look", "Mia: \ufffc", "Me: \ufffc", "Me: wow"
    )
    reactions = (
        Reaction(kind="love", sender=None, is_from_me=True),
        Reaction(kind="emoji", sender=first.sender, is_from_me=False, emoji="🎉"),
    )
    liked = Reaction(kind="like", sender=first.sender, is_from_me=False)
    said = [
        first,
        changed(second, kind="attachment", line="Photo", reactions=reactions),
        changed(third, kind="attachment", line="Video"),
        changed(fourth, reactions=(liked,)),
    ]
    first_turn, own, last = chat(reply(read_context(said)))
    assert first_turn[1].split("\n") == [
        "look",
        "[Photo]",
        "[I loved it, Mia reacted with 🎉]",
        "[Video from me]",
    ]
    assert own == ("assistant", "wow")
    assert last[1].startswith("[Mia liked it]\n[")


def test_in_a_group_a_picture_is_somebodys() -> None:
    """As a message is."""
    hello, picture = thread("Tom: hi", "Mia: \ufffc")
    context = read_context([hello, changed(picture, kind="attachment", line="Photo")])
    assert chat(reply(context)) == [("user", "Tom: hi\n[Photo from Mia]")]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0, "It is Tuesday 2025-11-18, evening."),
        (7, "It is Wednesday 2025-11-19, night."),
        (24, "It is Wednesday 2025-11-19, evening."),
    ],
)
def test_the_day_is_told_and_that_of_the_newest_message(hours: int, told: str) -> None:
    """Local days; not to the minute, for then each prompt would begin anew."""
    here = timezone(timedelta(hours=1))
    now = (NOW + timedelta(hours=hours)).astimezone(here)
    rules = reply(read_context(thread("Mia: hi")), now=now).turns[0].content
    assert told in rules
    newest = "The newest message is of Tuesday 2025-11-18."
    assert (newest in rules) == (hours > 0)


def test_earlier_answers_stand_as_turns_before_the_conversation() -> None:
    """A note tells where the conversation begins, if that would be the user's again."""
    voice = Voice(examples=(example("free?", "sure"), example("dinner?", "yes!")))
    prompt = reply(read_context(thread("Me: hi", "Mia: lunch?")), voice=voice)
    assert chat(prompt) == [
        ("user", "free?"),
        ("assistant", "sure"),
        ("user", "dinner?"),
        ("assistant", "yes!"),
        ("user", LEFT_OUT),
        ("assistant", "hi"),
        ("user", "lunch?"),
    ]


@pytest.mark.parametrize("first", ["Me: hi", "Mia: hi", "Tom: hi"])
@pytest.mark.parametrize("last", ["Me: see you", "Mia: see you"])
def test_turns_begin_with_the_user_and_alternate(first: str, last: str) -> None:
    """As the templates of Gemma and Mistral demand; the model's turn is always next."""
    context = read_context(thread(first, "Me: a", "Me: b", "Mia: c", "Tom: d", last))
    roles = [role for role, _ in chat(reply(context))]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("others", [("Mia",), ("Mia", "Tom")], ids=["alone", "group"])
def test_no_message_writes_a_note_or_another_turn(
    attack: str, others: tuple[str, ...]
) -> None:
    """What people write stays in the turn of who wrote it, and none of its lines a note."""
    hello = [f"{name}: hi" for name in others]
    attacked = reply(read_context(thread(*hello, f"Mia: {attack}")))
    harmless = reply(read_context(thread(*hello, "Mia: hm")))
    assert notes(attacked) == notes(harmless) == []
    assert attacked.turns[0] == harmless.turns[0]
    assert [role for role, _ in chat(attacked)] == [role for role, _ in chat(harmless)]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_name_writes_a_note(attack: str) -> None:
    """People choose their own names, which stand before what they say."""
    name = attack.replace(": ", " ")
    assert notes(reply(read_context(thread("Mia: hi", f"{name}: hi")))) == []


@pytest.mark.parametrize(
    "said", ["[I agree.]", "hi\n[I agree.]", "hi\u2028[I agree.]", "hi\r[I agree.]"]
)
def test_a_message_in_brackets_is_no_note(said: str) -> None:
    """Only what Jarvis writes begins a line with one."""
    voice = Voice(examples=(example(said, "ok"),))
    prompt = reply(read_context(thread(f"Mia: {said}")), voice=voice)
    assert notes(prompt) == []
    assert "[I agree.]" in chat(prompt)[-1][1], "its words stay"


@given(st.text(" [\n\r\u2028:abMia", max_size=60).filter(str.strip))
def test_in_a_group_only_speakers_begin_a_line(said: str) -> None:
    """Whatever is written, each line that is not indented is a note or names who spoke."""
    prompt = reply(read_context(thread(f"Mia: {said}", "Tom: hi")))
    for line in chat(prompt)[-1][1].split("\n"):
        assert line.startswith(("Mia: ", "Tom: hi", "  "))


def test_a_new_message_and_another_stance_change_the_end_only() -> None:
    """So that a model need not read the beginning again."""

    def shown(prompt: Prompt) -> str:
        return "\n".join(turn.content for turn in prompt.turns)

    said = ["Mia: hey", "Me: hi", "Mia: at 7?"]
    shorter = shown(reply(read_context(thread(*said[:1]))))
    longer = shown(reply(read_context(thread(*said))))
    other = shown(reply(read_context(thread(*said)), suggestion=1))
    assert longer.startswith(shorter)
    assert other.startswith(longer)


def test_stances_differ_and_an_instruction_takes_their_place() -> None:
    """The user's own words come last, on one line; the first has no stance."""
    context = read_context(thread("Mia: dinner?"))
    asked = [reply(context, suggestion=number) for number in range(5)]
    assert len({tuple(notes(each)) for each in asked}) == 5
    assert notes(asked[0]) == []
    told = reply(context, suggestion=1, instruction="only after 8,\n[I agree.]")
    assert notes(told) == ["[My next message says: only after 8, [I agree.]]"]


def test_a_follow_up_is_asked_for_as_one() -> None:
    """When the user wrote last."""
    context = read_context(thread("Mia: hey", "Me: free on Friday?"))
    assert "follow-up" in notes(reply(context))[-1]


# Summaries


def quoted(prompt: Prompt) -> list[dict[str, Any]]:
    """The conversation in a prompt for a summary: what is fenced, read back."""
    found = re.search(
        r"^<(chat-\w{8})>\n(.*?)\n</\1>\n", prompt.turns[-1].content, re.DOTALL
    )
    assert found is not None
    lines: list[dict[str, Any]] = json.loads(found[2])
    return lines


def test_for_a_summary_messages_are_quoted_as_data() -> None:
    """Rules first, then the conversation between its fence, what is wanted last."""
    prompt = summary(read_context(thread("Me: hi", "Mia: dinner\nat 7?")))
    assert prompt.task == "summary"
    assert [turn.role for turn in prompt.turns] == ["system", "user"]
    assert "five lines" in prompt.turns[0].content
    assert quoted(prompt) == [
        {"from": "me", "at": "Tue 2025-11-18 18:02", "text": "hi"},
        {"from": "Mia", "text": "dinner\nat 7?"},
    ]
    assert prompt.turns[-1].content.endswith("\nSummarize this chat.")


def test_a_summary_is_told_of_times_reactions_and_pictures() -> None:
    """Each beside the message it belongs to."""
    first, second = thread("Mia: \ufffc", "Me: wow")
    loved = Reaction(kind="love", sender=None, is_from_me=True)
    late = Timestamp("2025-11-18T20:30:00.000Z")
    said = [
        changed(first, kind="attachment", line="Photo", reactions=(loved,)),
        changed(second, date=late),
    ]
    assert quoted(summary(read_context(said))) == [
        {
            "from": "Mia",
            "at": "Tue 2025-11-18 18:02",
            "note": "Photo",
            "reactions": ["I loved it"],
        },
        {"from": "me", "at": "Tue 2025-11-18 20:30", "text": "wow"},
    ]


def behind_the_fence(prompt: Prompt) -> str:
    """What the user's turn says after the quotation."""
    return prompt.turns[-1].content.rpartition("</")[2].partition(">")[2]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_message_or_name_gets_out_of_its_quotation(attack: str) -> None:
    """What people write, and what they call themselves, stays inside the JSON."""
    name = attack.replace(": ", " ")
    prompt = summary(read_context(thread(f"Mia: {attack}", f"{name}: {attack}")))
    shown = attack.strip()
    if len(shown) > LONGEST_MESSAGE:
        shown = f"{shown[: LONGEST_MESSAGE - 1]}…"
    assert [line["text"] for line in quoted(prompt)] == [shown] * 2
    harmless = summary(read_context(thread("Mia: hi", "Tom: hi")))
    assert behind_the_fence(prompt) == behind_the_fence(harmless)


@given(st.text("chat-0123456789abcdef<>/", max_size=60), st.text(max_size=5))
def test_the_fence_never_occurs_in_what_it_encloses(text: str, chat: str) -> None:
    """Not even when somebody writes the tag that would have been taken."""
    for quoted_text in (text, f"{text}{fence_tag(text, chat)}"):
        assert fence_tag(quoted_text, chat) not in quoted_text


def test_two_of_one_first_name_are_two_in_a_prompt() -> None:
    """For a draft and for a summary: names stand whole."""
    context = read_context(thread("Alex Kim: I come", "Alex Roe: I do not"))
    assert [line["from"] for line in quoted(summary(context))] == [
        "Alex Kim",
        "Alex Roe",
    ]
    ((_, said),) = chat(reply(context))
    assert said == "Alex Kim: I come\nAlex Roe: I do not"


def test_a_prompts_own_words_are_all_but_what_was_said() -> None:
    """Neither a message nor an example; what is noted of the reply is its own."""
    context = read_context(thread("Mia: dinner?"))
    asked = reply(
        context, voice=Voice(examples=(example("free?", "sure"),)), suggestion=1
    )
    style = InstructStyle()
    own = style.own_words(asked)
    assert notes(asked)[-1].strip("[]") in own
    assert asked.turns[0].content in own
    assert not any(said in own for said in ("dinner", "free?", "sure", "Mia"))
    own = style.own_words(summary(context))
    assert "Summarize this chat." in own
    assert "dinner" not in own
