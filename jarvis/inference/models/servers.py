"""Addresses of model servers: which are allowed, and what is wrong with the others."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from typing import Final
from urllib.parse import urlsplit

from jarvis.errors import ModelUnavailable

DEFAULT_SERVER: Final = "http://127.0.0.1:11434/v1"
"""Where Ollama listens."""
SOCKET: Final = "unix:"
"""What the address of a socket file begins with; its path follows."""
API_PATH: Final = "/v1"
_SCHEME: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|unix:[/~])")
_HOST: Final = re.compile(r"(?:\[[0-9A-Fa-f:.%\w]+\]|[^\s/:@\[\]]+)")


def named_at(text: str) -> tuple[str, str | None]:
    """A model's name and its server's address, from NAME or NAME@ADDRESS.

    Names may hold any mark, an @ too (LM Studio: qwen@q4_k_m), so without a scheme only
    what can be nothing else is an address: with a port, a path to /v1, an IP address, or
    localhost.
    """
    for at in re.finditer("@", text):
        if _SCHEME.match(text, at.end()):
            return text[: at.start()], text[at.end() :]
    name, at_sign, rest = text.rpartition("@")
    if not at_sign:
        return text, None
    if not rest or _is_bare(rest):
        return name, rest
    return text, None


def _is_bare(text: str) -> bool:
    """Whether it is an address that lacks its scheme alone."""
    host = _HOST.match(text)
    if host is None:
        return text.startswith(":")
    rest = text[host.end() :]
    if re.fullmatch(r":\d+(/.*)?", rest):
        return True
    if rest.startswith("/") and rest.rstrip("/").endswith(API_PATH):
        return True
    return _is_this_machine_or_ip(host[0].strip("[]")) and not rest.startswith("://")


def _is_this_machine_or_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.casefold() == "localhost"
    return True


def checked_address(address: str, *, allow_remote: bool) -> str:
    """The address with a scheme, and with /v1 where it has no path; no slash at its end.

    That of a socket file has its whole path; such a server is always this machine's.
    Looks names up, so it may wait.

    Raises:
        ModelUnavailable: it is no plain http(s) address, or that of another machine
            where this is not allowed.
    """
    if address.startswith(SOCKET):
        path = os.path.expanduser(address.removeprefix(SOCKET))
        if not os.path.isabs(path):
            raise ModelUnavailable(
                f'"{address}" names no socket: write its whole path, like '
                "unix:~/server.sock."
            )
        return f"{SOCKET}{path}"
    full = f"http://{address}" if _is_bare(address) else address
    try:
        parts = urlsplit(full)
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
    path = parts.path.rstrip("/") or API_PATH
    return f"{parts.scheme}://{parts.netloc}{path}"


def _wrong(address: str) -> str:
    return (
        f'"{address}" is no address of a model server: write it like {DEFAULT_SERVER}.'
    )


def is_loopback(host: str) -> bool:
    """Whether every address of the host is this machine's own; unknown hosts are not."""
    try:
        addresses = {
            str(entry[4][0]).partition("%")[0]
            for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        }
    except (OSError, UnicodeError):
        return False
    return bool(addresses) and all(
        ipaddress.ip_address(address).is_loopback for address in addresses
    )
