"""Apple's own model through apple-fm-sdk, which is made up here; see made_up_sdk."""

from __future__ import annotations

import socket
import sys
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from jarvis.errors import Cancelled, InvalidParams, ModelUnavailable
from jarvis.inference.engine import Generated, Prompt, Turn
from jarvis.inference.engines import apple_sdk
from jarvis.inference.engines.apple_sdk import AppleSdkGenerator
from jarvis.inference.models import apple
from jarvis.inference.models.apple import apple_model, check_apple_model
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.worker import generator
from jarvis.inference.worker.generator import GeneratorKind
from jarvis.inference.worker.server import Worker
from jarvis.records import StreamPhase
from tests.inference.child import WAIT_S, Child
from tests.inference.made_up_sdk import (
    DecodingFailureError,
    ExceededContextWindowSizeError,
    GuardrailViolationError,
    MadeUpSdk,
    RateLimitedError,
    Reason,
    RefusalError,
)
from tests.inference.sample import nobody_minds, reply_prompt

MODEL = ModelRecord(
    name="apple",
    path=None,
    engine="apple",
    prompt_style="chat",
    licence=None,
    context_tokens=4096,
    size_bytes=0,
)


def written(sdk: MadeUpSdk, prompt: Prompt | None = None) -> tuple[str, bool]:
    """A text by this SDK, and whether a filter ended it."""
    engine = AppleSdkGenerator(MODEL, sdk=sdk)
    outputs = [*engine.generate(prompt or reply_prompt("dinner?"), nobody_minds)]
    assert all(output.logprob is None for output in outputs)
    return "".join(output.text for output in outputs), outputs[-1].is_filtered


def test_a_text_grows_by_what_each_snapshot_adds() -> None:
    """Each holds the whole text so far."""
    sdk = MadeUpSdk()
    steps = [
        output.text
        for output in AppleSdkGenerator(MODEL, sdk=sdk).generate(
            reply_prompt("dinner?"), nobody_minds
        )
    ]
    assert steps == ["Yes", ", gladly", ".", ""]


def test_it_is_asked_with_the_rules_and_the_limits_of_the_text() -> None:
    """Rules are instructions; without any heat the likeliest token is taken."""
    sdk = MadeUpSdk()
    written(sdk, reply_prompt("dinner?", max_tokens=9, seed=5))
    written(sdk, reply_prompt("dinner?", temperature=0.0))
    warm, cold = sdk.asked
    assert (warm["instructions"], warm["prompt"]) == ("Mia", "dinner?")
    assert warm["options"].maximum_response_tokens == 9
    assert warm["options"].temperature == 0.3
    assert warm["options"].sampling.probability_threshold == 0.95
    assert warm["options"].sampling.seed == 5
    assert cold["options"].sampling.kind == "greedy"


def test_earlier_turns_are_a_transcript() -> None:
    """Each in its role and order; what they spell of control tokens is broken."""
    sdk = MadeUpSdk()
    turns = (
        Turn(role="system", content="Rules."),
        Turn(role="user", content="Lunch?<|im_end|>"),
        Turn(role="assistant", content="Sure!"),
        Turn(role="user", content="When?"),
    )
    written(sdk, replace(reply_prompt(), turns=turns))
    (asked,) = sdk.asked
    (_, rules), (_, lunch), (_, sure) = asked["transcript"]
    assert [role for role, _ in asked["transcript"]] == [
        *("instructions", "user", "response"),
    ]
    assert (rules, sure, asked["prompt"]) == ("Rules.", "Sure!", "When?")
    assert lunch.startswith("Lunch?")
    assert "<|im_end|>" not in lunch


@pytest.mark.parametrize("error", [GuardrailViolationError(), RefusalError()])
def test_a_safety_filter_ends_half_a_text(error: Exception) -> None:
    """What came before is there, and is said to be half."""
    assert written(MadeUpSdk(("Half", "Half a"), error)) == ("Half a", True)
    assert written(MadeUpSdk(("Half", "Half a"))) == ("Half a", False)


def test_a_prompt_that_is_too_long_is_said_to_be() -> None:
    """So that it is asked again with less of the conversation; with the room there is."""
    with pytest.raises(InvalidParams, match="room for 4096 tokens") as refused:
        written(MadeUpSdk(("",), ExceededContextWindowSizeError()))
    assert refused.value.field == "prompt"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(RateLimitedError(), "ask again later"), (DecodingFailureError(), "Decoding")],
)
def test_what_else_goes_wrong_is_a_sentence(error: Exception, sentence: str) -> None:
    """None of it is the text's or the prompt's."""
    with pytest.raises(ModelUnavailable, match=sentence):
        written(MadeUpSdk(("Yes",), error))


def test_words_that_are_taken_back_end_the_text() -> None:
    """They were shown already."""
    with pytest.raises(ModelUnavailable, match="took back"):
        written(MadeUpSdk(("Yes", "No")))


def test_a_text_nobody_wants_is_let_go_of_and_the_next_waits_for_its_end() -> None:
    """At once, while the SDK is busy; it cannot stop, and does one text at a time."""
    sdk = MadeUpSdk(hold=Event())
    engine = AppleSdkGenerator(MODEL, sdk=sdk)
    phases: list[StreamPhase] = []

    def nobody_wants(phase: StreamPhase, done: int, total: int | None) -> None:
        if phase == "writing":
            raise Cancelled("Nobody wants it.")

    def let_go_on(phase: StreamPhase, done: int, total: int | None) -> None:
        phases.append(phase)
        assert sdk.hold is not None
        sdk.hold.set()

    with pytest.raises(Cancelled):
        [*engine.generate(reply_prompt("dinner?"), nobody_wants)]
    assert sdk.ended == 0
    with closing(engine.generate(reply_prompt("lunch?"), let_go_on)) as outputs:
        assert next(outputs).text == "Yes"
        assert sdk.ended == 1
    assert phases[0] == "queued"
    assert len(sdk.asked) == 2


def test_a_model_that_says_nothing_any_more_is_given_up() -> None:
    """After as long as a server may be silent."""
    sdk = MadeUpSdk(hold=Event())
    engine = AppleSdkGenerator(replace(MODEL, silence_s=0.0), sdk=sdk)
    with pytest.raises(ModelUnavailable, match="nothing any more"):
        [*engine.generate(reply_prompt("dinner?"), nobody_minds)]
    assert sdk.hold is not None
    sdk.hold.set()


def test_a_worker_writes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the worker's own socket, as with every other engine."""
    monkeypatch.setitem(sys.modules, apple.SDK, MadeUpSdk())
    ours, theirs = socket.socketpair()
    ours.settimeout(WAIT_S)
    serving = Thread(target=Worker(theirs, GeneratorKind(generator.build)).run)
    serving.start()
    with theirs:
        with ours:
            child = Child(ours)
            child.answer(child.ask("load", MODEL))
            asked = child.ask("generate", reply_prompt("dinner?"))
            generated = msgspec.convert(child.answer(asked), Generated)
            assert "".join(child.tokens(asked)) == "Yes, gladly."
            assert generated.mean_logprob is None
            assert not generated.is_filtered
        serving.join(WAIT_S)


# Whether it is there


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Reason.APPLE_INTELLIGENCE_NOT_ENABLED, "System Settings"),
        (Reason.DEVICE_NOT_ELIGIBLE, "none that Apple Intelligence runs on"),
        (Reason.MODEL_NOT_READY, "later"),
        (Reason.UNKNOWN, "unknown"),
    ],
)
def test_macos_says_why_not(reason: Reason, sentence: str) -> None:
    """When it is chosen, by a process of its own, and when it is loaded."""
    sdk = MadeUpSdk(reason=reason)
    with pytest.raises(ModelUnavailable, match=sentence):
        AppleSdkGenerator(MODEL, sdk=sdk)
    with pytest.raises(SystemExit) as ended:
        apple_sdk.main(sdk)
    assert sentence in apple.REASONS.get(str(ended.value).split()[-1], "unknown")


def test_what_can_be_used_is_said_to_be() -> None:
    """By ending without a word."""
    apple_sdk.main(MadeUpSdk())


def test_the_check_is_a_process_of_its_own() -> None:
    """Here without the SDK, so it says that."""
    with pytest.raises(ModelUnavailable, match="apple-fm-sdk cannot be imported"):
        check_apple_model(MODEL)


def test_it_is_asked_only_where_there_is_no_fm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS 27 serves its model itself, and needs no SDK."""
    package = tmp_path / apple.SDK
    package.mkdir()
    (package / "__init__.py").write_text("")
    program = tmp_path / "fm"
    with pytest.raises(ModelUnavailable, match="install apple-fm-sdk"):
        apple_model(program, tmp_path / "fm.sock")
    monkeypatch.syspath_prepend(tmp_path)
    made: list[Any] = [apple_model(program, tmp_path / "fm.sock")]
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    made.append(apple_model(program, tmp_path / "fm.sock"))
    by_sdk, served = made
    assert (by_sdk.path, by_sdk.address, by_sdk.engine) == (None, None, "apple")
    assert served.path == str(program)
