"""What the search says of itself: what was found and how, how far the index is. Pure."""

from __future__ import annotations

from typing import Final

from jarvis.protocol.methods.search import IndexState, SearchResults
from jarvis.tui.store.search import Search
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.message_rows import Part
from jarvis.tui.text.question import FILTERS
from jarvis.tui.text.when import duration

_MINUTES_FROM_S: Final = 100
NOT_CONNECTED: Final = "Jarvis is not connected; it is asked when it is back."


def facts(search: Search, *, is_online: bool) -> list[Part]:
    """The lines below the hits: the answer, and the index it came from."""
    lines: list[Part] = [("hint", one_line(hint)) for hint in search.hints]
    if not is_online:
        lines.append(("bad", NOT_CONNECTED))
    index = None if search.index is None else _index(search.index)
    if search.answer is not None:
        style, found = _found(search, search.answer)
        if index is not None and index[0] == "fact":
            found, index = f"{found} · {index[1]}", None
        lines.append((style, found))
        if search.answer.mode_used == "semantic" and search.answer.reason:
            lines.append(("warn", one_line(search.answer.reason)))
    if index is not None:
        lines.append(index)
    elif search.index is None and search.answer is not None:
        lines += _partly(search.answer)
    if search.is_asking and search.answer is None:
        lines.append(("fact", "searching…"))
    return lines


def notes(search: Search) -> list[Part]:
    """What stands in the place of hits; empty where there are some."""
    if search.hits:
        return []
    if search.failure is not None:
        return [("bad", one_line(search.failure))]
    if search.answer is not None:
        return [
            ("heading", "Nothing is found."),
            ("fact", "Other words may find it; filters count exactly."),
        ]
    if search.is_asking:
        return []
    width = max(len(written) for written, _ in FILTERS)
    return [
        ("heading", "Write what it was about, in your own words."),
        ("fact", ""),
        *(("fact", f"{written:<{width}}   {does}") for written, does in FILTERS),
    ]


def _found(search: Search, answer: SearchResults) -> Part:
    count = len(search.hits)
    total = answer.total_results
    found = f"{count:,} found" if answer.next is None else f"{count:,} found so far"
    if total is not None and total > count:
        found = f"{count:,} of {total:,} found"
    took = duration(sum(answer.took_ms.values()))
    reason = one_line(answer.reason or "")
    if answer.mode_used == "keyword":
        why = f": {reason}" if reason else ""
        return "warn", f"{found} · {took} · by words only{why}"
    return "fact", f"{found} · {took} · by meaning and words"


def _partly(answer: SearchResults) -> list[Part]:
    """How much of the history could be found, where that is not all of it."""
    if answer.indexed >= answer.total:
        return []
    return [("warn", _of(answer.indexed, answer.total, "messages indexed"))]


def _index(index: IndexState) -> Part:
    reason = f": {one_line(index.reason)}" if index.reason else ""
    words = _of(index.indexed, index.total, "messages indexed")
    meaning = _of(index.embedded, index.to_embed, "texts by meaning")
    match index.state:
        case "failed":
            return "bad", f"the index failed{reason}"
        case "paused":
            return "warn", f"the index is paused{reason} · {words} · {meaning}"
        case "keywords":
            return "warn", f"{words}{_left(index)}"
        case "vectors":
            return "warn", f"{words} · {meaning}{_left(index)}"
        case "waiting":
            return "warn", f"the index waits{reason} · {words}"
    return "fact", f"{index.indexed:,} messages indexed"


def _of(done: int, total: int, what: str) -> str:
    return f"{done:,} {what}" if done >= total else f"{done:,} of {total:,} {what}"


def _left(index: IndexState) -> str:
    if index.eta_s is None:
        return ""
    if index.eta_s < _MINUTES_FROM_S:
        return f" · {duration(index.eta_s * 1000)} left"
    return f" · {index.eta_s / 60:.0f} min left"
