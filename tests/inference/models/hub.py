"""A hub of one's own on loopback, which can fail in every way that a hub may fail."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

COMMIT: Final = "0123456789abcdef0123456789abcdef01234567"
HUB_ID: Final = "org/small"
WEIGHTS: Final = "model.safetensors"


def model_files() -> dict[str, bytes]:
    """What looks like a model, beside what no model needs."""
    return {
        "config.json": b'{"max_position_embeddings": 512}',
        "tokenizer.json": b"{}",
        WEIGHTS: bytes(range(256)) * 4096,
        "README.md": b"# Small",
        "modeling.py": b"raise SystemExit('code of the repository was run')",
        "pytorch_model.bin": b"pickle",
    }


@dataclass
class Hub:
    """What it serves and how it misbehaves; `asked` holds every path and its Range."""

    files: dict[str, bytes] = field(default_factory=model_files)
    commit: str = COMMIT
    licence: str = "apache-2.0"
    extra_siblings: list[dict[str, Any]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    """Sizes to claim instead of the true ones."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    takes_ranges: bool = True
    redirects_to: str | None = None
    """Where files are said to lie; null: another path of this hub."""
    cuts: list[int] = field(default_factory=list)
    """After how many bytes each next file's connection is cut; 0 sends none."""
    holds_at: int | None = None
    """After how many bytes of the weights it waits for `go`."""
    spoiled: set[str] = field(default_factory=set)
    go: threading.Event = field(default_factory=threading.Event)
    is_holding: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    address: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What makes Jarvis ask this hub."""
        return {"HF_ENDPOINT": self.address}

    def asked_for(self, name: str) -> list[str | None]:
        """The Range of each request for a file's bytes."""
        return [span for path, span in self.asked if path == f"/cdn/{name}"]

    def listing(self) -> dict[str, Any]:
        """As the hub's API describes the repository."""
        siblings = [
            self._sibling(name, content) for name, content in self.files.items()
        ]
        return {
            "sha": self.commit,
            "siblings": siblings + self.extra_siblings,
            "cardData": {"license": self.licence},
        }

    def _sibling(self, name: str, content: bytes) -> dict[str, Any]:
        size = self.sizes.get(name, len(content))
        blob = b"blob %d\0" % len(content) + content
        told: dict[str, Any] = {
            "rfilename": name,
            "size": size,
            "blobId": hashlib.sha1(blob).hexdigest(),
        }
        if name.endswith(".safetensors"):
            sha256 = hashlib.sha256(content).hexdigest()
            told["lfs"] = {"size": size, "sha256": sha256, "pointerSize": 134}
        return told


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The hub, answering on a port of its own."""

    class Handler(_Handler):
        served = hub

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        hub.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield hub
        finally:
            hub.go.set()
            server.shutdown()
            thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    served: Hub

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        hub, path = self.served, urlsplit(self.path).path
        hub.asked.append((path, self.headers.get("Range")))
        hub.tokens.append(self.headers.get("Authorization"))
        if hub.status != 200:
            self._answer(hub.status, b"", **hub.headers)
        elif path.startswith("/api/models/"):
            self._answer(200, json.dumps(hub.listing()).encode())
        elif path.startswith("/cdn/"):
            self._send_file(path.removeprefix("/cdn/"))
        else:
            name = path.partition(f"/resolve/{hub.commit}/")[2]
            where = hub.redirects_to or f"{hub.address}/cdn"
            self._answer(302, b"", Location=f"{where}/{name}")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, name: str) -> None:
        hub = self.served
        content = hub.files[name]
        if name in hub.spoiled:
            content = content[:-1] + b"?"
        span = self.headers.get("Range")
        start = 0
        if span and hub.takes_ranges:
            start = int(span.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            last = len(content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if name == WEIGHTS and hub.cuts:
            self.wfile.write(body[: hub.cuts.pop(0)])
            self.close_connection = True
            return
        if name == WEIGHTS and hub.holds_at is not None:
            self.wfile.write(body[: hub.holds_at])
            body = body[hub.holds_at :]
            self.wfile.flush()
            hub.is_holding.set()
            hub.go.wait(30)
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True
