"""`jarvis eval`: whether suggestions help, measured on one's own past replies."""

from __future__ import annotations

import click

from jarvis.cli.connect import print_json


@click.command()
@click.option(
    "--last", default=100, show_default=True, help="How many of your replies."
)
@click.option(
    "--model", "models", multiple=True, help="Judge this one; may be repeated."
)
@click.option("--no-model", is_flag=True, help="Only the routes without a model.")
@click.option(
    "--compare", nargs=2, metavar="MODEL MODEL", help="Also their difference."
)
@click.option("--home", type=click.Path(), help="Where config.toml and models are.")
@click.option("--chat-db", type=click.Path(), help="Apple's chat.db, or a copy of it.")
@click.option("--contacts-db", type=click.Path(), help="AddressBook folder or file.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(
    last: int,
    models: tuple[str, ...],
    no_model: bool,
    compare: tuple[str, str] | None,
    home: str | None,
    chat_db: str | None,
    contacts_db: str | None,
    as_json: bool,
) -> None:
    """Replay your last replies: what would have been offered, and how near it came.

    At each of them only what stands before it is known. Nothing is sent or kept and no
    message is shown: what is printed are figures, explained in docs/drafting.md. MODEL is
    what `jarvis models use` takes; when left out, the model that writes now.

    Without a model 100 replies take about ten seconds in a long history. A model writes
    three replies to each of yours, so 100 of them take as long as 300 drafts. Ctrl-C
    prints what was done so far.
    """
    import asyncio
    import sys

    from jarvis.cli.eval_run import Progress, evaluate, plan_for
    from jarvis.cli.eval_table import figures_in_json, table_of
    from jarvis.config import load_settings

    if last < 1:
        raise click.UsageError("--last is 1 or more.")
    if no_model and (models or compare):
        raise click.UsageError("--no-model leaves no model to judge.")
    if compare and compare[0] == compare[1]:
        raise click.UsageError("--compare wants two different models.")
    settings = load_settings(
        {"home": home, "chat_db": chat_db, "contacts_db": contacts_db}
    )
    plan = plan_for(
        settings,
        last=last,
        models=tuple(dict.fromkeys((*models, *(compare or ())))),
        without_model=no_model,
    )
    progress = Progress(is_shown=sys.stderr.isatty())
    try:
        asyncio.run(evaluate(settings, plan, progress))
    finally:
        # Also after Ctrl-C, or when a model has died on the way.
        progress.end()
        if progress.scores:
            report = progress.report(compare or None)
            if as_json:
                print_json(figures_in_json(report))
            else:
                click.echo(table_of(report))
