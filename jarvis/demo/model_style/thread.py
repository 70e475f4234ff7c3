"""The prompts of the demo's own model: a conversation in plain lines, as it was trained.

A prompt is the user's one message. Its lines, with no newline at the end:

    Chat with NAME[, NAME]...     the others' first names, by first appearance
    NAME: text                    a message; Me: text for the user's own
    Intent: STANCE                for a reply only, and only if one is wanted
    Task: reply                   or: Task: summary

A newline in a message becomes a space. training/prompt.py writes the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jarvis.assistant.context import Context, Line
from jarvis.assistant.generation.prompt_style import (
    REPLY_TOKENS,
    SUMMARY_TOKENS,
    ReplyAsk,
    SummaryAsk,
)
from jarvis.assistant.language.facts import Stance
from jarvis.inference.engine import Prompt, Sampling, Turn
from jarvis.names import first_of, told_apart

_MOST_LINES: Final = 14
_FURTHER_TEMPERATURE: Final = 0.4
_STANCE_WORDS: Final[dict[Stance, tuple[str, ...]]] = {
    "maybe": ("maybe", "unsure", "perhaps", "later", "undecided"),
    "other": ("instead", "another", "other", "different", "reschedule"),
    "no": ("no", "decline", "refuse", "reject", "cancel", "cannot", "can't"),
    "yes": ("yes", "agree", "accept", "confirm", "sure", "ok", "okay"),
}
"""How an instruction says a stance: the model knows no others."""


class ThreadStyle:
    """For a model that was trained on threads in plain lines, and on nothing else."""

    rules_tokens = 0
    takes_notes = False
    is_screened = True

    def window(self, context: Context) -> Context:
        """See PromptStyle: the newest words; what has none was not in the training."""
        return context.spoken().newest(_MOST_LINES)

    def reply(self, context: Context, ask: ReplyAsk) -> Prompt:
        """See PromptStyle."""
        is_further = ask.suggestion > 0 or ask.skip_cache
        told = stance_in(ask.instruction) if ask.instruction else None
        stance = told or ask.stance
        task = "Task: reply"
        return Prompt(
            task="reply",
            turns=self._turns(context, f"Intent: {stance}\n{task}" if stance else task),
            chat_id=ask.chat_id,
            suggestion=ask.suggestion,
            sampling=Sampling(
                max_tokens=REPLY_TOKENS,
                temperature=_FURTHER_TEMPERATURE if is_further else 0.0,
                stop=("\n",),
                seed=ask.seed,
            ),
        )

    def summary(self, context: Context, ask: SummaryAsk) -> Prompt:
        """See PromptStyle."""
        return Prompt(
            task="summary",
            turns=self._turns(context, "Task: summary"),
            chat_id=ask.chat_id,
            sampling=Sampling(max_tokens=SUMMARY_TOKENS, temperature=0.0),
        )

    def own_words(self, prompt: Prompt) -> str:
        """See PromptStyle: the first line and the last ones."""
        first, *others = prompt.turns[0].content.split("\n")
        asks = [line for line in others if line.startswith(("Intent: ", "Task: "))]
        return "\n".join([first, *asks])

    def _turns(self, context: Context, task: str) -> tuple[Turn, ...]:
        shown = self.window(context)
        short = {
            each.speaker: each.short_name for each in context.lines if each.speaker
        }
        spoke = (line.speaker for line in shown.lines if line.speaker and line.handle)
        people = [*dict.fromkeys((*spoke, *context.people))]
        names = [first_of(short.get(each) or each) for each in people]
        called = dict(zip(people, told_apart(names), strict=True))
        said = (_line(line, called) for line in shown.lines)
        lines = [f"Chat with {', '.join(called.values())}", *said, task]
        return (Turn(role="user", content="\n".join(lines)),)


def _line(line: Line, called: Mapping[str, str]) -> str:
    speaker = "Me" if line.speaker is None else called.get(line.speaker, line.speaker)
    return f"{speaker}: {' '.join(line.text.split())}"


def stance_in(instruction: str) -> Stance | None:
    """The stance an instruction asks for in plain words; null when it names none."""
    words = instruction.casefold().replace("’", "'").split()
    said = {word.strip('.,!?;:"') for word in words}
    for stance, names in _STANCE_WORDS.items():
        if not said.isdisjoint(names):
            return stance
    return None
