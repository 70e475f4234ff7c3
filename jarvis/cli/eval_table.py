"""The figures of `jarvis eval` as a table for people, and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from jarvis.assistant.evaluating.likelihood import LikelihoodReport
from jarvis.assistant.evaluating.report import (
    Difference,
    GateFigures,
    Report,
    RouteFigures,
)
from jarvis.assistant.evaluating.scores import SHARES, Measure
from jarvis.assistant.screening.judging import REASONS
from jarvis.cli.render import plain, table
from jarvis.records import Estimate

MEASURE_ROWS: Final[dict[Measure, str]] = {
    "sent_text": "sent text among three",
    "stance": "stance among three",
    "chrf_best": "chrF, best of three",
    "chrf_first": "chrF, first",
    "cosine_best": "TF-IDF cosine, best of three",
    "length_ratio": "length ratio, first",
    "style_distance": "style distance, first",
}
_ROUTE_ROWS: Final[dict[str, Callable[[RouteFigures], str]]] = {
    "replies": lambda each: str(each.moments),
    "no suggestion": lambda each: _share(each.without_offer),
    "latency p50": lambda each: _latency(each.p50_ms),
    "latency p95": lambda each: _latency(each.p95_ms),
    "first word p50": lambda each: _latency(each.first_word_p50_ms),
    "tokens a second p50": lambda each: _pace(each.tokens_per_second),
    "texts dropped": lambda each: _NONE if each.dropped is None else str(each.dropped),
}
_GATE_ROWS: Final[dict[str, Callable[[GateFigures], str]]] = {
    "gate: messages": lambda gate: str(gate.turns),
    "gate: answered": lambda gate: str(gate.answered),
    "gate: precision": lambda gate: _share(gate.precision),
    "gate: recall": lambda gate: _share(gate.recall),
}
ROWS: Final = (*_ROUTE_ROWS, *MEASURE_ROWS.values(), *_GATE_ROWS)
"""All that is printed, as it is called; docs/drafting.md explains each."""

_WIDEST: Final = 28
_FEWEST: Final = 30
_NONE: Final = "-"


def figures_in_json(report: Report | LikelihoodReport) -> Any:
    """The report in plain values."""
    return msgspec.to_builtins(report)


def table_of(report: Report) -> str:
    """The report in columns, one a route; intervals of 95 % in brackets."""
    routes = report.routes
    rows = [["", *(each.route for each in routes)]]
    rows += [
        [name, *(show(each) for each in routes)] for name, show in _ROUTE_ROWS.items()
    ]
    rows += [
        [name, *(_shown(measure, each.measures[measure]) for each in routes)]
        for measure, name in MEASURE_ROWS.items()
    ]
    gate = [[name, show(report.gate)] for name, show in _GATE_ROWS.items()]
    routes_wide = [_WIDEST] * len(routes)
    parts = [table(rows, None, *routes_wide), table(gate, None, None)]
    parts += [_dropped(each) for each in routes if each.dropped]
    if report.difference is not None:
        parts.append(_difference(report.difference))
    moments = max((each.moments for each in routes), default=0)
    if moments < _FEWEST:
        parts.append(f"Of {moments} replies no figure says much.")
    return "\n\n".join(parts)


def likelihood_table_of(
    report: LikelihoodReport, compared: tuple[str, str] | None
) -> str:
    """How likely each model finds what was sent, a line each."""
    rows = [["", "replies", "nats per character", "tokens of the prompt"]]
    rows += [
        [
            each.model,
            str(each.nats_per_character.count),
            _bracketed(each.nats_per_character, "{:.3f}"),
            _bracketed(each.prompt_tokens, "{:.0f}"),
        ]
        for each in report.models
    ]
    parts = [table(rows, _WIDEST, None, None, None)]
    if report.difference is not None and compared is not None:
        first, second = map(plain, compared)
        change = _bracketed(report.difference, "{:+.3f}")
        parts.append(f"{second} minus {first}: {change}")
    return "\n\n".join(parts)


def _dropped(figures: RouteFigures) -> str:
    counts = figures.dropped_by_reason.items()
    rows = [[REASONS[reason], str(count)] for reason, count in counts]
    head = f"Why texts of {plain(figures.route)} were dropped"
    return f"{head}\n{table(rows, None, None)}"


def _difference(difference: Difference) -> str:
    head = f"{plain(difference.second)} minus {plain(difference.first)}"
    rows = [
        [MEASURE_ROWS[measure], _change(measure, estimate)]
        for measure, estimate in difference.measures.items()
    ]
    return f"{head}\n{table(rows, None, None)}"


def _shown(measure: Measure, estimate: Estimate) -> str:
    return _share(estimate) if measure in SHARES else _bracketed(estimate, "{:.2f}")


def _share(estimate: Estimate) -> str:
    return _bracketed(estimate, "{:.0%}")


def _change(measure: Measure, estimate: Estimate) -> str:
    return _bracketed(estimate, "{:+.0%}" if measure in SHARES else "{:+.2f}")


def _bracketed(estimate: Estimate, form: str) -> str:
    if estimate.value is None:
        return _NONE
    value, low, high = map(form.format, (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})"


def _pace(tokens_per_second: float | None) -> str:
    return _NONE if tokens_per_second is None else f"{tokens_per_second:.1f}"


def _latency(latency_ms: float | None) -> str:
    if latency_ms is None:
        return _NONE
    return f"{latency_ms:.1f} ms" if latency_ms < 100 else f"{latency_ms:.0f} ms"
