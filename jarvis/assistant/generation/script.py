"""What the scripted engine is told: to whom it writes, and about what."""

from __future__ import annotations

import msgspec

from jarvis.assistant.context import Context
from jarvis.assistant.generation.instruct import InstructStyle
from jarvis.assistant.generation.prompt_style import ReplyAsk, SummaryAsk
from jarvis.inference.engine import Prompt, Turn


class ScriptStyle(InstructStyle):
    """The person stands in the rules' place, the newest message in the conversation's."""

    is_screened = False

    def reply(self, context: Context, ask: ReplyAsk) -> Prompt:
        """See PromptStyle."""
        return _told(super().reply(context, ask), context)

    def summary(self, context: Context, ask: SummaryAsk) -> Prompt:
        """See PromptStyle."""
        return _told(super().summary(context, ask), context)


def _told(prompt: Prompt, context: Context) -> Prompt:
    newest = context.answering[-1]
    turns = (
        Turn(role="system", content=context.person),
        Turn(role="user", content=newest.text),
    )
    return msgspec.structs.replace(prompt, turns=turns)
