"""`jarvis serve` starts without click, and means the same as with it."""

from __future__ import annotations

import click
import pytest

from jarvis.cli.serve import command
from jarvis.cli.serving import plain_flags


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--home", "/tmp/a b", "--chat-db", "chat.db"],
        ["--idle-exit-s", "600", "--ready-fd", "7"],
        ["--idle-exit-s", "1e3"],
        ["--engine", "scripted", "--engine", "mlx"],
        ["--home", "ü"],
        ["--home", ""],
    ],
)
def test_plain_flags_mean_what_click_makes_of_them(words: list[str]) -> None:
    """Whoever starts a daemon and whoever types the command get the same one."""
    with click.Context(command) as context:
        command.parse_args(context, list(words))
    given = {name: value for name, value in context.params.items() if value is not None}
    assert plain_flags(words) == given


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--home"],
        ["--home=/tmp"],
        ["--home", "--socket"],
        ["--nonsense", "1"],
        ["nonsense", "1"],
        ["--idle-exit-s", "soon"],
        ["--ready-fd", "1.5"],
        ["--home", "\udce9"],
    ],
)
def test_all_else_is_left_to_click(words: list[str]) -> None:
    """Which has help, other spellings, and sentences for what is wrong."""
    assert plain_flags(words) is None
