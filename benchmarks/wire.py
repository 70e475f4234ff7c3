"""How much the wire costs: a ping over an echo, and 64 requests at once."""

from __future__ import annotations

import socket

from benchmarks.harness import (
    Row,
    built_inbox,
    echo_connection,
    interleaved,
    read_line,
    request_line,
    row,
    running_daemon,
)

PING = request_line(1, "ping")
PIPELINED = 64


def measure() -> list[Row]:
    """Ping and pipelined pings beside an echo of lines of the same size."""
    with (
        running_daemon(built_inbox(1000)) as daemon,
        echo_connection() as echo,
        socket.socket(socket.AF_UNIX) as jarvis,
    ):
        jarvis.connect(str(daemon.socket))
        many = b"".join(request_line(n, "ping") for n in range(PIPELINED))

        def ask(connection: socket.socket) -> None:
            connection.sendall(PING)
            read_line(connection)

        def ask_many(connection: socket.socket) -> None:
            connection.sendall(many)
            lines = 0
            while lines < PIPELINED:
                lines += connection.recv(1 << 20).count(b"\n")

        samples = interleaved(
            {
                "echo": lambda: ask(echo),
                "ping": lambda: ask(jarvis),
                "echo, 64 lines": lambda: ask_many(echo),
                "64 pings at once": lambda: ask_many(jarvis),
            },
            rounds=40,
            in_a_row=50,
        )
    echo_row = row("echo", samples["echo"])
    echo_many = row("echo, 64 lines", samples["echo, 64 lines"])
    return [
        echo_row,
        row("ping", samples["ping"], floor=echo_row, goal="<= 1.5"),
        echo_many,
        row(
            "64 pings at once",
            samples["64 pings at once"],
            floor=echo_many,
            goal="<= 6",
        ),
    ]
