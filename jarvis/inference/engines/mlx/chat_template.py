"""From the turns of a prompt to token ids, through a model's own chat template."""

from __future__ import annotations

from typing import Final

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Opening, Prompt, Turn, rules_in_first_ask
from jarvis.inference.engines.jinja import Template
from jarvis.inference.engines.mlx.library import first_line
from jarvis.inference.engines.mlx.prompt_cache import common_prefix
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
from jarvis.inference.output.control_tokens import Neutraliser
from jarvis.inference.output.marks import leaves_thought_open

_HELLO: Final = Turn(role="user", content="hello")


class ChatTemplate:
    """The template of a model; message text gives no control tokens.

    Raises:
        ModelUnavailable: it has none, or one that does not work.
    """

    def __init__(self, tokenizer: Tokenizer, model_name: str) -> None:
        if tokenizer.template is None:
            raise ModelUnavailable(
                f"The model {model_name} has no chat template, so it cannot follow "
                'a conversation: choose an "instruct" or "chat" model.'
            )
        self._tokenizer = tokenizer
        self._neutralise = Neutraliser(tokenizer.added)
        try:
            self._template = Template(tokenizer.template, tokenizer.marks)
            begun = self.render((_HELLO,))
        except Exception as error:
            raise ModelUnavailable(
                f"The chat template of {model_name} does not work "
                f"({first_line(error)}): fetch the model again or choose another."
            ) from error
        self._takes_system_turn = self._has_room_for_rules()
        self.opening: Opening = "thought" if leaves_thought_open(begun) else "reply"

    def _has_room_for_rules(self) -> bool:
        try:
            rules = Turn(role="system", content="rules")
            return "rules" in self.render((rules, _HELLO))
        # Templates say in their own way that they know no system turns.
        except Exception:
            return False

    def ids(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt, up to where the model is to go on."""
        turns = prompt.turns
        if not self._takes_system_turn:
            turns = rules_in_first_ask(turns)
        return self._tokenizer.encode(self.render(turns))

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

    def render(self, turns: tuple[Turn, ...]) -> str:
        """The text of a prompt; what the turns spell of control tokens is broken in it."""
        return self._template.render(
            [
                Turn(role=turn.role, content=self._neutralise(turn.content))
                for turn in turns
            ]
        )

    def text_ids(self, text: str) -> list[int]:
        """The token ids of what is read as the model's own text; no control tokens."""
        return self._tokenizer.encode(self._neutralise(text))
