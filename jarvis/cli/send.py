"""`jarvis send CHAT TEXT…`: one message, sent as Messages would, and what became of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from jarvis.cli.agreed import agreed
from jarvis.cli.connect import connect, print_json, read_status
from jarvis.cli.render import plain
from jarvis.cli.streams import whether_heard_or_not
from jarvis.cli.which import choose
from jarvis.client import BlockingClient, RemoteError
from jarvis.errors import ConnectionLost, JarvisError

if TYPE_CHECKING:
    from jarvis.records import ChatId

EXIT_NOT_SENT: Final = 1
EXIT_UNKNOWN: Final = 4
"""It was handed over, and nobody can say whether it went out."""
_EXIT_CODES: Final = {"sent": 0, "failed": EXIT_NOT_SENT}
SEND_WITHIN_S: Final = 60.0
"""Seeing whether a message went out takes up to 25 s."""
CANNOT: Final = "This Jarvis cannot send messages."

_REFUSED: Final = frozenset(
    {
        *("Busy", "CannotSend", "InvalidParams", "InvalidRequest"),
        *("MethodNotFound", "NotYetServed", "UnknownChat"),
    }
)
"""Kinds of errors after which it is certain that nothing went out."""


@click.command()
@click.argument("chat")
@click.argument("text", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask before it is sent.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--key", help="Your own idempotency key: the same one never sends twice.")
def command(
    chat: str, text: tuple[str, ...], yes: bool, as_json: bool, key: str | None
) -> None:
    """Send TEXT to CHAT: an id, a name or an address. Without TEXT, or as -, of stdin.

    CHAT is a person's name, a group's own, a number, an e-mail address or an id; where
    several fit nothing is sent. Asks first at a terminal. Exit code: 0 sent, 1 not sent,
    4 unknown.
    """
    body = _body(text)
    with connect(start=True) as client:
        _check_that_it_can(client)
        to = choose(client, chat, to_send=True, may_ask=not yes)
        detail = f" ({to.detail})" if to.detail else ""
        click.echo(f"To: {to.name}{detail}", err=True)
        if not agreed(f"Send to {to.name}?", yes=yes):
            click.echo("Not sent.", err=True)
            sys.exit(EXIT_NOT_SENT)
        result = _send(client, to.chat_id, body, key or _new_key())
    # What went out has gone: a full disk here must not read like "not sent" to a script.
    with whether_heard_or_not():
        if as_json:
            print_json(result)
        else:
            click.echo(result["status"])
    with whether_heard_or_not():
        _explain(result)
    sys.exit(_EXIT_CODES.get(result["status"], EXIT_UNKNOWN))


def _body(words: tuple[str, ...]) -> str:
    """The message; the line end that closes a file or a pipe is not part of it.

    Raises:
        UsageError: there is nothing in it.
    """
    if words in ((), ("-",)):
        body = sys.stdin.buffer.read().decode("utf-8", "replace").removesuffix("\n")
    else:
        body = " ".join(words)
    if not body.strip():
        raise click.UsageError("There is nothing to send: the text is empty.")
    return body


def _check_that_it_can(client: BlockingClient) -> None:
    """Before anything is asked of the reader.

    Raises:
        JarvisError: this daemon cannot send, and why.
    """
    if not client.call("ping")["can_send"]:
        status = read_status(client.call("get_status"))
        raise JarvisError(status.sending.reason or CANNOT)


def _new_key() -> str:
    import uuid

    return str(uuid.uuid4())


def _send(
    client: BlockingClient, chat_id: ChatId, body: str, key: str
) -> dict[str, Any]:
    """What became of it; `unknown` where the answer did not come.

    Raises:
        RemoteError: the daemon refused, and nothing went out.
    """
    client.timeout_s = SEND_WITHIN_S
    try:
        sent: dict[str, Any] = client.call(
            "send_message", chat_id=chat_id, text=body, idempotency_key=key
        )
    except RemoteError as error:
        if error.kind in _REFUSED:
            raise
        sent = {"status": "unknown", "guid": None, "reason": str(error)}
    except ConnectionLost as error:
        sent = {"status": "unknown", "guid": None, "reason": str(error)}
    except KeyboardInterrupt:
        sent = {"status": "unknown", "guid": None, "reason": "You interrupted it."}
    return {**sent, "chat_id": chat_id, "idempotency_key": key}


def _explain(result: dict[str, Any]) -> None:
    """Say on stderr what a script cannot guess."""
    reason = plain(result.get("reason") or "")
    match result["status"]:
        case "sent":
            return
        case "failed":
            told = f"Not sent. {reason}"
        case _:
            told = (
                "It is not known whether it was sent; it may still go out. To ask again "
                "without sending twice, use the same --key "
                f"{plain(result['idempotency_key'])}. {reason}"
            )
    click.echo(told.rstrip(), err=True)
