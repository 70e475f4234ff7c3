"""The prompt cache under real models: it saves work and never changes a word."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from jarvis.errors import Cancelled
from jarvis.inference.engine import EngineOutput, Progress, Prompt, Turn
from jarvis.inference.engines.mlx.engine import MlxGenerator
from jarvis.inference.models.folder import read_model
from jarvis.records import StreamPhase
from tests.inference.sample import reply_prompt
from tests.inference.tiny_model import (
    FAMILIES,
    WITH_RUNNING_STATE,
    write_tiny_model,
    write_tiny_relative,
)
from tests.needs import needs_mlx

pytestmark = needs_mlx

TALK = "\n".join(f"Mia: dinner number {number}, are you free?" for number in range(14))
ASK = "Write it kindly."


@pytest.fixture(scope="module", params=["llama", *FAMILIES])
def folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Each family of the registry: caches that can be cut, and others."""
    import mlx.core as mx

    mx.disable_compile()
    family: str = request.param
    path = tmp_path_factory.mktemp("models") / family
    if family == "llama":
        return write_tiny_model(path)
    return write_tiny_relative(path, family)


@pytest.fixture
def model(folder: Path) -> MlxGenerator:
    """A model that has read nothing yet."""
    return MlxGenerator(read_model(folder))


@pytest.fixture
def can_cut(folder: Path) -> bool:
    """Whether its cache can forget its last tokens."""
    return folder.name not in WITH_RUNNING_STATE


def ask(talk: str = TALK, line: str = ASK, *, chat_id: str = "a") -> Prompt:
    """A greedy prompt whose last line varies most."""
    return reply_prompt(
        f"{talk}\n{line}", chat_id=chat_id, max_tokens=12, temperature=0.0
    )


def look_on(phase: StreamPhase, done: int, total: int | None) -> None:
    """Progress that nobody minds."""
    assert phase == "reading"
    assert total is not None
    assert done <= total


def write(
    model: MlxGenerator, prompt: Prompt, progress: Progress = look_on
) -> EngineOutput:
    """A whole text in one step; the counts are those of its last one.

    It is left where it is long enough, as the worker does: an engine gives more, for it
    may be thinking.
    """
    with closing(model.generate(prompt, progress)) as stream:
        steps = list(islice(stream, prompt.sampling.max_tokens))
    text = "".join(step.text for step in steps)
    return msgspec.structs.replace(steps[-1], text=text)


def cold(folder: Path, prompt: Prompt) -> str:
    """What a model writes that has read nothing before."""
    return write(MlxGenerator(read_model(folder)), prompt).text


def test_the_same_prompt_again_is_hardly_read_again(
    model: MlxGenerator, folder: Path, can_cut: bool
) -> None:
    """All but its last token, or all but its last line; the text is the same."""
    first, again = write(model, ask()), write(model, ask())
    assert first.reused_tokens == 0
    assert first.prompt_tokens == again.prompt_tokens
    saved = again.prompt_tokens - again.reused_tokens
    assert saved == 1 if can_cut else 1 < saved < 60
    assert first.text == again.text == cold(folder, ask())


def test_another_last_line_costs_its_own_tokens(
    model: MlxGenerator, folder: Path
) -> None:
    """Further candidates, each in another stance: as if each had been read anew."""
    write(model, ask())
    for line in ("In this version I decline.", "Ask something first.", ASK):
        step = write(model, ask(line=line))
        assert 0 < step.prompt_tokens - step.reused_tokens < 80
        assert step.text == cold(folder, ask(line=line))


def test_a_talk_that_grows_is_read_on(model: MlxGenerator, folder: Path) -> None:
    """Only the new messages and the last line are."""
    talk = TALK
    write(model, ask(talk))
    for number in range(3):
        talk += f"\nMia: and number {number}?"
        step = write(model, ask(talk))
        assert 0 < step.prompt_tokens - step.reused_tokens < 120
        assert step.text == cold(folder, ask(talk))


def test_a_talk_that_parts_in_its_middle_is_read_from_there(
    model: MlxGenerator, folder: Path
) -> None:
    """An edit, or what was taken back: from the third prompt on, whatever the cache."""
    begun = f"{TALK}\n{TALK}"
    reused = []
    for number in range(3):
        talk = f"{begun}\nMia: no, number {number} is another day.\n{TALK}"
        step = write(model, ask(talk))
        reused.append(step.reused_tokens)
        assert step.text == cold(folder, ask(talk))
    assert reused[0] == 0
    assert 0 < reused[2] < step.prompt_tokens * 3 // 4


def test_a_text_left_in_the_middle_leaves_a_sound_cache(
    model: MlxGenerator, folder: Path
) -> None:
    """What was written by then is known and cut off again."""
    steps = model.generate(ask(), look_on)
    for _ in range(4):
        next(steps)
    steps.close()
    step = write(model, ask())
    assert step.reused_tokens > 0
    assert step.text == cold(folder, ask())


def test_a_prompt_taken_back_while_it_is_read_leaves_a_sound_cache(
    model: MlxGenerator, folder: Path
) -> None:
    """At every place where the worker may look: what was read stays read."""
    places: list[int] = []
    write(
        MlxGenerator(read_model(folder)),
        ask(),
        lambda phase, done, _: places.append(done),
    )
    for place in set(places):

        def progress(
            phase: StreamPhase, done: int, total: int | None, place: int = place
        ) -> None:
            if done >= place:
                raise Cancelled("Nobody wants it.")

        fresh = ask(chat_id=f"chat at {place}")
        with pytest.raises(Cancelled):
            write(model, fresh, progress)
        step = write(model, fresh)
        assert step.text == cold(folder, ask())
        assert (step.reused_tokens > 0) == (place > 0)


def test_after_an_error_the_prompt_is_read_anew(
    model: MlxGenerator, folder: Path
) -> None:
    """Nobody knows what the cache held then."""

    def fail(phase: StreamPhase, done: int, total: int | None) -> None:
        if done > 0:
            raise RuntimeError("a defect")

    write(model, ask())
    with pytest.raises(RuntimeError):
        write(model, ask("hello"), fail)
    step = write(model, ask())
    assert step.reused_tokens == 0
    assert step.text == cold(folder, ask())


def test_another_prompt_in_the_same_chat_gets_its_own_text(
    model: MlxGenerator, folder: Path
) -> None:
    """A summary between two drafts, nothing in common but the template's marks."""
    other = msgspec.structs.replace(
        ask(), turns=(Turn(role="user", content="What was it about?"),)
    )
    for prompt in (ask(), other, ask(), other):
        assert write(model, prompt).text == cold(folder, prompt)


def test_five_chats_leave_four_caches(model: MlxGenerator) -> None:
    """The first one is read anew."""
    for chat in "abcde":
        write(model, ask(chat_id=chat))
    assert model.caches.chats == tuple(f"reply {chat}" for chat in "bcde")
    assert write(model, ask(chat_id="a")).reused_tokens == 0


def test_a_budget_too_small_keeps_nothing(folder: Path) -> None:
    """The bytes of the model's own arrays are counted."""
    model = MlxGenerator(read_model(folder), cache_budget_bytes=1000)
    for _ in range(2):
        assert write(model, ask()).reused_tokens == 0
        assert model.caches.size_bytes == 0
