"""The "thread" prompt form: a conversation as the demo's own model reads it.

A prompt is lines joined by one newline, with none at the end:

    Chat with NAME[, NAME]...     the others' first names, by first appearance
    NAME: text                    a message; Me: text for the owner's own
    Intent: STANCE                for a reply only, and only if one is wanted
    Task: reply                   or: Task: summary

A newline in a message becomes a space. The newest 14 messages are kept. The prompt is
the user's one message in the chat template; what the assistant answers is the reply,
or the summary's one line followed by "- point" lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from jarvis.demo.talk.thread import Turn

WINDOW_TURNS = 14
"""How many of the newest messages a prompt holds at most."""


def thread_head(people: Sequence[str], turns: Sequence[Turn]) -> str:
    """The part of a prompt that all tasks on a thread share, ending in a newline."""
    said = [
        f"{turn.speaker}: {' '.join(turn.text.split())}\n"
        for turn in turns[-WINDOW_TURNS:]
    ]
    return f"Chat with {', '.join(people)}\n{''.join(said)}"


def task_tail(task: str, stance: str | None = None) -> str:
    """The part of a prompt that says what is wanted."""
    intent = f"Intent: {stance}\n" if stance is not None else ""
    return f"{intent}Task: {task}"


def thread_prompt(
    people: Sequence[str],
    turns: Sequence[Turn],
    *,
    task: str,
    stance: str | None = None,
) -> str:
    """The whole prompt; task is "reply" or "summary", stance one of STANCES."""
    return thread_head(people, turns) + task_tail(task, stance)
