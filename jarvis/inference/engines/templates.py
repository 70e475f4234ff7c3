"""From the turns of a prompt to token ids, through a model's own chat template."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Opening, Prompt, Turn
from jarvis.inference.engines.load_errors import first_line
from jarvis.inference.engines.prompt_cache import common_prefix
from jarvis.inference.output.control_tokens import Neutraliser
from jarvis.inference.output.marks import leaves_thought_open

_HELLO: Final = Turn(role="user", content="hello")


class ChatTemplate:
    """The template of a tokenizer of mlx-lm; message text gives no control tokens.

    Raises:
        ModelUnavailable: it has none, or one that does not work.
    """

    def __init__(self, tokenizer: Any, model_name: str) -> None:
        self._tokenizer = tokenizer
        self._neutralise = Neutraliser(tokenizer.get_added_vocab())
        self._takes_system_turn = self._check(model_name)
        begun = str(self._apply((_HELLO,), tokenize=False))
        self.opening: Opening = "thought" if leaves_thought_open(begun) else "reply"

    def _check(self, model_name: str) -> bool:
        """Whether the template has room for rules of their own."""
        if not self._tokenizer.has_chat_template:
            raise ModelUnavailable(
                f"The model {model_name} has no chat template, so it cannot follow "
                'a conversation: choose an "instruct" or "chat" model.'
            )
        try:
            self._apply((_HELLO,), tokenize=False)
        except Exception as error:
            raise ModelUnavailable(
                f"The chat template of {model_name} does not work "
                f"({first_line(error)}): fetch the model again or choose another."
            ) from error
        try:
            rules = Turn(role="system", content="rules")
            return "rules" in self._apply((rules, _HELLO), tokenize=False)
        # Templates say in their own way that they know no system turns.
        except Exception:
            return False

    def ids(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt, up to where the model is to go on."""
        turns = prompt.turns
        if not self._takes_system_turn:
            turns = rules_in_first_ask(turns)
        return list(self._apply(turns))

    def stable_tokens(self, prompt: Prompt, ids: list[int]) -> int:
        """How many of a prompt's ids come before the last line of its last turn.

        What differs between two texts about one conversation stands there.
        """
        *turns, last = prompt.turns
        begin, _, _ = last.content.rpartition("\n")
        without = Turn(role=last.role, content=begin)
        return common_prefix(
            ids, self.ids(msgspec.structs.replace(prompt, turns=(*turns, without)))
        )

    def _apply(self, turns: tuple[Turn, ...], *, tokenize: bool = True) -> Any:
        messages = [
            {"role": turn.role, "content": self._neutralise(turn.content)}
            for turn in turns
        ]
        return self._tokenizer.apply_chat_template(
            messages,
            tokenize=tokenize,
            add_generation_prompt=True,
            enable_thinking=False,
        )


def rules_in_first_ask(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same turns for a model that takes no system turns."""
    rules = [turn.content for turn in turns if turn.role == "system"]
    first, *others = [turn for turn in turns if turn.role != "system"]
    content = "\n\n".join([*rules, first.content])
    return Turn(role=first.role, content=content), *others


def control_ids(tokenizer: Any) -> frozenset[int]:
    """The ids of a template's marks: those that end a text, and all others."""
    marks = tokenizer.added_tokens_decoder.items()
    return frozenset(
        {*tokenizer.eos_token_ids, *(number for number, mark in marks if mark.special)}
    )
