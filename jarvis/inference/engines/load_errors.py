"""Why a model's folder cannot be loaded, in a sentence that says what to do about it."""

from __future__ import annotations

from jarvis.letters import head


def explain(error: Exception, model_name: str) -> str:
    """One sentence for what mlx-lm and its parsers raise."""
    reason = first_line(error)
    where = f"The model {model_name}"
    if isinstance(error, MemoryError) or "malloc" in reason:
        return f"{where} does not fit in memory: choose a smaller one."
    if isinstance(error, FileNotFoundError):
        return f"{where} lacks a file ({reason}): fetch it again."
    if "safetensors" in reason or reason.startswith("[read]"):
        return f"{where} has damaged or incomplete weights ({reason}): fetch it again."
    if "not supported" in reason:
        return f"{where} is of a kind mlx-lm does not know ({reason}): choose another."
    return (
        f"{where} cannot be loaded ({type(error).__name__}: {reason}): fetch it again "
        "or choose another."
    )


def first_line(error: Exception) -> str:
    """The first line of what an exception says; its name where it says nothing."""
    lines = str(error).splitlines() or [type(error).__name__]
    return head(lines[0].rstrip("."), 200)
