"""Telling a client that hung up from one that only stopped writing.

Both end the input. Only when the other side has closed entirely does the kernel report
POLLHUP on a Unix socket.
"""

from __future__ import annotations

import select
import socket


def has_hung_up(connection: socket.socket) -> bool:
    """Whether nobody is left to read what would be written to `connection`."""
    looks = select.poll()
    looks.register(connection.fileno(), 0)  # hang-ups and errors are always reported
    return any(
        event & (select.POLLHUP | select.POLLERR | select.POLLNVAL)
        for _, event in looks.poll(0)
    )
