"""A conversation as a model knows one: what others wrote as user turns, the user's own as
assistant turns, so that the next turn is the reply.

Whatever else has to be told stands in square brackets on lines of its own in user turns: a
picture, a reaction, what the user wishes. No line that somebody wrote begins with such a
bracket, and in a group each message begins with a name while its further lines are
indented, so that nobody can write in another's name. Turns alternate and begin with a user
turn, as the templates of most families demand.

Source: docs/adr/0039, where the forms of prompts are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from jarvis.assistant.context import Context, Line
from jarvis.assistant.history.examples import Example
from jarvis.inference.engine import Turn

_NOTE: Final = "["
"""How a line begins that nobody in the conversation wrote."""
_LEFT_OUT: Final = "…"
"""Notes that something came before what the user wrote."""


def chat_turns(
    context: Context, examples: Sequence[Example], notes: Sequence[str] = ()
) -> tuple[Turn, ...]:
    """The conversation, earlier answers in front of it and notes for the model behind it.

    Args:
        context: the conversation.
        examples: what others wrote before it and what the user answered, oldest first.
        notes: what the model is told last, a line each.
    """
    builder = _TurnBuilder(context)
    for example in examples:
        builder.add("user", example.incoming)
        builder.add("assistant", example.reply)
    if context.lines[0].speaker is None:
        builder.note(_LEFT_OUT)
    for line in context.lines:
        builder.line(line)
    for note in notes:
        builder.note(note)
    return builder.turns()


def notes_in(turns: Sequence[Turn]) -> list[str]:
    """The lines of a conversation's turns that nobody in it wrote."""
    lines = (
        line
        for turn in turns
        if turn.role == "user"
        for line in turn.content.split("\n")
    )
    return [line for line in lines if line.startswith(_NOTE)]


class _TurnBuilder:
    """Makes turns line by line; what one side says in a row is one turn."""

    def __init__(self, context: Context) -> None:
        self._turns: list[tuple[Literal["user", "assistant"], list[str]]] = []
        self._is_group = len(context.people) > 1

    def line(self, line: Line) -> None:
        """What was written, or a note of what has no words; then what belongs to it."""
        if line.is_note:
            self._note_of(line, line.text)
        elif line.speaker is None:
            self.add("assistant", line.text)
        elif self._is_group:
            first, *others = line.text.splitlines()
            self.add("user", "\n  ".join([f"{line.speaker}: {first}", *others]))
        else:
            self.add("user", line.text)
        if line.files:
            self._note_of(line, line.files)
        if line.reactions:
            self.note(", ".join(line.reactions))

    def add(self, role: Literal["user", "assistant"], text: str) -> None:
        """What one side said."""
        if role == "user":
            text = "\n".join(map(_no_note, text.splitlines()))
        self._append(role, text)

    def note(self, text: str) -> None:
        """A line that nobody in the conversation wrote."""
        self._append("user", f"{_NOTE}{' '.join(text.split())}]")

    def turns(self) -> tuple[Turn, ...]:
        """All of it, as templates take it."""
        return tuple(
            Turn(role=role, content="\n".join(lines)) for role, lines in self._turns
        )

    def _note_of(self, line: Line, text: str) -> None:
        """Note what somebody sent that has no words."""
        is_told = line.speaker is None or self._is_group
        self.note(f"{text} from {line.speaker or 'me'}" if is_told else text)

    def _append(self, role: Literal["user", "assistant"], text: str) -> None:
        if self._turns and self._turns[-1][0] == role:
            self._turns[-1][1].append(text)
        else:
            self._turns.append((role, [text]))


def _no_note(line: str) -> str:
    """A line that somebody wrote, so that it is none of Jarvis's own."""
    return f" {line}" if line.startswith(_NOTE) else line
