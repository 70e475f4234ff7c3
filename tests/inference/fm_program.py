"""A made-up `fm`, as people report Apple's of macOS 27.0: a program of its own.

Beside it lies `says.json`, with which a test tells it what to do:
`available` (exit code and what it prints), `texts` (what it writes, a list of pieces a
text), `ends` (why each text ends), `statuses` (of the answer, with its body), `dies` (ends
at a request). It notes what it was asked in `asked.jsonl`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

READY: Final = {"available": [0, "System model available"]}
_HERE: Final = Path(sys.argv[0]).parent


def install(folder: Path, **says: Any) -> Path:
    """Put the program into a folder; it says that all is well unless told otherwise."""
    program = folder / "fm"
    program.write_text(
        f"#!{sys.executable}\n{Path(__file__).read_text(encoding='utf-8')}",
        encoding="utf-8",
    )
    program.chmod(0o755)
    tell(program, **says)
    return program


def tell(program: Path, **says: Any) -> None:
    """What it does from now on."""
    program.with_name("says.json").write_text(json.dumps(READY | says))


def asked(program: Path) -> list[dict[str, Any]]:
    """The bodies of the requests for a text, in order."""
    log = program.with_name("asked.jsonl")
    return [json.loads(line) for line in log.read_text().splitlines()]


def _says() -> dict[str, Any]:
    said: dict[str, Any] = json.loads((_HERE / "says.json").read_text())
    return said


class _Serving(ThreadingHTTPServer):
    address_family = socket.AF_UNIX
    daemon_threads = True

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)

    def get_request(self) -> tuple[Any, Any]:
        connection, _ = self.socket.accept()
        return connection, ("", 0)


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is asked is private."""

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._reply(200, {"object": "list", "data": [{"id": "system"}]})
        else:
            self._reply(404, {"error": "not found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        log = _HERE / "asked.jsonl"
        count = len(log.read_text().splitlines()) if log.exists() else 0
        with log.open("a") as file:
            file.write(json.dumps(body) + "\n")
        says = _says()
        if says.get("dies"):
            # What holds a socket of ours has to be gone with it.
            signal.raise_signal(signal.SIGKILL)
        if "tools" in body or "logprobs" in body:
            return self._error(400, "Invalid JSON: unknown member.")
        if statuses := says.get("statuses"):
            return self._error(*statuses[count % len(statuses)])
        self._stream(says, count)
        return None

    def _stream(self, says: dict[str, Any], count: int) -> None:
        texts = says.get("texts", [["Yes", ", gladly."]])
        ends = says.get("ends", ["stop"])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in _events(texts[count % len(texts)], ends[count % len(ends)]):
            self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")

    def _error(self, status: int, message: str) -> None:
        kind = "invalid_request_error" if status == 400 else "server_error"
        error = {"code": str(status), "message": message, "type": kind}
        self._reply(status, {"error": error})

    def _reply(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _events(pieces: list[str], end: str) -> Iterator[dict[str, Any]]:
    """A text as the server streams it; it counts no tokens of the prompt."""
    for piece in pieces:
        yield {"choices": [{"index": 0, "delta": {"content": piece}}]}
    usage = {"prompt_tokens": 0, "completion_tokens": len(pieces)}
    last = {"index": 0, "delta": {}, "finish_reason": end}
    yield {"choices": [last], "usage": usage}


def _main(arguments: list[str]) -> None:
    code, said = _says()["available"]
    if code == 69 or arguments[0] == "available":
        print(said, file=sys.stderr if code else sys.stdout)
        sys.exit(code)
    assert arguments[:2] == ["serve", "--socket"]
    server = _Serving(arguments[2], _Handler)  # type: ignore[arg-type]  # a path
    (_HERE / "fm.pid").write_text(str(os.getpid()))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve_forever()
    finally:
        Path(arguments[2]).unlink(missing_ok=True)


if __name__ == "__main__":
    _main(sys.argv[1:])
