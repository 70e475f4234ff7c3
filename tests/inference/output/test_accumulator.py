"""From an engine's steps to tokens and an account of them."""

from __future__ import annotations

import math
from itertools import count

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jarvis.inference.engine import EngineOutput, Generated, Sampling, Token
from jarvis.inference.output.accumulator import TokenAccumulator
from tests.inference.sample import joined

END = EngineOutput(text="", is_token=False, finish_reason="stop", prompt_tokens=7)


def write(
    steps: list[EngineOutput], stop: tuple[str, ...] = ()
) -> tuple[list[Token], Generated]:
    """The tokens and the account of these steps, by a clock that ticks seconds."""
    ticks = count()
    accumulator = TokenAccumulator(
        Sampling(stop=stop), clock=lambda: float(next(ticks))
    )
    tokens = []
    for step in steps:
        if token := accumulator.add(step):
            tokens.append(token)
        if accumulator.is_done:
            break
    return tokens, accumulator.generated()


def steps(*texts: str, logprob: float | None = -1.0) -> list[EngineOutput]:
    """A step for each text, and the end."""
    made = [EngineOutput(text=text, logprob=logprob, prompt_tokens=7) for text in texts]
    return [*made, END]


@given(st.lists(st.text("ab \n\ufffd", max_size=3)), st.sampled_from([(), ("\n",)]))
def test_the_tokens_join_to_the_text(texts: list[str], stop: tuple[str, ...]) -> None:
    """Whatever is held back or dropped on the way."""
    tokens, _ = write(steps(*texts), stop)
    said, *_ = "".join(texts).lstrip().partition(*stop or ["\0"])
    assert joined(tokens) == said.rstrip("\ufffd")
    assert all(token.text for token in tokens)


def test_tokens_are_counted_where_no_text_comes_of_them() -> None:
    """A letter of three tokens is one token with text, and counts three."""
    tokens, generated = write(steps("Hi ", "", "", "🥳"))
    assert [(token.text, token.index, token.logprob) for token in tokens] == [
        ("Hi ", 0, -1.0),
        ("🥳", 3, -3.0),
    ]
    assert (generated.tokens, generated.prompt_tokens) == (4, 7)
    assert generated.mean_logprob == -1.0


def test_what_the_stop_string_cuts_off_does_not_count_for_the_mean() -> None:
    """The mean log-probability is over the tokens of the text that remains."""
    cut = EngineOutput(text="\n\n", logprob=-50.0)
    tokens, generated = write([*steps("Yes", "!")[:-1], cut, END], stop=("\n\n",))
    assert joined(tokens) == "Yes!"
    assert generated.finish_reason == "stop"
    assert generated.tokens == 3
    assert generated.mean_logprob == -1.0


def test_a_cut_text_says_so() -> None:
    """`length` when the model was not done."""
    last = EngineOutput(text=" b", logprob=-1.0, finish_reason="length")
    tokens, generated = write([*steps("a")[:-1], last])
    assert (joined(tokens), generated.finish_reason) == ("a b", "length")


def test_without_log_probabilities_there_is_no_mean() -> None:
    """An engine that knows none is not given any."""
    tokens, generated = write(steps("a", "b", logprob=None))
    assert generated.mean_logprob is None
    assert tokens[0].logprob is None


def test_an_empty_text_is_an_account_too() -> None:
    """A model may end at once."""
    tokens, generated = write([END])
    assert (tokens, generated.tokens) == ([], 0)
    assert generated.mean_logprob is None
    assert generated.first_token_ms is None


def test_what_of_the_prompt_was_known_is_told() -> None:
    """The engine says so with each step, the last one included."""
    step = EngineOutput(text="a", logprob=-1.0, prompt_tokens=7, reused_tokens=5)
    end = msgspec.structs.replace(END, reused_tokens=5)
    assert write([step, end])[1].reused_tokens == 5


def test_times_count_from_the_beginning() -> None:
    """First token and total, in milliseconds."""
    _, generated = write(steps("a", "b"))
    assert generated.first_token_ms == 1000.0
    assert math.isclose(generated.total_ms, 2000.0)
