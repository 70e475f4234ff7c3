"""One run of `jarvis eval`: the models it asks, the replies it judges, how far it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import click
from msgspec.structs import replace

from jarvis.assistant.evaluating.likelihood import Likelihood, likelihoods
from jarvis.assistant.evaluating.moments import Moment, moments_of, turns_since
from jarvis.assistant.evaluating.replay import (
    Offering,
    Score,
    Verdict,
    judge_turns,
    offer_of_model,
    offer_smart_replies,
    replay,
)
from jarvis.assistant.evaluating.report import Report, report_on
from jarvis.cli.composition import GENERATOR, STYLES
from jarvis.cli.eval_mail import Mail, reading_mail
from jarvis.cli.waiting import WaitingLine
from jarvis.config import Settings
from jarvis.daemon.home import prepare_home
from jarvis.daemon.models import configured_selection, first_selection
from jarvis.daemon.reply_history import NEWEST_MESSAGES
from jarvis.errors import JarvisError, NoModelChosen
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.selection import selection_of
from jarvis.inference.pool.supervisor import Supervisor, supervised
from jarvis.inference.states import Selection
from jarvis.records import PlainMessage

_AROUND_A_REPLY: Final = 20
"""Messages of all conversations that come with each reply; else fewer replies are seen."""
_WITHOUT_MODEL: Final[Mapping[str, Offering]] = {
    "smart replies": offer_smart_replies,
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be judged: so many replies, by models under the name they were asked for.

    The name null is that of the model which writes now, if there is one.
    """

    last: int
    selections: Mapping[str | None, Selection]


def plan_for(
    settings: Settings,
    *,
    last: int,
    models: Sequence[str],
    without_model: bool,
    chat_template: str | None = None,
) -> Plan:
    """What a person asked for, with a home for the models' log.

    `chat_template` is that of a server's model, which only likelihoods need.

    Raises:
        ConfigError: the home cannot be used.
    """
    if without_model:
        return Plan(last=last, selections={})
    prepare_home(settings.home)
    if not models:
        selection, _ = first_selection(settings)
        return Plan(
            last=last,
            selections={None: replace(selection, chat_template=chat_template)},
        )
    configured = replace(configured_selection(settings), chat_template=chat_template)
    return Plan(
        last=last,
        selections={name: selection_of(name, configured) for name in models},
    )


class Progress:
    """What was found so far, and a line on stderr that tells how far it is."""

    def __init__(self, *, is_shown: bool) -> None:
        self.scores: dict[str, list[Score]] = {}
        """By route, in the order of the moments."""
        self.likelihoods: dict[str, list[Likelihood | None]] = {}
        """By model, in the order of the moments."""
        self._line = WaitingLine(is_shown=is_shown)
        self._verdicts: list[Verdict] = []

    def begin(self, routes: Sequence[str]) -> None:
        """These routes come next."""
        for route in routes:
            self.scores[route] = []

    def note_scores(self, scores: Mapping[str, Score], total: int) -> None:
        """One more moment is done, of so many."""
        for route, score in scores.items():
            self.scores[route].append(score)
        name, done = next((name, self.scores[name]) for name in scores)
        self._line.show(f"{name}: {len(done)} of {total} replies")

    def note_verdict(self, verdict: Verdict, total: int) -> None:
        """One more turn is done, of so many."""
        self._verdicts.append(verdict)
        self._line.show(f"gate: {len(self._verdicts)} of {total} messages")

    def note_likelihood(self, model: str, found: Likelihood | None, total: int) -> None:
        """One more moment is done, of so many."""
        done = self.likelihoods.setdefault(model, [])
        done.append(found)
        self._line.show(f"{model}: {len(done)} of {total} replies")

    def report(self, compared: tuple[str, str] | None) -> Report:
        """The figures so far."""
        return report_on(self.scores, self._verdicts, compared)

    def end(self) -> None:
        """Clear the line."""
        self._line.show("")


@dataclass(frozen=True, kw_only=True)
class _Past:
    """The replies to judge, and what may be known of at each of them."""

    mail: Mail
    moments: Sequence[Moment]
    history: Sequence[PlainMessage]

    async def judge(self, routes: Mapping[str, Offering], progress: Progress) -> None:
        """Replay all moments by these routes."""
        progress.begin(list(routes))
        async for scores in replay(self.moments, self.history, self.mail, routes):
            progress.note_scores(scores, len(self.moments))


async def evaluate(settings: Settings, plan: Plan, progress: Progress) -> None:
    """Replay; what is found is noted as it comes.

    Raises:
        StoreUnavailable: chat.db cannot be read.
        ModelUnavailable: a model cannot be used, or died.
    """
    async with reading_mail(settings) as mail:
        newest = await mail.newest(NEWEST_MESSAGES + _AROUND_A_REPLY * plan.last)
        moments = moments_of(newest, plan.last)
        history = await mail.with_older(newest, moments)
        past = _Past(mail=mail, moments=moments, history=history)
        await past.judge(_WITHOUT_MODEL, progress)
        turns = turns_since(newest, moments[0].sent_ms) if moments else []
        async for verdict in judge_turns(turns, history, mail):
            progress.note_verdict(verdict, len(turns))
        for name, selection in plan.selections.items():
            await _judge_model(settings, name, selection, past, progress)


async def measure_likelihood(
    settings: Settings, plan: Plan, progress: Progress
) -> None:
    """Have each model of the plan read what was really sent; nothing is written.

    Raises:
        StoreUnavailable: chat.db cannot be read.
        ModelUnavailable: a model cannot be used, died, or does not tell.
    """
    async with reading_mail(settings) as mail:
        newest = await mail.newest(NEWEST_MESSAGES + _AROUND_A_REPLY * plan.last)
        moments = moments_of(newest, plan.last)
        history = await mail.with_older(newest, moments)
        for name, selection in plan.selections.items():

            async def read(
                supervisor: Supervisor, model: ModelRecord, name: str | None = name
            ) -> None:
                async for found in likelihoods(
                    moments, history, mail, supervisor, model, STYLES.of(model)
                ):
                    shown = name or model.name
                    progress.note_likelihood(shown, found, len(moments))

            await _with_model(settings, selection, read)


async def _judge_model(
    settings: Settings,
    name: str | None,
    selection: Selection,
    past: _Past,
    progress: Progress,
) -> None:
    async def judge(supervisor: Supervisor, model: ModelRecord) -> None:
        offering = offer_of_model(
            supervisor, STYLES, lambda: supervisor.state.state == "failed"
        )
        await past.judge({name or model.name: offering}, progress)

    try:
        await _with_model(settings, selection, judge)
    except NoModelChosen as problem:
        if name is not None:
            raise
        click.echo(f"jarvis: {problem}", err=True)


async def _with_model(
    settings: Settings,
    selection: Selection,
    act: Callable[[Supervisor, ModelRecord], Awaitable[None]],
) -> None:
    """Do something with a model, in a worker of its own."""
    problem: JarvisError | None = None
    log_path = settings.home / "worker.log"
    async with supervised(selection, GENERATOR, log_path=log_path) as supervisor:
        try:
            await act(supervisor, await supervisor.model())
        except JarvisError as error:
            problem = error  # raised here it would come out in a group
    if problem is not None:
        raise problem
