"""`jarvis voice`, asked of a daemon that answers what the test says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jarvis import __version__
from jarvis.cli.voice import voice_text
from jarvis.daemon.dispatch import Caller, Handler
from jarvis.errors import StoreUnavailable, UnknownChat
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.learning import (
    GetVoiceParams,
    KnownVoice,
    LanguageShare,
    WritingHabits,
)
from jarvis.protocol.methods.mail import (
    ResolveConversationParams,
    ResolvedConversation,
)
from jarvis.records import ChatId
from tests.cli.commands import Printed, run_against

CHAT = ChatId("iMessage;-;+15550100")
HABITS = WritingHabits(
    count=143,
    is_of_contact=True,
    median_characters=38,
    p90_characters=96,
    lower_case_share=0.95,
    full_stop_share=0.004,
    other_closing_share=0.18,
    emoji_rate=0.0,
    openers=("ok", "haha"),
    languages=(LanguageShare(code="en", name="English", share=1.0),),
    case="lower",
    full_stop=False,
    longest_characters=192,
)
VOICE = KnownVoice(
    chat_id=CHAT,
    own_messages=143,
    fewest=20,
    answers=58,
    median_wait_ms=6 * 60_000,
    habits=HABITS,
)


def told(other: dict[str, Any] | None = None, /, **changes: Any) -> str:
    """What a person reads of a voice that is like VOICE but for these."""
    changed = msgspec.structs.replace(HABITS, **other or {})
    voice = msgspec.structs.replace(VOICE, **({"habits": changed} | changes))
    return voice_text("Mum", msgspec.to_builtins(voice))


def row(text: str, name: str) -> str:
    """What stands beside this name."""
    lines = [line for line in text.splitlines() if line.startswith(f"{name}  ")]
    return lines[0].removeprefix(name).strip()


def test_the_habits_are_told_one_a_line() -> None:
    """In percent, and in words where there is nothing to count."""
    text = told()
    assert text.startswith("How you write to Mum, by your newest 143 messages there:")
    assert row(text, "Length") == "half have up to 38 characters, nine in ten up to 96"
    assert row(text, "Begin") == "with a small letter in 95%, a capital in 5%"
    assert row(text, "End") == (
        "with a full stop in under 1%, with ! or ? or the like in 18%"
    )
    assert row(text, "Emoji") == "never"
    assert row(text, "First words") == "ok, haha"
    assert row(text, "Language") == "English"
    assert row(told({"emoji_rate": 0.5}), "Emoji") == "in 50%"
    capitals = told({"lower_case_share": 0.0})
    assert row(capitals, "Begin") == "with a small letter in 0%, a capital in 100%"


def test_what_a_script_does_not_have_is_left_out() -> None:
    """No case, no words that come back."""
    text = told({"lower_case_share": None, "openers": (), "languages": ()})
    assert "Begin" not in text
    assert "First words" not in text
    assert row(text, "Language") == "not clear"


def test_two_languages_are_both_said() -> None:
    """With how much of each."""
    languages = (
        LanguageShare(code="de", name="German", share=0.7),
        LanguageShare(code="en", name="English", share=0.3),
    )
    assert row(told({"languages": languages}), "Language") == "German 70%, English 30%"


def test_it_says_what_a_draft_is_held_to() -> None:
    """Only what is usual; the length always."""
    assert row(told(), "Drafts") == (
        "begin with a small letter; end without a full stop; have no emoji; "
        "stop at a sentence's end after 192 characters"
    )
    free = {"case": None, "full_stop": None, "emoji_rate": 0.2}
    assert row(told(free), "Drafts") == (
        "stop at a sentence's end after 192 characters"
    )
    capital = told({"case": "upper", "full_stop": True})
    assert row(capital, "Drafts").startswith("begin with a capital; have no emoji")


@pytest.mark.parametrize(
    ("wait_ms", "shown"),
    [
        (0, "1 second"),
        (59_001, "1 minute"),
        (61_000, "2 minutes"),
        (3_600_000, "1 hour"),
        (11 * 3_600_000 + 1, "12 hours"),
    ],
)
def test_how_long_answers_took_is_rounded_up(wait_ms: int, shown: str) -> None:
    """To whole seconds, minutes or hours."""
    assert row(told(median_wait_ms=wait_ms), "Answers") == (
        f"58 are known there as examples; half of them came within {shown}"
    )


def test_one_answer_and_none_are_told_as_such() -> None:
    """A half of one is none."""
    one = told(answers=1)
    assert (
        row(one, "Answers")
        == "1 is known there as an example; it came within 6 minutes"
    )
    none = told(answers=0, median_wait_ms=None)
    assert row(none, "Answers") == "none is known there"


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        (3, "3 messages of yours"),
        (1, "1 message of yours"),
        (0, "no messages of yours"),
    ],
)
def test_too_few_messages_are_said_and_the_general_voice_shown(
    own: int, shown: str
) -> None:
    """How many there are, and how many it takes."""
    text = told({"is_of_contact": False, "count": 1000}, own_messages=own)
    assert f"Jarvis knows {shown} to Mum, and it takes 20" in text
    assert "So this is how you write to anybody, by your newest 1000 messages:" in text
    assert "Length" in text


def test_of_too_few_in_all_no_habit_is_shown() -> None:
    """Only the answers that are known."""
    text = told(habits=None, own_messages=3, answers=2)
    assert "All that you wrote to anybody is fewer, too." in text
    assert "Length" not in text
    assert "Drafts" not in text
    assert row(text, "Answers").startswith("2 are known there")


def test_it_says_where_all_of_it_is_and_how_it_goes() -> None:
    """In memory, but for the counts of what became of suggestions."""
    assert "read from Messages and kept in memory only" in told()
    assert "jarvis forget everything" in told()


async def ping(_: None, _params: NoParams, _caller: Caller) -> dict[str, object]:
    """Of this version, and ready."""
    return {"version": __version__, "status": "ok"}


async def resolve_conversation(
    _: None, params: ResolveConversationParams, _caller: Caller
) -> ResolvedConversation:
    """Everybody is Mum, but for a stranger."""
    is_known = params.name != "Nobody"
    return ResolvedConversation(chat_id=CHAT if is_known else None, conversations=())


async def get_voice(_: None, params: GetVoiceParams, _caller: Caller) -> KnownVoice:
    """What is known of her."""
    if params.chat_id != CHAT:
        raise UnknownChat("There is no such conversation.")
    return VOICE


async def unreadable(_: None, _params: GetVoiceParams, _caller: Caller) -> KnownVoice:
    """chat.db has gone."""
    raise StoreUnavailable("chat.db cannot be read. Give Full Disk Access.")


HANDLERS: dict[str, Handler[None]] = {
    "ping": ping,
    "resolve_conversation": resolve_conversation,
    "get_voice": get_voice,
}


async def printed(home: Path, *words: str, **other: Handler[None]) -> Printed:
    """What the command ends with and prints."""
    return await run_against(HANDLERS | other, home, "voice", *words)


async def test_people_get_lines_and_scripts_the_answer(short_path: Path) -> None:
    """All of it, as it came."""
    code, out, err = await printed(short_path, "Mum")
    assert (code, err) == (0, "")
    assert row(out, "First words") == "ok, haha"
    code, out, _ = await printed(short_path, "Mum", "--json")
    assert code == 0
    assert msgspec.convert(json.loads(out), KnownVoice) == VOICE


async def test_whom_nobody_knows_and_what_cannot_be_read_are_one_sentence(
    short_path: Path,
) -> None:
    """As with every command about a conversation."""
    code, out, err = await printed(short_path, "Nobody")
    assert (code, out) == (1, "")
    assert 'No conversation fits "Nobody"' in err
    code, out, err = await printed(short_path, "Mum", get_voice=unreadable)
    assert (code, out) == (1, "")
    assert err == "jarvis: chat.db cannot be read. Give Full Disk Access.\n"
