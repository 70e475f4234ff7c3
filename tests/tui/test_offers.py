"""Where nobody has chosen a model: what is there already is offered by one key."""

from __future__ import annotations

from msgspec.structs import replace

from jarvis.errors import ModelUnavailable
from jarvis.protocol.methods.mail import ListConversations
from jarvis.protocol.methods.models import ListModels
from tests.tui.scenes import (
    APPLES,
    NARROW,
    OLLAMAS,
    Stage,
    choosing_model,
    stage,
    without_model,
)

APPLE = {"model": APPLES.model}


def chosen(on: Stage) -> list[dict[str, object]]:
    """What the daemon was told to use."""
    return on.client.asked_for("use_model")


async def test_one_key_lets_apples_model_write() -> None:
    """The first run ends there: nothing is offered any more."""
    async with stage() as on:
        await without_model(on)
        assert "no model yet · F6 takes Apple's model" in on.grid()
        await on.press("f6")
        assert chosen(on) == [APPLE]
        assert "Apple's model writes from now on." in on.grid()
        assert "no model yet" not in on.grid()
        await on.press("f6")
        assert chosen(on) == [APPLE]


async def test_others_that_run_are_chosen_by_name() -> None:
    """Each with its digit; any other key, and escape, choose none."""
    async with stage() as on:
        await choosing_model(on)
        assert "1  Apple's model" in on.grid()
        assert "2  qwen3:4b   Ollama has it." in on.grid()
        await on.press("3", "0", "x", "escape")
        assert chosen(on) == []
        await on.press("shift+f6", "2")
        assert chosen(on) == [{"model": OLLAMAS.model}]
        assert "qwen3:4b writes from now on." in on.grid()


async def test_a_model_that_macos_does_not_allow_stays_an_offer() -> None:
    """In the daemon's words, with what to do."""
    async with stage() as on:
        on.client.refusal = ModelUnavailable("Apple Intelligence is off: turn it on.")
        await without_model(on)
        await on.press("f6")
        assert "Apple Intelligence is off: turn it on." in on.grid()
        assert on.app.store.offers


async def test_an_empty_inbox_says_it_in_the_pane() -> None:
    """The first thing a new user sees, in a window of any width."""
    for size in ((120, 34), NARROW):
        async with stage(size) as on:
            on.client.conversations = lambda: ListConversations(
                conversations=(), total_count=0
            )
            await without_model(on)
            said = " ".join(on.grid().split())
            assert "No model writes yet: F6 lets Apple's model write." in said
            assert "all that run: qwen3:4b." in said


async def test_who_has_chosen_is_offered_nothing() -> None:
    """A model, or to have none; and nothing is looked for where one writes."""
    async with stage() as on:
        await without_model(on)
        on.client.models = replace(on.client.models, chosen=True)
        await on.press("f5")
        on.client.connect()
        await on.settle()
        assert "takes" not in on.grid()
        await on.press("f6")
        assert chosen(on) == []
    async with stage() as on:
        on.client.connect()
        await on.settle()
        assert on.client.asked_for("list_models") == []


async def test_a_daemon_of_before_offers_nothing() -> None:
    """Neither one without the list, nor one that does not say whether one was chosen."""
    async with stage() as on:
        on.client.is_of_before = True
        await without_model(on)
        assert on.app.store.offers == ()
    async with stage() as on:
        await without_model(on)
        on.client.models = ListModels(models=(APPLES,))
        on.client.connect()
        await on.settle()
        assert on.app.store.offers == ()
