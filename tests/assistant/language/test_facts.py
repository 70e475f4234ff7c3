"""The files of languages: what stands in them, what they lack, and that one is enough."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from jarvis.assistant.language.facts import (
    DATA,
    Language,
    LanguageFile,
    languages,
    read_languages,
)

_ROOT = Path(__file__).parents[3]

LACKS = {
    "en": """
        days.after_tomorrow days.months days.names_none_after
        model_talk.announcements requests_within_words scripts
    """,
    "de": """
        always_capital model_talk.announcements model_talk.label_qualifiers
        model_talk.polite model_talk.says model_talk.speakers
        model_talk.tells_of_others one_time_code.behind requests_within_words
        scripts tapbacks
    """,
    "fr": """
        abbreviations always_capital days.names_none_after days.yesterday
        model_talk.announcements model_talk.articles model_talk.label_qualifiers
        model_talk.please model_talk.polite model_talk.says model_talk.speakers
        model_talk.tells_of_others one_time_code.before one_time_code.behind
        requests_within_words scripts tapbacks
    """,
    "es": """
        abbreviations always_capital days.names_none_after model_talk.announcements
        model_talk.articles model_talk.label_qualifiers model_talk.please
        model_talk.polite model_talk.says model_talk.speakers
        model_talk.tells_of_others requests_within_words scripts tapbacks
    """,
    "it": """
        abbreviations always_capital days.after_tomorrow days.names_none_after
        days.weekend model_talk.announcements model_talk.articles model_talk.gaps
        model_talk.label_qualifiers model_talk.please model_talk.polite
        model_talk.says model_talk.speakers model_talk.tells_of_others
        one_time_code.behind requests_within_words rules scripts
        stances.agrees_all_the_same stances.refuses_nothing tapbacks
    """,
    "nl": """
        abbreviations always_capital days.midnight days.names_none_after days.noon
        model_talk.about_itself model_talk.about_task model_talk.agrees
        model_talk.announcements model_talk.articles model_talk.gaps
        model_talk.label_qualifiers model_talk.orders model_talk.please
        model_talk.polite model_talk.says model_talk.speakers
        model_talk.tells_of_others no_reply one_time_code.before
        one_time_code.behind requests_within_words rules scripts
        stances.agrees_all_the_same stances.refuses_nothing tapbacks
    """,
    "pt": """
        abbreviations always_capital days.after_tomorrow days.midnight
        days.names_none_after days.noon days.weekdays days.weekend
        model_talk.about_itself model_talk.about_task model_talk.agrees
        model_talk.announcements model_talk.articles model_talk.gaps
        model_talk.label_qualifiers model_talk.orders model_talk.please
        model_talk.polite model_talk.says model_talk.speakers
        model_talk.tells_of_others no_reply requests_within_words rules scripts
        stances.agrees_all_the_same stances.other stances.refuses
        stances.refuses_nothing tapbacks
    """,
    "sv": """
        abbreviations always_capital days.after_tomorrow days.midnight
        days.names_none_after days.noon days.weekend model_talk.about_itself
        model_talk.about_task model_talk.agrees model_talk.announcements
        model_talk.articles model_talk.gaps model_talk.label_qualifiers
        model_talk.orders model_talk.please model_talk.polite model_talk.says
        model_talk.speakers model_talk.suggests model_talk.tells_of_others no_reply
        one_time_code.before one_time_code.behind requests_within_words rules
        scripts stances.agrees_all_the_same stances.refuses_nothing tapbacks
    """,
}
"""What is not written down of each language; of one that is not here: all but HAS."""
HAS = {
    "ar": "days.today days.tomorrow requests_within_words stances.yes",
    "el": "scripts",
    "he": "scripts",
    "hi": "requests_within_words stances.yes",
    "ja": (
        "days.today days.tomorrow model_talk.announcements one_time_code.before "
        "requests_within_words scripts stances.yes"
    ),
    "ko": "days.today days.tomorrow model_talk.announcements scripts stances.yes",
    "ru": (
        "days.today days.tomorrow one_time_code.before requests_within_words "
        "stances.yes"
    ),
    "th": "scripts",
    "zh": (
        "days.today days.tomorrow model_talk.about_itself model_talk.about_task "
        "model_talk.announcements one_time_code.before requests_within_words "
        "scripts stances.yes"
    ),
}


def test_what_a_language_lacks_is_known() -> None:
    """A gap that appears, or is filled, is written down here as well."""
    every = set(Language(code="xx", facts=LanguageFile(name="")).gaps()) - {"name"}
    lacks = {code: set(gaps.split()) for code, gaps in LACKS.items()}
    lacks |= {code: every - set(facts.split()) for code, facts in HAS.items()}
    assert {each.code: set(each.gaps()) for each in languages()} == lacks


@pytest.mark.parametrize("language", languages(), ids=lambda each: each.code)
def test_each_pattern_of_a_language_is_one(language: Language) -> None:
    """By itself, so that it can stand beside those of other languages; in small letters."""
    patterns = list(_patterns(language.facts))
    for pattern in patterns:
        re.compile(pattern)
    spelt = [re.sub(r"\\.|\?P|AI", "", pattern) for pattern in patterns]
    assert [each for each in spelt if each != each.lower()] == []


def _patterns(facts: msgspec.Struct) -> Iterator[str]:
    """The texts of a language that stand in tuples, but for the answers of rules."""
    for name, value in msgspec.structs.asdict(facts).items():
        if isinstance(value, msgspec.Struct):
            yield from _patterns(value)
        elif isinstance(value, tuple) and name not in ("answers", "scripts"):
            for each in value:
                yield from [each] if isinstance(each, str) else _patterns(each)


def test_a_week_has_seven_days_and_a_year_twelve_months() -> None:
    """Of each language, or none at all."""
    for language in languages():
        days = language.facts.days
        assert len(days.weekdays) in (0, 7), language.code
        assert len(days.months) in (0, 12), language.code


@pytest.mark.parametrize(
    "file", ['small_words = "i a"', 'name = "X"\nsmal_words = "i a"', "name = "]
)
def test_a_file_with_a_slip_is_refused(tmp_path: Path, file: str) -> None:
    """Without a name, with a fact nobody knows, and what is no TOML."""
    (tmp_path / "xx.toml").write_text(file)
    with pytest.raises(msgspec.DecodeError):
        read_languages(tmp_path)


_POLISH = """
name = "Polish"
small_words = "i nie to jest w na z co jak czy masz jutro o ty my się tak"
closing_words = "dzięki pa"
requests = ["daj znać"]

[days]
weekdays = [
  "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela",
]
tomorrow = "jutro"

[one_time_code]
before = ["kod"]

[stances]
yes = ["jasne"]
no = ["niestety"]

[model_talk]
shows = ["oto"]
replies = ["odpowiedź"]
about_itself = ["jako asystent"]
gaps = ["twoje"]

[[rules]]
intent = "when"
patterns = ['kiedy[^?]*\\\\?']
answers = [["maybe", "jeszcze nie wiem"]]
"""
_ASK_IN_POLISH = """
import json, sys
from pathlib import Path
from jarvis.assistant.language import facts
facts.DATA = Path(sys.argv[1])
from jarvis.assistant.drafting.needs_reply import needs_reply
from jarvis.assistant.grounding.ungrounded import ungrounded_names
from jarvis.assistant.history.examples import is_noise
from jarvis.assistant.language.asks import ask_of
from jarvis.assistant.language.identify import language_of
from jarvis.assistant.language.stances import stance_of
from jarvis.assistant.screening.announcing import preamble_end
from jarvis.assistant.screening.frame import Frame
from jarvis.assistant.screening.judging import Judge
from tests.assistant.exchanges import history_of
from tests.assistant.thread import thread

ask = ask_of("Kiedy masz czas?", "pl")
judge = Judge(Frame("", ()), known=())
now_ms = 1_763_488_929_120  # when those messages come
print(json.dumps({
    "language": language_of(["masz czas jutro? co to jest"]),
    "stances": [stance_of("jasne!"), stance_of("niestety, mam pracę")],
    "ask": [ask.facts.intent, ask.facts.answers],
    "days": ungrounded_names("jutro, w piątek", ["przyjdź jutro"]),
    "is_code": is_noise("kod 123456"),
    "expected": [
        needs_reply(thread(f"Mia: {text}"), history_of(), now_ms=now_ms).is_needed
        for text in ("daj znać", "dzięki, pa")
    ],
    "announcement": preamble_end("Oto odpowiedź: jasne"),
    "reasons": [judge.reason("Jako asystent nie mogę"), judge.reason("[twoje imię]")],
}))
"""


def test_a_language_is_added_by_one_file(tmp_path: Path) -> None:
    """Every room of the assistant then knows it, and those before it as well as ever."""
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "pl.toml").write_text(_POLISH, encoding="utf-8")
    command = [sys.executable, "-c", _ASK_IN_POLISH, str(tmp_path / "data")]
    child = subprocess.run(
        command, cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
    assert json.loads(child.stdout) == {
        "language": "pl",
        "stances": ["yes", "no"],
        "ask": ["when", [["maybe", "jeszcze nie wiem"]]],
        "days": ["piątek"],
        "is_code": True,
        "expected": [True, False],
        "announcement": len("Oto odpowiedź: "),
        "reasons": ["about_task", "placeholder"],
    }
