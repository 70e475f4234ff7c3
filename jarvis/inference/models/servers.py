"""Addresses of model servers: which are allowed, and what is wrong with the others."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from jarvis.errors import ModelUnavailable

DEFAULT_SERVER: Final = "http://127.0.0.1:11434/v1"
"""Where Ollama listens."""


def checked_address(address: str, *, allow_remote: bool) -> str:
    """The address without a slash at its end. Looks names up, so it may wait.

    Raises:
        ModelUnavailable: it is no plain http(s) address, or that of another machine
            where this is not allowed.
    """
    try:
        parts = urlsplit(address)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise ModelUnavailable(_wrong(address)) from None
    is_plain = not (parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelUnavailable(_wrong(address))
    if "@" in parts.netloc:
        raise ModelUnavailable(
            "The address of a model server holds no name or password: leave them out."
        )
    if not (is_plain and port_is_right):
        raise ModelUnavailable(_wrong(address))
    if not (allow_remote or is_loopback(parts.hostname)):
        raise ModelUnavailable(
            f"The model server {parts.hostname} is not on this machine, and your "
            "messages would go there: if you want that, set allow_remote_server = true "
            "in config.toml."
        )
    return address.rstrip("/")


def _wrong(address: str) -> str:
    return (
        f'"{address}" is no address of a model server: write it like {DEFAULT_SERVER}.'
    )


def is_loopback(host: str) -> bool:
    """Whether every address of the host is this machine's own; unknown hosts are not."""
    try:
        found = {
            str(entry[4][0]).partition("%")[0]
            for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        }
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(each).is_loopback for each in found)
