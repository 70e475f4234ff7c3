"""What a draft's card says above its text: which suggestion, how it goes, who wrote it."""

from __future__ import annotations

from jarvis.records import SuggestionSource
from jarvis.tui.store.card import Card, Phase, Suggestion
from jarvis.tui.store.daemon_state import Model
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.when import duration

_SOURCES: dict[SuggestionSource | None, str] = {
    "scripted": "scripted text, no model",
}


def title(card: Card, model: Model, now_s: float, *, is_warming_up: bool) -> list[str]:
    """The facts of the card, most important first, so that a narrow one drops the last."""
    facts = [_number(card), _phase(card, now_s, is_warming_up=is_warming_up)]
    if card.is_outdated:
        facts.append("older than the last message")
    if card.current is not None and card.current.foreign:
        facts.append(f"check {one_line(', '.join(card.current.foreign))}")
    source = _source(card.current, model)
    if source is not None:
        facts.append(source)
    if card.phase is not Phase.ASKING:
        facts += _figures(card)
    return facts


def _number(card: Card) -> str:
    if card.phase is Phase.ASKING or card.count < 2:
        return "Draft"
    return f"Draft {card.shown + 1}/{card.count}"


def _phase(card: Card, now_s: float, *, is_warming_up: bool) -> str:
    waited_s = now_s - card.asked_at_s
    match card.phase:
        case Phase.ASKING if card.progress is not None:
            return f"{card.progress.words} · {waited_s:.0f} s"
        case Phase.ASKING if is_warming_up:
            return f"warming up the model · {waited_s:.0f} s"
        case Phase.ASKING:
            return f"asking · {waited_s:.1f} s"
        case Phase.STREAMING:
            return "writing"
        case Phase.STOPPED:
            return "stopped"
        case Phase.FAILED:
            return "failed"
    return "ready before you asked" if card.is_prefetched else "ready"


def _source(suggestion: Suggestion | None, model: Model) -> str | None:
    if suggestion is None:
        return None
    source = suggestion.source
    if source is None and model.is_scripted:
        source = "scripted"
    return _SOURCES.get(source, one_line(model.name or "") or None)


def _figures(card: Card) -> list[str]:
    figures = []
    if card.first_token_ms is not None:
        figures.append(f"{duration(card.first_token_ms)} to first token")
    if card.tokens_per_second is not None and card.tokens > 1:
        figures.append(f"{card.tokens_per_second:.0f} tok/s")
    current = card.current
    if current is not None and current.confidence is not None:
        figures.append(f"{current.confidence:.0%} sure")
    return figures
