"""How commands reach the daemon: the one that runs, a new one, or one of our version."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click

from jarvis import __version__
from jarvis.client import BlockingClient
from jarvis.config import Settings, load_settings
from jarvis.errors import ConnectionLost, JarvisError, NotRunning

if TYPE_CHECKING:
    from jarvis.protocol.methods.status import Status

CALLED_WITHIN_S: Final = 3.0
"""How long a daemon that lost its socket may take to listen again."""
READY_WITHIN_S: Final = 20.0
MAKE_WAY_WITHIN_S: Final = 1.0
"""The screen does not wait longer for a daemon that it only looks at."""
_LOOK_AGAIN_S: Final = 0.01


def connect(*, start: bool) -> BlockingClient:
    """A connection to the daemon, which is started first where `start` says so.

    Where one may be started, an idle daemon of an older version is replaced.

    Raises:
        NotRunning: nobody listens and nobody could be started.
    """
    settings = load_settings()
    try:
        client = BlockingClient(settings.socket)
    except NotRunning as error:
        client = _started(settings) if start else _called(settings, error)
    return _of_our_version(client, settings) if start else client


def _started(settings: Settings) -> BlockingClient:
    from jarvis.client import start_daemon

    start_daemon()
    return BlockingClient(settings.socket)


def _called(settings: Settings, missed: NotRunning) -> BlockingClient:
    """A connection to a daemon that runs and does not answer: its socket's file is gone."""
    from jarvis.lock import deafness, holder_of, obstacle

    holder = holder_of(settings.lock_file)
    if holder is None:
        raise missed
    if obstacle(holder, settings.socket) is None:
        holder.call()
        end_s = time.monotonic() + CALLED_WITHIN_S
        while time.monotonic() < end_s:
            with suppress(NotRunning):
                return BlockingClient(settings.socket)
            time.sleep(_LOOK_AGAIN_S)
    raise NotRunning(deafness(holder, settings.socket))


def _of_our_version(client: BlockingClient, settings: Settings) -> BlockingClient:
    """The same, or a connection to the daemon that took the place of an older one."""
    ping = _ready(client)
    if ping["version"] == __version__:
        return client
    from jarvis.client.versions import difference

    if end_if_outdated(client, ping, settings):
        click.echo(
            f"Jarvis was updated: version {__version__} takes over from "
            f"{ping['version']}.",
            err=True,
        )
        client = _started(settings)
        _ready(client)
    else:
        click.echo(difference(ping["pid"], ping["version"]), err=True)
    return client


def _ready(client: BlockingClient) -> dict[str, Any]:
    """What the daemon says of itself, once it is done with starting, or nearly."""
    end_s = time.monotonic() + READY_WITHIN_S
    while True:
        ping: dict[str, Any] = client.call("ping")
        if ping["status"] != "starting" or time.monotonic() > end_s:
            return ping
        time.sleep(_LOOK_AGAIN_S)


def end_if_outdated(
    client: BlockingClient, ping: dict[str, Any], settings: Settings
) -> bool:
    """End the daemon if it is older than we are, idle, and its like can be started.

    One that was started with flags, by hand or by a service, is left to whoever did that.
    """
    from jarvis.client.versions import is_older
    from jarvis.lock import holder_of

    holder = holder_of(settings.lock_file)
    is_ours = holder is not None and holder.pid == ping["pid"] and holder.is_replaceable
    if not is_older(ping["version"]) or not is_ours:
        return False
    sessions = read_status(client.call("get_status")).sessions
    busy = sessions.open if sessions.busy is None else sessions.busy
    if busy > 1:  # this very question makes one busy
        return False
    end(client)
    return True


def make_way(settings: Settings) -> None:
    """End an idle daemon of an older version; whoever finds none starts one of ours."""
    with (
        suppress(JarvisError),
        BlockingClient(settings.socket, timeout_s=MAKE_WAY_WITHIN_S) as client,
    ):
        end_if_outdated(client, client.call("ping"), settings)


def end(client: BlockingClient) -> None:
    """Ask the daemon to end, and wait until it has hung up."""
    with suppress(ConnectionLost):
        client.call("shutdown")
        while True:
            client.read()


def read_status(answer: object) -> Status:
    """What get_status answered, as the catalogue's record.

    Raises:
        JarvisError: the daemon is of a version that this one does not understand.
    """
    import msgspec

    from jarvis.protocol.methods.status import Status

    try:
        return msgspec.convert(answer, Status)
    except msgspec.ValidationError as error:
        reason = "Jarvis answered get_status in a form this client does not know."
        raise JarvisError(f"{reason} Update the older of the two.") from error


def print_json(value: object) -> None:
    """One JSON value, indented, for scripts."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)  # escaped, where the letters are too few
    click.echo(text)
