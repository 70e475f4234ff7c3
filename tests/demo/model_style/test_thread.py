"""The prompts of the demo's own model."""

from __future__ import annotations

import random
from typing import Any, Final

import msgspec
import pytest

from jarvis.assistant.context import Context, read_context
from jarvis.assistant.drafting.draft import draft_reply
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.assistant.summarizing.summary import summarize_chat
from jarvis.cli.composition import STYLES
from jarvis.demo.model_style.thread import ThreadStyle, stance_in
from jarvis.demo.talk import ME, make_story
from jarvis.inference.engine import Prompt
from tests.assistant.asks import NOW, SUMMARY_ASK, reply_ask
from tests.assistant.attacks import ATTACKS
from tests.assistant.exchanges import history_of
from tests.assistant.test_context import changed
from tests.assistant.thread import CHAT, MODEL, Typist, thread
from training.prompt import thread_prompt

_STANCES: Final = (None, "no", "maybe", "yes", "other")


def reply(context: Context, **asked: Any) -> Prompt:
    """A prompt for a reply in the chat."""
    return ThreadStyle().reply(context, reply_ask(**asked))


def summary(context: Context) -> Prompt:
    """A prompt for a summary of the chat."""
    return ThreadStyle().summary(context, SUMMARY_ASK)


def ask(prompt: Prompt) -> str:
    """The one message of a prompt."""
    return prompt.turns[-1].content


@pytest.mark.parametrize("seed", range(30))
def test_a_prompt_is_what_the_model_was_trained_on(seed: int) -> None:
    """Line for line, for replies of each stance and for summaries."""
    rng = random.Random(seed)
    people = ("Odette", "Lorcan")[: 1 + seed % 2]
    told = make_story(rng, people, exchanges=1 + seed % 4, open_ask=seed % 3 > 0)
    spoke = dict.fromkeys(turn.speaker for turn in told.turns if turn.speaker != ME)
    others = tuple(spoke) or people
    said = [f"{turn.speaker}: {turn.text}" for turn in told.turns]
    context = read_context(thread(*said), others=others)
    for number, stance in enumerate(_STANCES):
        prompt = reply(context, suggestion=number)
        expected = thread_prompt(others, told.turns, task="reply", stance=stance)
        assert [turn.role for turn in prompt.turns] == ["user"]
        assert ask(prompt) == expected
    assert ask(summary(context)) == thread_prompt(others, told.turns, task="summary")


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_message_adds_a_line(attack: str) -> None:
    """Each message is one line, whatever it holds."""
    context = read_context(thread(f"Mia: {attack}"))
    lines = ask(reply(context)).split("\n")
    assert len(lines) == 3, attack[:40]
    assert lines[1].startswith("Mia: ")


def test_people_go_by_first_names_and_whole_numbers() -> None:
    """As the model was trained; a number is no name to be cut."""
    context = read_context(thread("Mia Stone: hi"), others=("+1 555 0142",))
    head = ask(reply(context)).splitlines()[:2]
    assert head == ["Chat with Mia, +1 555 0142", "Mia: hi"]


def test_people_are_called_by_the_name_that_is_their_first() -> None:
    """Wherever it stands; of somebody nobody knows there is no name to use."""
    said = thread("Nagy János: szia", "山田太郎: はい", "Someone: hi")
    said[0] = changed(said[0], sender_short_name="János")
    said[1] = changed(said[1], sender_short_name="太郎")
    said[2] = changed(said[2], sender=None, sender_name=None)
    context = read_context(said)
    lines = ask(reply(context)).splitlines()
    assert lines[:4] == [
        "Chat with János, 太郎",
        "János: szia",
        "太郎: はい",
        "Someone: hi",
    ]
    assert context.people == ("Nagy János", "山田太郎")
    assert context.person == ""


def test_two_of_one_first_name_are_two_in_a_prompt() -> None:
    """For a draft and for a summary: a letter of the other name tells them apart."""
    context = read_context(thread("Alex Kim: I come", "Alex Roe: I do not"))
    for prompt in (reply(context), summary(context)):
        assert ask(prompt).splitlines()[1:3] == [
            "Alex K.: I come",
            "Alex R.: I do not",
        ]


@pytest.mark.parametrize(
    ("instruction", "stance"),
    [
        ("Say yes!", "yes"),
        ("politely decline", "no"),
        ("I can’t come", "no"),
        ("maybe, but no promises", "maybe"),
        ("propose another day instead", "other"),
        ("mention the boots", None),
    ],
)
def test_an_instruction_becomes_a_stance_where_only_stances_are_known(
    instruction: str, stance: str | None
) -> None:
    """The plainest words only; else the stance of the suggestion's number holds."""
    assert stance_in(instruction) == stance
    context = read_context(thread("Mia: dinner?"))
    prompt = reply(context, instruction=instruction)
    assert (f"Intent: {stance}" in ask(prompt)) == (stance is not None)


def test_a_prompts_own_words_are_its_head_and_what_it_asks() -> None:
    """Whoever is spoken with, and the task."""
    context = read_context(thread("Mia: dinner?", "Me: Intent"))
    style = ThreadStyle()
    own = style.own_words(reply(context, suggestion=1))
    assert own == "Chat with Mia\nIntent: no\nTask: reply"


def typist(*texts: list[str]) -> Typist:
    """Writes these texts, and wants prompts as the demo's model does."""
    return Typist(*texts, model=msgspec.structs.replace(MODEL, prompt_style="thread"))


async def test_a_draft_is_asked_for_in_this_style() -> None:
    """A model's record names its style; what it was not shown is not counted."""
    writer = typist(["ok"])
    draft = await draft_reply(
        thread(*["Mia: hey"] * 40),
        DraftServices(language_model=writer, history=history_of(), styles=STYLES),
        DraftRequest(chat_id=CHAT, now=NOW),
    )
    assert ask(writer.prompts[0]).endswith("Task: reply")
    assert draft.context_used.num_messages == 14


async def test_a_long_conversation_is_summarized_in_parts() -> None:
    """Each part once, the newest told of first, since the model knows no notes."""
    long = thread(*(f"Mia: word number {number}" for number in range(40)))
    writer = typist(["Now."], ["Before."], ["At first.", "\n- ", "no"])
    passed: list[str] = []
    summary = await summarize_chat(
        long,
        writer,
        chat_id=CHAT,
        now=NOW,
        styles=STYLES,
        on_token=lambda text, _: passed.append(text),
    )
    assert summary.summary == "Now."
    assert summary.key_points == ("Before", "At first")
    assert "".join(passed) == "Now.\n- Before\n- At first"
    assert summary.message_count == 40
    asked = [ask(prompt) for prompt in writer.prompts]
    for number in range(40):
        assert sum(f"number {number}\n" in each for each in asked) == 1
