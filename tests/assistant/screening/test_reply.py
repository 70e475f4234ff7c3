"""What of a model's text is the reply, by every way it can come in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.context import read_context
from jarvis.assistant.generation.instruct import InstructStyle
from jarvis.assistant.screening.frame import Frame
from jarvis.assistant.screening.judging import Judge
from jarvis.assistant.screening.reply import WITHHELD_WORDS, ReplyScreen
from tests.assistant.asks import reply_ask
from tests.assistant.screening.replies import DROPPED, PLAIN, TALK, TEXT, WRAPPED
from tests.assistant.thread import pieces, thread

NOW = datetime(2025, 11, 18, 18, 5, tzinfo=UTC)
SIZES = (1, 2, 3, 7, 10_000)
LETTERS = st.text('Ma :.!?\n"*`<“”#-1x🥳', max_size=40)


def screen_for(
    *said: str, instruction: str | None = None, suggestion: int = 0
) -> ReplyScreen:
    """A screen for a reply in this conversation."""
    context = read_context(thread(*said))
    style = InstructStyle()
    prompt = style.reply(
        context, reply_ask(instruction=instruction, suggestion=suggestion)
    )
    known = (*context.texts, *([instruction] if instruction else []))
    others = [line.text for line in context.lines if line.speaker is not None]
    own = [line.text for line in context.answering]
    judge = Judge(
        Frame(style.own_words(prompt), known),
        known=known,
        messages=[*others, *own],
        instruction=instruction,
    )
    return ReplyScreen(judge, context.people)


def screened(
    raw: Sequence[str], *, is_cut: bool = False, screen: ReplyScreen | None = None
) -> tuple[str, str | None]:
    """The reply that comes out of these pieces, and why there is none."""
    screen = screen or screen_for(*TALK)
    passed = streamed(raw, screen, is_cut=is_cut)
    return ("" if screen.dropped else passed), screen.dropped


def streamed(raw: Sequence[str], screen: ReplyScreen, *, is_cut: bool = False) -> str:
    """What comes out of these pieces, be it a reply or not."""
    return "".join(map(screen.feed, raw)) + screen.finish(is_cut=is_cut)


@pytest.mark.parametrize("raw", WRAPPED)
def test_what_stands_around_a_reply_is_taken_off(raw: str) -> None:
    """Announcements, labels, quotes, fences in front; remarks and other turns behind."""
    for size in SIZES:
        assert screened(pieces(raw, size)) == (WRAPPED[raw], None)


@pytest.mark.parametrize("raw", DROPPED)
def test_what_is_no_reply_is_not_offered(raw: str) -> None:
    """The reason is told; at most its first words stream, and none of the prompt's."""
    for size in SIZES:
        screen = screen_for(*TALK)
        out = streamed(pieces(raw, size), screen)
        assert screen.dropped == DROPPED[raw]
        assert raw.startswith(out)
        assert len(out.split()) <= max(0, len(raw.split()) - WITHHELD_WORDS)
        assert out in ("", "As") or DROPPED[raw] != "frame"


@pytest.mark.parametrize("raw", PLAIN)
def test_what_people_write_passes_as_it_is(raw: str) -> None:
    """However much it looks like something else."""
    for size in SIZES:
        assert screened(pieces(raw, size)) == (raw, None)


@given(st.lists(LETTERS))
def test_the_split_into_pieces_does_not_matter(raw: list[str]) -> None:
    """Whole, by pieces or letter by letter: the same reply, without blanks at its ends."""
    whole = "".join(raw)
    expected = screened([whole])
    assert screened(raw) == screened(list(whole)) == expected
    assert expected[0] == expected[0].strip()


@given(st.sampled_from([*WRAPPED, *DROPPED, *PLAIN]), st.lists(st.integers(1, 9)))
def test_nor_does_it_for_what_models_write(raw: str, sizes: list[int]) -> None:
    """Cut anywhere."""
    parts, rest = [], raw
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    assert screened([*parts, rest]) == screened([raw])


@pytest.mark.parametrize(
    ("raw", "reply", "dropped"),
    [
        ("I would love to come to dinner and I could bring the", "", "cut"),
        ("Sounds good! I could bring the", "Sounds good!", None),
        ("Sounds good!", "Sounds good!", None),
        ("see you there 🥳", "see you there 🥳", None),
        ("I asked Dr.", "", "cut"),
        ("wine\ncheese\nbre", "wine\ncheese", None),
        ("好的。我可以带", "好的。", None),
    ],
)
def test_a_cut_reply_ends_with_its_last_whole_sentence(
    raw: str, reply: str, dropped: str | None
) -> None:
    """Or is none."""
    for size in SIZES:
        assert screened(pieces(raw, size), is_cut=True) == (reply, dropped)


def test_a_follow_up_does_not_repeat_what_waits_for_an_answer() -> None:
    """Nor the ask for it, which stands in the prompt."""
    talk = ("Mia: hi", "Me: shall we meet at the station?")
    for raw, reason in {
        "shall we meet at the station?": "echo",
        "My next message is a short follow-up.": "frame",
        "[No answer has come yet: my next message is a short follow-up.]": "frame",
    }.items():
        assert screened([raw], screen=screen_for(*talk)) == ("", reason)


def test_a_note_of_the_prompt_is_no_reply_however_short() -> None:
    """As it stands there; the same words without brackets may be one."""
    picture = "[…]"
    for raw, expected in ((picture, ("", "frame")), ("…", ("…", None))):
        screen = screen_for("Me: hi", "Mia: hey")
        assert screened([raw], screen=screen) == expected


def test_an_instruction_is_not_the_reply_but_its_words_may_be() -> None:
    """An order is none; words that were given to be sent are."""
    order = "tell her that I will be ten minutes late"
    words = "I will be ten minutes late"
    for wish, raw, expected in (
        (order, order, ("", "echo")),
        (order, f"My next message says: {order}", ("", "frame")),
        (order, "I will be ten minutes late.", ("I will be ten minutes late.", None)),
        (words, words, (words, None)),
    ):
        screen = screen_for(*TALK, instruction=wish)
        assert screened([raw], screen=screen) == expected


def test_what_the_conversation_speaks_of_may_be_spoken_of() -> None:
    """Two people who write about models, code and prompts."""
    talk = ("Mia: as an AI model yourself, would you write `def f(x): return x`?",)
    raw = "As an AI I would rather write lambda, haha"
    assert screened([raw], screen=screen_for(*talk)) == (raw, None)


def test_the_first_sentence_streams_word_by_word() -> None:
    """A few words behind the model; what may turn out to be something else waits."""
    screen = screen_for(*TALK)
    text = "I would love to come to dinner tonight! Shall we say seven?"
    out = [screen.feed(f"{word} ") for word in text.split()]
    assert out[:7] == ["", "", "", "", "I", " would", " love"]
    assert out[7:9] == [" to", " come to dinner tonight!"]
    assert "".join(out) + screen.finish() == text
    for waits in ("Here is what you could say", '"I would love to come', "so [name"):
        assert screen_for(*TALK).feed(f"{waits} you all and more of it ") == ""


def test_further_sentences_stream_when_they_are_whole_and_it_says_when_it_is_over() -> (
    None
):
    """A model need not write on when the reply has ended."""
    screen = screen_for(*TALK)
    assert screen.feed("Sounds good, see") == ""
    assert screen.feed(" you! I'll bring") == "Sounds good, see you!"
    assert screen.feed(" the wine.\n\nA") == " I'll bring the wine."
    assert screen.is_over
    assert [screen.feed(TEXT), screen.finish()] == ["", ""]


def test_a_thought_alone_is_told() -> None:
    """The model wrote nothing else."""
    screen = screen_for(*TALK)
    assert screen.finish(has_thought=True) == ""
    assert screen.dropped == "thought"
