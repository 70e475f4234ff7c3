"""`jarvis eval`: whether suggestions help, measured on one's own past replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click
from click.core import ParameterSource

from jarvis.cli.connect import connect, print_json

if TYPE_CHECKING:
    from jarvis.cli.eval_run import Progress


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
@click.option(
    "--likelihood", is_flag=True, help="How likely a model finds what you sent."
)
@click.option(
    "--chat-template",
    type=click.File(encoding="utf-8"),
    help="That of a server's model, for --likelihood.",
)
@click.option(
    "--trend", is_flag=True, help="How often you used what was suggested, by week."
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
    likelihood: bool,
    chat_template: TextIO | None,
    trend: bool,
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

    With --likelihood a model writes nothing: it reads what you sent, and the figure is how
    much each letter surprised it, in nats. No chance is in that, so 60 replies tell two
    models apart.

    With --trend nothing is replayed: it shows what became of the suggestions that you were
    really shown, week by week, as the daemon has counted it.
    """
    import asyncio
    import sys

    from jarvis.cli.eval_run import Progress, evaluate, measure_likelihood, plan_for
    from jarvis.config import load_settings

    if trend:
        _show_trend(as_json=as_json)
        return
    asked = tuple(dict.fromkeys((*models, *(compare or ()))))
    if last < 1:
        raise click.UsageError("--last is 1 or more.")
    if compare and compare[0] == compare[1]:
        raise click.UsageError("--compare wants two different models.")
    if no_model:
        _check_no_model(asked, likelihood=likelihood)
    settings = load_settings(
        {"home": home, "chat_db": chat_db, "contacts_db": contacts_db}
    )
    plan = plan_for(
        settings,
        last=last,
        models=asked,
        without_model=no_model,
        chat_template=chat_template.read() if chat_template else None,
    )
    progress = Progress(is_shown=sys.stderr.isatty())
    try:
        run = measure_likelihood if likelihood else evaluate
        asyncio.run(run(settings, plan, progress))
    finally:
        # Also after Ctrl-C, or when a model has died on the way.
        progress.end()
        _show(progress, compare or None, as_json=as_json)


def _check_no_model(asked: tuple[str, ...], *, likelihood: bool) -> None:
    """See that nothing was asked for that a model is needed for.

    Raises:
        UsageError: something was.
    """
    if asked:
        raise click.UsageError("--no-model leaves no model to judge.")
    if likelihood:
        raise click.UsageError("--likelihood is a model's: leave --no-model out.")


def _show_trend(*, as_json: bool) -> None:
    """Print what the daemon counted.

    Raises:
        UsageError: another option was given, which says nothing here.
    """
    context = click.get_current_context()
    for name in context.params.keys() - {"trend", "as_json"}:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(
                "--trend shows what the daemon counted: besides it only --json can be "
                "given. JARVIS_HOME names another home."
            )
    with connect(start=True) as client:
        answer = client.call("get_trend")
    if as_json:
        print_json(answer)
        return
    from jarvis.cli.eval_trend import trend_text

    click.echo(trend_text(answer))


def _show(
    progress: Progress, compared: tuple[str, str] | None, *, as_json: bool
) -> None:
    """Print what was found so far."""
    from jarvis.assistant.evaluating.likelihood import likelihood_report
    from jarvis.cli.eval_table import figures_in_json, likelihood_table_of, table_of

    if progress.likelihoods:
        found = likelihood_report(progress.likelihoods, compared)
        if as_json:
            print_json(figures_in_json(found))
        else:
            click.echo(likelihood_table_of(found, compared))
    if progress.scores:
        report = progress.report(compared)
        if as_json:
            print_json(figures_in_json(report))
        else:
            click.echo(table_of(report))
