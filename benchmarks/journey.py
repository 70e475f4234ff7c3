"""Through how many functions and files a journey passes: counted, not timed.

The journey's test runs in a throw-away Python whose start-up hook counts every function of
`jarvis/` that any process of it calls while the test itself runs; setting up and taking
down do not count, and the index that a daemon makes by itself is whole before.
`BEFORE=DIR` names a checkout of another version, which is counted too.
"""

from __future__ import annotations

import os
import site
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.harness import Row, short_directory

JOURNEYS: Final = {
    "a draft": "tests/journeys/test_a_request.py"
    "::test_a_draft_streams_and_its_tokens_join_to_its_text",
    "a new message": "tests/journeys/test_a_new_message.py"
    "::test_a_commit_is_pushed_to_everybody_and_the_list_shows_it",
    "a key to the screen": "tests/tui/test_chat_screen.py"
    "::test_using_a_draft_makes_it_text_and_sends_nothing",
}
GOAL: Final = "<= 0.67"

COUNTER: Final = """
import inspect, mmap, os, sys, threading
with open({flag!r}, "r+b") as file:
    flag = mmap.mmap(file.fileno(), 1)
with open({folder!r} + "/calls-%d" % os.getpid(), "w+b") as file:
    file.truncate(1 << 20)
    calls = mmap.mmap(file.fileno(), 1 << 20)
seen, room = set(), {checkout!r} + "/jarvis/"
def count(frame, event, argument):
    code = frame.f_code
    if event != "call" or not flag[0] or code in seen:
        return
    seen.add(code)
    # Bodies of modules and classes are none; <...> are parts of functions.
    is_function = code.co_flags & inspect.CO_OPTIMIZED and code.co_name[0] != "<"
    if is_function and code.co_filename.startswith(room):
        name = getattr(code, "co_qualname", code.co_name)
        line = "%s\\t%s\\n" % (code.co_filename[len(room):], name)
        # Into shared memory: a write would block, and a killed process loses nothing.
        calls.write(line.encode())
threading.setprofile(count)
sys.setprofile(count)
"""
PLUGIN: Final = """
import time, pytest, _count
from jarvis.client import BlockingClient
def is_indexing(daemon):
    with BlockingClient(daemon.socket) as client:
        index = client.call("get_status").get("index")
    return index is not None and index["state"] != "ready"
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    daemon, end_s = item.funcargs.get("daemon"), time.monotonic() + 60
    while daemon is not None and is_indexing(daemon) and time.monotonic() < end_s:
        time.sleep(0.1)
    _count.flag[0] = 1
    yield
    _count.flag[0] = 0
"""


class Passed(NamedTuple):
    """What a journey passed through."""

    functions: int
    files: int


def measure() -> list[Row]:
    """Each journey now, and beside the version that BEFORE names."""
    here = Path(__file__).parent.parent
    before = os.environ.get("BEFORE")
    rows = []
    for what, test in JOURNEYS.items():
        earlier = _passed(Path(before), test) if before else None
        if earlier is not None:
            rows.append(_row(f"{what}, before", earlier))
        rows.append(_row(f"{what}, now", _passed(here, test), earlier))
    return rows


def _row(what: str, passed: Passed, earlier: Passed | None = None) -> Row:
    functions, files = passed
    if earlier is None:
        return Row(f"{what} (functions, files)", functions, files, 0)
    note = f"files {files / earlier.files:.2f}"
    ratio = functions / earlier.functions
    return Row(f"{what} (functions, files)", functions, files, 0, note, ratio, GOAL)


def _passed(checkout: Path, test: str) -> Passed:
    """The functions and files that the test of this checkout calls, over all processes.

    Raises:
        RuntimeError: the test failed.
    """
    with short_directory() as folder:
        python = str(_counting_python(folder, checkout.resolve()))
        command = [python, "-m", "pytest", "-q", "-p", "_plugin", test]
        environment = {**os.environ, "PYTHONPATH": str(checkout.resolve())}
        done = subprocess.run(
            command, cwd=checkout, env=environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(done.stdout[-2000:])
        logs = [path.read_bytes().rstrip(b"\0") for path in folder.glob("calls-*")]
    lines = {*b"".join(logs).decode().splitlines()}
    return Passed(len(lines), len({line.split("\t")[0] for line in lines}))


def _counting_python(folder: Path, checkout: Path) -> Path:
    """A Python with the packages of this one, in which every process counts."""
    venv.create(folder / "venv", symlinks=True)
    (folder / "flag").write_bytes(b"\0")
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    source = COUNTER.format(
        flag=str(folder / "flag"), folder=str(folder), checkout=str(checkout)
    )
    (packages / "_count.py").write_text(source)
    (packages / "_plugin.py").write_text(PLUGIN)
    ours = "\n".join(site.getsitepackages())
    (packages / "counting.pth").write_text(f"{ours}\nimport _count\n")
    return folder / "venv" / "bin" / Path(sys.executable).name
