"""What the scripted engine is told: to whom it writes, and about what."""

from __future__ import annotations

from jarvis.assistant.context import Context
from jarvis.assistant.generation.prompt_style import (
    REPLY_TOKENS,
    SUMMARY_TOKENS,
    ReplyAsk,
    SummaryAsk,
)
from jarvis.inference.engine import Prompt, Sampling, Turn


class ScriptStyle:
    """The person stands in the rules' place, the newest message in the conversation's."""

    rules_tokens = 300
    """As a model's, so that as much of a conversation counts as read."""
    takes_notes = True
    is_screened = False

    def window(self, context: Context) -> Context:
        """See PromptStyle."""
        return context

    def reply(self, context: Context, ask: ReplyAsk) -> Prompt:
        """See PromptStyle."""
        return Prompt(
            task="reply",
            turns=_turns(context),
            chat_id=ask.chat_id,
            suggestion=ask.suggestion,
            sampling=Sampling(max_tokens=REPLY_TOKENS),
        )

    def summary(self, context: Context, ask: SummaryAsk) -> Prompt:
        """See PromptStyle."""
        return Prompt(
            task="summary",
            turns=_turns(context),
            chat_id=ask.chat_id,
            sampling=Sampling(max_tokens=SUMMARY_TOKENS),
        )

    def own_words(self, prompt: Prompt) -> str:
        """See PromptStyle: none."""
        return ""


def _turns(context: Context) -> tuple[Turn, ...]:
    return (
        Turn(role="system", content=context.person),
        Turn(role="user", content=context.answering[-1].text),
    )
