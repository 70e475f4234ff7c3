"""Text that only looks like a model's control tokens is kept from becoming them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORD_JOINER: Final = "\u2060"

COMMON_MARKS: Final = (
    # ChatML: Qwen, SmolLM, LFM2
    *("<|im_start|>", "<|im_end|>", "<|endoftext|>"),
    # Llama 3 and 4
    *("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>"),
    *("<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>"),
    *("<|header_start|>", "<|header_end|>", "<|eot|>"),
    # Llama 2 and Mistral
    *("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>"),
    *("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]"),
    # Gemma 1 to 3, and 4
    *("<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>"),
    *("<|turn>", "<turn|>", "<|channel>", "<channel|>", "<|think|>"),
    # Phi, Zephyr, the demo's own
    *("<|system|>", "<|user|>", "<|assistant|>", "<|end|>"),
    # Granite, Command R, DeepSeek
    *("<|start_of_role|>", "<|end_of_role|>"),
    *("<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"),
    *(
        "<｜User｜>",
        "<｜Assistant｜>",
        "<｜begin▁of▁sentence｜>",
        "<｜end▁of▁sentence｜>",
    ),
    # EXAONE, Kimi, Apertus, Solar
    *("[|user|]", "[|assistant|]", "[|system|]", "[|endofturn|]"),
    *(
        "<|im_user|>",
        "<|im_assistant|>",
        "<|im_system|>",
        "<|im_middle|>",
        "<|im_sep|>",
    ),
    *("<|user_start|>", "<|user_end|>", "<|assistant_start|>", "<|assistant_end|>"),
    *("<|begin|>", "<|content|>", "<|inner_prefix|>", "<|inner_suffix|>"),
    # Seed-OSS, GLM, MiniMax, Nemotron, Ling
    *("<seed:bos>", "<seed:eos>", "<seed:think>", "</seed:think>"),
    *("[gMASK]", "<sop>", "<|observation|>", "]~b]", "[e~[", "]~!b["),
    *(
        "<SPECIAL_10>",
        "<SPECIAL_11>",
        "<SPECIAL_12>",
        "<role>",
        "</role>",
        "<|role_end|>",
    ),
    # gpt-oss
    *("<|start|>", "<|message|>", "<|channel|>", "<|return|>", "<|call|>"),
    # thoughts and tools of several
    *(
        "<|START_THINKING|>",
        "<|END_THINKING|>",
        "<|START_RESPONSE|>",
        "[THINK]",
        "[/THINK]",
    ),
    *("◁think▷", "◁/think▷", "<thought>", "</thought>", "<think>", "</think>"),
    *("<tool_call>", "</tool_call>", "<tool_response>"),
)
"""Marks of the chat templates of common models, as their tokenizer_config.json has them.

For servers whose tokenizer cannot be asked.
"""


class Neutraliser:
    """Breaks every control token that a text spells out.

    A tokenizer reads `<|im_end|>` in a message as the end of that message. An invisible
    character behind the first one makes it text again.
    """

    def __init__(self, control_tokens: Iterable[str]) -> None:
        # Blank tokens are indentation, and one character alone cannot be broken.
        breakable = [token for token in control_tokens if len(token.strip()) > 1]
        # Looking ahead, one character at a time, finds tokens that overlap each other.
        self._start = (
            re.compile(f"(?={'|'.join(map(re.escape, breakable))})(.)", re.DOTALL)
            if breakable
            else None
        )

    def __call__(self, text: str) -> str:
        """The text with no control token in it; it reads the same."""
        if self._start is None:
            return text
        return self._start.sub(rf"\1{_WORD_JOINER}", text)
