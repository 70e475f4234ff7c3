"""`jarvis models`: which there are, which writes and which searches, fetching, removing."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final

import click

from jarvis.cli.agreed import agreed
from jarvis.cli.connect import connect, print_json
from jarvis.cli.render import plain, table
from jarvis.client import BlockingClient
from jarvis.errors import ConnectionLost, JarvisError

_LOOK_WITHIN_S: Final = 300.0
"""The hub may be slow to answer, and is asked again where it fails."""
_PULL_WITHIN_S: Final = 14 * 86_400.0
"""A download runs as long as it does; the daemon ends one that has come to a halt."""
_NOT_PULLED: Final = 1
_EMBEDDER: Final = "embedder:"
_HERE: Final = ("ready", "loading", "loaded")
"""States of a model that is whole on this disk: there is nothing left to ask."""


@click.group()
def command() -> None:
    """See, choose, fetch and remove models: those that write, and those that search."""


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def list_models(as_json: bool) -> None:
    """List models: those in use (*), those on this disk, those to be had."""
    with connect(start=True) as client:
        answer = client.call("list_models")
    if as_json:
        print_json(answer)
        return
    rows = [
        *(_row(model, "writes") for model in answer["models"]),
        *(_row(model, "searches") for model in answer["embedders"]),
    ]
    click.echo(table(rows, *[None] * 6))
    if offers := _offers(answer):
        words = " or ".join(f"`jarvis models use {plain(name)}`" for name in offers)
        click.echo(f"\nNo model is chosen. It can write at once: {words}.")
    if suited := answer["suited_embedder"]:
        reason = answer["suited_embedder_reason"]
        click.echo(f"\nTo search, {plain(suited)} suits you: {plain(reason)}.")


def _offers(answer: dict[str, Any]) -> list[str]:
    """Those that can write without a download, where nobody has chosen one."""
    if answer.get("chosen", True):
        return []
    return [
        model["model"]
        for model in answer["models"]
        if model["kind"] in ("apple", "openai") and model["state"] == "ready"
    ]


def _row(model: dict[str, Any], use: str) -> tuple[str, ...]:
    return (
        f"{'*' if model['active'] else ' '} {model['model']}",
        use,
        model["state"],
        _gb(model["size_bytes"]),
        model["licence"] or "",
        "too large for this machine" if model.get("fits") is False else "",
    )


def _gb(size_bytes: int | None) -> str:
    return f"{size_bytes / 1e9:.2f} GB" if size_bytes else "-"


@command.command()
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def use(model: str, as_json: bool) -> None:
    """Let MODEL write from now on: an id of the list, a folder, openai:NAME, or none.

    One that makes vectors searches from now on; with none at all (embedder:none), words
    alone are looked for.

    A model of a server that listens elsewhere is openai:NAME@http://127.0.0.1:1234/v1.
    """
    with connect(start=True) as client:
        known = _as_daemon_knows(model)
        result = client.call("use_model", model=known)
        embedders = client.call("list_models")["embedders"]
    if as_json:
        print_json(result)
    elif model in ("none", f"{_EMBEDDER}none"):
        does = "writes" if model == "none" else "searches"
        click.echo(f"No model {does} from now on.")
    else:
        click.echo(f"{model} {_does(known, embedders)} from now on.")


def _does(model: str, embedders: list[dict[str, Any]]) -> str:
    """What a model is there for that was just chosen by this name."""
    wanted = model.removeprefix(_EMBEDDER).casefold()
    active = (each["model"].casefold() for each in embedders if each["active"])
    names = {name for each in active for name in (each, each.partition("/")[2])}
    return "searches" if wanted in names else "writes"


def _as_daemon_knows(model: str) -> str:
    """The daemon runs in another directory, so folders are told in full."""
    name = model.removeprefix(_EMBEDDER)
    path = os.path.expanduser(name)
    if not os.path.isdir(path):
        return model
    return model.removesuffix(name) + os.path.abspath(path)


@command.command()
@click.argument("model", required=False)
@click.option(
    "--search", is_flag=True, help="The one that suits your mail's languages."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def pull(model: str | None, search: bool, yes: bool, as_json: bool) -> None:
    """Fetch MODEL from the hub; the one that suits this machine when left out."""
    with connect(start=True) as client:
        client.timeout_s = _LOOK_WITHIN_S
        wanted = model or (_suited_to_search(client) if search else _suited(client))
        found = client.call("pull_model", model=wanted, look_only=True)
        known = _listed(client, found["model"])
        _describe(found, known)
        is_here = known.get("state") in _HERE
        if not agreed("Fetch it?", yes=yes or is_here):
            click.echo("Nothing was fetched.", err=True)
            sys.exit(_NOT_PULLED)
        client.timeout_s = _PULL_WITHIN_S
        try:
            with _shown_progress(found["model"], found["size_bytes"]):
                result = client.call("pull_model", model=found["model"])
        except KeyboardInterrupt:
            click.echo(
                "Stopped. What came so far is kept: pull it again, and it goes on there.",
                err=True,
            )
            raise
    if as_json:
        print_json(result)
        return
    click.echo(f"{plain(result['model'])} is at {plain(result['path'])}.")
    searches = known.get("use") == "searches"
    if result["active"]:
        click.echo(f"It {'searches' if searches else 'writes'} from now on.")
    else:
        does = "search" if searches else "write"
        click.echo(f"To let it {does}: jarvis models use {plain(result['model'])}")


def _suited(client: BlockingClient) -> str:
    """The one that Jarvis would take on this machine."""
    suited: str = client.call("list_models")["suited"]
    return suited


def _suited_to_search(client: BlockingClient) -> str:
    """The one that suits the mail, and why it does."""
    answer = client.call("list_models")
    if (suited := answer["suited_embedder"]) is None:
        raise JarvisError(
            "Your messages cannot be read yet, so it is not known which languages a "
            "model has to know: name one of `jarvis models list`."
        )
    reason = plain(answer["suited_embedder_reason"])
    click.echo(f"{plain(suited)} suits you: {reason}.", err=True)
    return str(suited)


def _listed(client: BlockingClient, model: str) -> dict[str, Any]:
    """What the list says of a model, and its use; nothing where it does not have it."""
    answer = client.call("list_models")
    for use, models in (("writes", "models"), ("searches", "embedders")):
        for each in answer[models]:
            if each["model"] == model:
                return {**each, "use": use}
    return {}


def _describe(found: dict[str, Any], known: dict[str, Any]) -> None:
    """Size, licence and memory, before anything is fetched."""

    def say(text: str) -> None:
        click.echo(plain(text), err=True)

    say(f"{found['model']}: {known.get('description') or 'not looked at by Jarvis.'}")
    say(f"  size     {_gb(found['size_bytes'])}")
    note = known.get("licence_note") or ""
    licence = found["licence"] or "not named: see its page"
    say(f"  licence  {licence}. {note}".rstrip())
    memory = _gb(known.get("memory_bytes"))
    unfit = " (too much for this machine)" if known.get("fits") is False else ""
    say(f"  memory   {memory}{unfit}")
    say(f"  folder   {found['path']}")


@contextlib.contextmanager
def _shown_progress(model: str, total_bytes: int) -> Iterator[None]:
    """A bar that grows with what the daemon tells, on a connection of its own."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with (
        connect(start=False) as ear,
        Progress(*columns, console=Console(stderr=True)) as bar,
    ):
        task = bar.add_task(model, total=total_bytes)
        events = ear.events(["model_progress"])

        def follow() -> None:
            with contextlib.suppress(ConnectionLost):
                for event in events:
                    params = event["params"]
                    if event["method"] == "model_progress" and params["model"] == model:
                        bar.update(task, completed=params["done_bytes"] or 0)

        # It waits for events that may never come, and ends with the process.
        threading.Thread(target=follow, daemon=True).start()
        yield
        bar.update(task, completed=total_bytes)


@command.command()
@click.argument("model")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def rm(model: str, yes: bool, as_json: bool) -> None:
    """Delete MODEL, which was pulled; folders of your own are never touched."""
    if not agreed(f"Delete {model}?", yes=yes):
        click.echo("Nothing was deleted.", err=True)
        sys.exit(1)
    with connect(start=True) as client:
        result = client.call("remove_model", model=model)
    if as_json:
        print_json(result)
    else:
        click.echo(f"{model} is deleted.")


@command.command()
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def info(model: str, as_json: bool) -> None:
    """Show everything that is known of MODEL."""
    with connect(start=True) as client:
        answer = client.call("list_models")
        found = _named([*answer["models"], *answer["embedders"]], model)
    if as_json:
        print_json(found)
        return
    known = [(name, str(value)) for name, value in found.items() if value is not None]
    click.echo(table(known, None, None))


def _named(models: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The model of that id, or of that name within its organisation.

    Raises:
        JarvisError: there is none.
    """
    wanted = name.casefold()
    for model in models:
        full = model["model"].casefold()
        if wanted in (full, full.partition("/")[2]):
            return model
    raise JarvisError(f'There is no model "{name}"; see `jarvis models list`.')
