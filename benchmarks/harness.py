"""What the questions share: samples, tables, a daemon of its own, an echo as floor."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from jarvis.client import BlockingClient
from jarvis.errors import JarvisError

BUILT_FOR = "2026-01-01T12:00:00Z"
REAL_MODEL: Final = "JARVIS_REAL_MODEL"
"""What `--model` names: a model's folder, or openai:NAME@URL."""
SERVE: Final = (sys.executable, "-m", "jarvis", "serve")


@dataclass(frozen=True)
class Row:
    """One figure: its samples' middle and tail in milliseconds, and what it is held to."""

    what: str
    p50: float
    p95: float
    p99: float
    floor: str = ""
    ratio: float | None = None
    goal: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row for a results file."""
        return asdict(self)


def row(
    what: str, samples_ms: list[float], *, floor: Row | None = None, goal: str = ""
) -> Row:
    """A row of these samples, with the ratio of middles to `floor`."""
    ordered = sorted(samples_ms)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    ratio = at(0.5) / floor.p50 if floor else None
    name = floor.what if floor else ""
    return Row(what, at(0.5), at(0.95), at(0.99), name, ratio, goal)


def print_table(title: str, rows: list[Row]) -> None:
    """The rows as people read them."""
    print(f"\n{title}")
    print(f"  {'':44} {'p50 ms':>9} {'p95':>9} {'p99':>9}  {'ratio':>6}  floor · goal")
    for each in rows:
        ratio = f"{each.ratio:.2f}" if each.ratio is not None else ""
        figures = f"{each.p50:9.3f} {each.p95:9.3f} {each.p99:9.3f}"
        note = " · ".join(part for part in (each.floor, each.goal) if part)
        print(f"  {each.what:44} {figures}  {ratio:>6}  {note}")


def timed_ms(act: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def interleaved(
    acts: Mapping[str, Callable[[], object]], *, rounds: int, in_a_row: int
) -> dict[str, list[float]]:
    """Samples of each act, taken in turns so that a noisy machine is noisy for all."""
    samples: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            samples[name] += [timed_ms(act) for _ in range(in_a_row)]
    return samples


@contextmanager
def short_directory() -> Iterator[Path]:
    """A directory whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="jb") as name:
        yield Path(name)


def cache_directory() -> Path:
    """Where what takes long to build is kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "jarvis-benchmarks"


def built_inbox(messages: int) -> Path:
    """A generated inbox of that size; built once, kept in the user's cache."""
    directory = cache_directory() / f"inbox-{messages}"
    if not (directory / "manifest.json").exists():
        directory.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, "-m", "fixtures", str(directory)),
            *("--messages", str(messages), "--seed", "1", "--end", BUILT_FOR),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return directory


@dataclass
class Daemon:
    """A daemon of this benchmark: where it listens and who it is."""

    home: Path
    process: subprocess.Popen[bytes]

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.home / "jarvis.sock"

    def connect(self) -> BlockingClient:
        """A new connection."""
        return BlockingClient(self.socket, timeout_s=120)

    def pause_indexing(self) -> None:
        """Where this version has an index."""
        with contextlib.suppress(JarvisError), self.connect() as client:
            client.call("index_control", action="pause")

    def wait_until_indexed(self) -> None:
        """Until there is nothing left to index."""
        with self.connect() as client:
            while client.call("get_status")["index"]["state"] != "ready":
                time.sleep(0.1)


@contextmanager
def running_daemon(
    inbox: Path,
    *flags: str,
    checkout: Path | None = None,
    indexing: bool = False,
    command: Sequence[str] = SERVE,
) -> Iterator[Daemon]:
    """`jarvis serve` on an inbox, ready; it is stopped at the end.

    `checkout` is where another version of Jarvis lies. `indexing`: it makes the search
    index as it always does; else that is paused, for what is measured is something else.
    `command` serves in another way.
    """
    with short_directory() as home:
        whole = [
            *(*command, "--home", str(home)),
            *("--chat-db", str(inbox / "chat.db")),
            *("--contacts-db", str(inbox / "AddressBook"), *flags),
        ]
        process = subprocess.Popen(whole, stderr=subprocess.DEVNULL, cwd=checkout)
        try:
            daemon = Daemon(home, process)
            wait_until_ok(daemon)
            if not indexing:
                daemon.pause_indexing()
            yield daemon
        finally:
            process.terminate()
            process.wait(20)


def wait_until_ok(daemon: Daemon, within_s: float = 120) -> None:
    """Ask until the daemon answers that it can work."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        with contextlib.suppress(JarvisError), daemon.connect() as client:
            if client.call("ping")["status"] == "ok":
                return
        time.sleep(0.002)
    raise RuntimeError("the daemon did not become ready")


ECHO = """
import socket, sys
door = socket.socket(socket.AF_UNIX); door.bind(sys.argv[1]); door.listen()
connection, _ = door.accept()
line_by_line = sys.argv[2] == "True"
while data := connection.recv(1 << 20):
    for part in data.splitlines(keepends=True) if line_by_line else (data,):
        connection.sendall(part)
"""


@contextmanager
def echo_connection(*, line_by_line: bool = False) -> Iterator[socket.socket]:
    """A connection to a blocking echo in another process: the floor of every round trip.

    line_by_line answers each line with a write of its own, as it came, else all at once.
    """
    with short_directory() as directory:
        path = directory / "echo"
        process = subprocess.Popen(
            [sys.executable, "-c", ECHO, str(path), str(line_by_line)]
        )
        connection = socket.socket(socket.AF_UNIX)
        try:
            connect(connection, path)
            yield connection
        finally:
            connection.close()
            process.wait(10)


def connect(connection: socket.socket, path: Path) -> None:
    """Connect to what is about to listen there."""
    end = time.monotonic() + 10
    while True:
        try:
            connection.connect(str(path))
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.005)


def request_line(request_id: int, method: str, **params: object) -> bytes:
    """A request as it travels."""
    request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
    return json.dumps(request).encode() + b"\n"


def read_line(connection: socket.socket) -> bytes:
    """Bytes up to and with a LF; what comes after it is not expected."""
    data = b""
    while not data.endswith(b"\n"):
        data += connection.recv(1 << 20)
    return data
