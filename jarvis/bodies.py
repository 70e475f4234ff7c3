"""The parts of a body read as words: what its text is, wherever it is shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from jarvis.records import Part


def has_words(parts: Sequence[Part]) -> bool:
    """Whether somebody wrote or said something in them."""
    return any(part.kind == "text" and part.text.strip() for part in parts)


def text_of(parts: Sequence[Part]) -> str:
    """The words of all parts, kept apart where a file or the end of a part lies between.

    A mark is described where it stands in words; by itself it says nothing.
    """
    if not has_words(parts):
        return "".join(part.text for part in parts if part.kind == "text")
    said = ""
    before: Part | None = None
    for part in parts:
        if part.kind != "file":
            words = part.text if part.kind == "text" else f"[{part.text}]"
            said += (_between(said, words, before, part) if said else "") + words
        before = part
    return said


def _between(said: str, words: str, before: Part | None, part: Part) -> str:
    """What parts two stretches: a newline, or a blank beside a mark; nothing twice."""
    if said[-1].isspace() or words[:1].isspace():
        return ""
    if before is not None and "mark" in (before.kind, part.kind):
        is_word = said[-1].isalnum() or words[:1].isalnum()
        return " " if is_word else ""
    return "\n"
