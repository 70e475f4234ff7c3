"""V1 as a peer: a FastAPI server on TCP that answers a ping, and a keep-alive client."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NEEDED = ("fastapi", "uvicorn", "httpx")
_ABSENT = [name for name in NEEDED if importlib.util.find_spec(name) is None]
V1_MISSING = f"V1, not installed: pip install {' '.join(_ABSENT)}" if _ABSENT else ""
"""What the table says in place of V1's rows; empty where it can run."""

SERVER = """
import sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/ping")
async def ping(): return {"status": "ok", "version": "1"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


class V1:
    """A client of the server: a ping over httpx, many pipelined on a bare connection."""

    def __init__(self, port: int, client: Any, connection: socket.socket) -> None:
        """Both connections are kept alive."""
        self._url = f"http://127.0.0.1:{port}/ping"
        self._client = client
        self._connection = connection

    def ping(self) -> None:
        """One request, one answer."""
        self._client.get(self._url).raise_for_status()

    def ping_many(self, number: int) -> None:
        """HTTP's own pipelining, which httpx has not: the server's best case."""
        request = b"GET /ping HTTP/1.1\r\nHost: v1\r\n\r\n"
        self._connection.sendall(request * number)
        data = b""
        while data.count(b'"version"') < number or not data.endswith(b"}"):
            data += self._connection.recv(1 << 20)


@contextmanager
def v1_server() -> Iterator[V1]:
    """The server in a process of its own, until the end."""
    import httpx

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)])
    try:
        with _connected(port) as connection, httpx.Client(trust_env=False) as client:
            yield V1(port, client, connection)
    finally:
        process.terminate()
        process.wait(20)


def _connected(port: int, within_s: float = 20) -> socket.socket:
    end = time.monotonic() + within_s
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=within_s)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
