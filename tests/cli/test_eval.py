"""`jarvis eval`: figures and nothing else, on made-up inboxes."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click
import pytest
from msgspec.structs import replace

import jarvis.demo
from fixtures.inbox import build_inbox
from jarvis.assistant.evaluating.replay import Score
from jarvis.cli.entry import EXIT_FAILED, EXIT_INTERRUPTED
from jarvis.cli.eval import command
from jarvis.cli.eval_run import Progress, evaluate, plan_for
from jarvis.cli.eval_table import ROWS
from jarvis.config import load_settings
from jarvis.demo.inbox import build_demo_inbox
from tests.daemon.inbox.messages_app import NOW, MessagesApp
from tests.needs import needs_mlx

MODEL: Final = "scripted"
DEMO_MODEL: Final = Path(jarvis.demo.__file__).parent / "model"
DOC: Final = Path(__file__).parents[2] / "docs" / "drafting.md"
FEWEST_LETTERS: Final = 12
"""Of a message that is looked for in what was printed; "ok" stands everywhere."""


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's inbox."""
    path = tmp_path_factory.mktemp("inbox")
    build_demo_inbox(path, now=datetime(2026, 3, 1, 12, tzinfo=UTC))
    return path


def arguments(inbox: Path, *more: str) -> list[str]:
    """The command on this inbox."""
    return [
        *(sys.executable, "-m", "jarvis", "eval"),
        *("--chat-db", str(inbox / "chat.db")),
        *("--contacts-db", str(inbox / "AddressBook")),
        *more,
    ]


def run(
    inbox: Path, *more: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        arguments(inbox, *more),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def texts_of(inbox: Path) -> set[str]:
    """What was written in an inbox, where it is long enough to be told from a word."""
    with closing(sqlite3.connect(inbox / "chat.db")) as db:
        rows = db.execute("SELECT CAST(text AS TEXT) FROM message WHERE text != ''")
        return {text for (text,) in rows if len(text) >= FEWEST_LETTERS}


def test_figures_are_printed_and_no_message_is(inbox: Path, tmp_path: Path) -> None:
    """Of each route and of the gate, in a table; nothing is written but the model's log."""
    result = run(inbox, "--last", "12", JARVIS_ENGINE=MODEL)
    assert result.returncode == 0, result.stderr
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["smart", "replies", MODEL]
    for row in ROWS:
        assert any(line.startswith(row) for line in lines)
    printed = result.stdout + result.stderr
    told = texts_of(inbox)
    assert len(told) > 100
    assert not [text for text in told if text in printed]
    assert {each.name for each in (tmp_path / "home").iterdir()} == {"worker.log"}


def test_a_script_gets_the_figures_as_json(inbox: Path) -> None:
    """Numbers with their intervals; smart replies need no model."""
    result = run(inbox, "--last", "20", "--no-model", "--json")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    figures = json.loads(result.stdout)
    names = [route["route"] for route in figures["routes"]]
    assert names == ["smart replies"]
    for route in figures["routes"]:
        assert route["moments"] == 20
        sent = route["measures"]["sent_text"]
        assert sent["count"] == 20
        assert 0 <= sent["low"] <= sent["value"] <= sent["high"] <= 1
    assert figures["gate"]["answered"] > 5
    assert figures["difference"] is None


@needs_mlx
def test_the_demos_own_model_is_judged_on_the_demos_inbox(inbox: Path) -> None:
    """The real engine and its weights: something is offered at every moment."""
    result = run(inbox, "--last", "4", "--model", str(DEMO_MODEL), "--json")
    assert result.returncode == 0, result.stderr
    *_, model = json.loads(result.stdout)["routes"]
    assert model["route"] == str(DEMO_MODEL)
    assert model["moments"] == 4
    assert model["without_offer"]["value"] == 0.0
    assert model["measures"]["chrf_best"]["value"] > 0


def test_without_a_chosen_model_the_other_routes_are_judged(inbox: Path) -> None:
    """And a sentence says how to get one."""
    result = run(inbox, "--last", "3")
    assert result.returncode == 0
    assert result.stderr.startswith("jarvis: No model is chosen")
    assert "smart replies" in result.stdout


def test_a_model_that_is_not_there_is_an_error_after_the_other_figures(
    inbox: Path,
) -> None:
    """What was done so far is printed; the sentence is the model's."""
    result = run(inbox, "--last", "3", "--model", "no/such-model")
    assert result.returncode == EXIT_FAILED
    assert "smart replies" in result.stdout
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "flags",
    [
        ["--last", "0"],
        ["--no-model", "--model", "a/b"],
        ["--compare", "a/b", "a/b"],
        ["--compare", "a/b"],
    ],
)
def test_flags_that_make_no_sense_are_a_usage_error(flags: list[str]) -> None:
    """Before any mail is read."""
    with pytest.raises(click.UsageError):
        command.main(flags, standalone_mode=False)


def test_an_inbox_without_replies_has_no_figures(tmp_path: Path) -> None:
    """It is said so, and is no failure."""
    build_inbox(tmp_path / "empty", messages=1, seed=1, end=NOW)
    with closing(sqlite3.connect(tmp_path / "empty" / "chat.db")) as db:
        db.execute("DELETE FROM message")
        db.commit()
    result = run(tmp_path / "empty", JARVIS_ENGINE=MODEL)
    assert result.returncode == 0, result.stderr
    assert "Of 0 replies no figure says much." in result.stdout


def test_a_missing_chat_db_is_one_sentence(tmp_path: Path) -> None:
    """As everywhere."""
    result = run(tmp_path)
    assert result.returncode == EXIT_FAILED
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def test_ctrl_c_prints_what_was_done_so_far(inbox: Path) -> None:
    """The progress stands on the terminal; the figures are those of the moments done."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        arguments(inbox, "--last", "12", "--json"),
        env={**os.environ, "JARVIS_ENGINE": MODEL, "JARVIS_SCRIPTED_TOKEN_MS": "20"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while f"{MODEL}: 1 of 12 replies".encode() not in shown:
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=50)
    finally:
        process.kill()
        os.close(ours)
    assert process.returncode == EXIT_INTERRUPTED
    moments = {each["route"]: each["moments"] for each in json.loads(out)["routes"]}
    assert moments["smart replies"] == 12
    assert 1 <= moments[MODEL] < 12


def figures_of(app: MessagesApp, **flags: str) -> dict[str, list[Score]]:
    """By route and reply, whatever the clock says left out."""
    directory = app.path.parent
    settings = load_settings(
        {
            "chat_db": directory / "chat.db",
            "contacts_db": directory / "AddressBook",
            **flags,
        }
    )
    plan = plan_for(settings, last=200, models=(), without_model=False)
    progress = Progress(is_shown=False)
    asyncio.run(asyncio.wait_for(evaluate(settings, plan, progress), 30))
    return {
        route: [replace(each, took_ms=0.0, pace=None) for each in scores]
        for route, scores in progress.scores.items()
    }


def test_mail_that_comes_later_changes_no_earlier_figure(
    app: MessagesApp,
) -> None:
    """Written into the same conversation, and answered: the others did as before."""
    before = figures_of(app, engine=MODEL)
    app.write("are you there?", date=NOW)
    app.write("yes, see you there!", date=NOW + timedelta(minutes=6), from_me=True)
    after = figures_of(app, engine=MODEL)
    for route, scores in before.items():
        assert len(scores) > 5
        assert len(after[route]) == len(scores) + 1
        assert after[route][:-1] == scores


def test_the_page_explains_every_figure_that_is_printed() -> None:
    """docs/drafting.md names each row in a table, and shows a run that has them all."""
    page = DOC.read_text()
    run = page.partition("<!-- figures:")[2]
    for row in ROWS:
        assert f"| {row} |" in page
        assert f"\n{row}  " in run
