"""Asking a model for one text, from as much of a conversation as it can read."""

from __future__ import annotations

import msgspec
import pytest

from jarvis.assistant.context import Context, read_context
from jarvis.assistant.generation.generate import (
    GenerationResult,
    generate_text,
    room_for,
)
from jarvis.assistant.generation.instruct import InstructStyle
from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Prompt
from jarvis.inference.models.record import SCRIPTED
from tests.assistant.asks import reply_ask
from tests.assistant.thread import Typist, thread

STYLE = InstructStyle()


def build(context: Context) -> Prompt:
    """A prompt for a reply."""
    return STYLE.reply(context, reply_ask())


async def ask(writer: Typist, context: Context, heard: list[str]) -> GenerationResult:
    """Ask in the foreground."""

    def hear(piece: str) -> bool:
        heard.append(piece)
        return True

    return await generate_text(
        writer,
        context,
        build,
        hear,
        caller="c",
        background=None,
        on_progress=None,
    )


async def test_what_has_enough_of_a_text_ends_it() -> None:
    """The account is of what came until then."""
    writer = Typist(["Sure", "!", " And", " more"])
    written = await generate_text(
        writer,
        read_context(thread("Mia: hi")),
        build,
        lambda piece: piece != "!",
        caller="c",
        background=None,
        on_progress=None,
    )
    generated = written.generated
    assert generated.tokens == 2
    assert (generated.finish_reason, generated.mean_logprob) == ("stop", -0.5)


async def test_what_the_model_cannot_read_is_left_out_from_the_old_end() -> None:
    """It says no before it writes, so nothing streams twice."""
    context = read_context(thread(*(f"Mia: {'word ' * 10}{n}" for n in range(10))))
    heard: list[str] = []
    writer = Typist(["ok"], room=600)
    written = await ask(writer, context, heard)
    assert heard == ["ok"]
    assert 1 <= len(written.context.lines) < 10
    assert written.context.lines[-1] == context.lines[-1]
    assert len(writer.prompts) > 1


async def test_a_model_that_reads_nothing_is_an_error() -> None:
    """Not an endless loop, and no fault of whoever asked."""
    context = read_context(thread("Mia: hi", f"Mia: {'x' * 500}"))
    with pytest.raises(ModelUnavailable, match="choose a model"):
        await ask(Typist(["ok"], room=5), context, [])


def test_room_grows_with_the_model_up_to_a_bound() -> None:
    """A small window leaves little; a huge one costs seconds and is not used up."""
    small, middle, huge = (
        room_for(STYLE, msgspec.structs.replace(SCRIPTED, context_tokens=tokens), 96)
        for tokens in (256, 1024, 10**6)
    )
    assert 0 < small < middle < huge < 4 * 2048
    tiny = msgspec.structs.replace(SCRIPTED, context_tokens=8)
    assert room_for(STYLE, tiny, 96) > 0
