"""What models of many families write around one text, as their chat templates have it."""

from __future__ import annotations

from typing import Final, NamedTuple

TEXT: Final = "Sounds good, see you at six!"
_THOUGHT: Final = "Dinner at six.\n\nThat fits. Say <b>yes</b>\n\n& be short"
_SHOWN_THOUGHT: Final = "Okay, the user wants me to reply. Keep it short."


class Family(NamedTuple):
    """The marks of one family: around a thought, at the end, before either turn."""

    opens: str
    closes: str
    end: str
    user: str
    own: str


def _chatml(opens: str = "", closes: str = "") -> Family:
    user, own = "\n<|im_start|>user\n", "<|im_start|>assistant\n"
    return Family(opens, closes, "<|im_end|>", user, own)


_COHERE: Final = "<|START_OF_TURN_TOKEN|>"
FAMILIES: Final[dict[str, Family]] = {
    "chatml": _chatml(),
    "qwen3": _chatml("<think>\n", "\n</think>\n\n"),
    "smollm3": _chatml("<think>", "</think>"),
    "hermes": _chatml("<scratchpad>\n", "\n</scratchpad>\n"),
    "deepseek": Family(
        *("<think>\n", "\n</think>\n\n", "<｜end▁of▁sentence｜>"),
        *("<｜User｜>", "<｜Assistant｜>"),
    ),
    "gpt-oss": Family(
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
        *("<|return|>", "<|start|>user<|message|>"),
        "<|start|>assistant<|channel|>final<|message|>",
    ),
    "gpt-oss, no end": Family(
        "<|channel|>analysis<|message|>",
        "<|channel|>final<|message|>",
        *("<|end|>", "<|start|>user<|message|>"),
        "<|channel|>final<|message|>",
    ),
    "gemma3": Family(
        *("", "", "<end_of_turn>\n"),
        *("<start_of_turn>user\n", "<start_of_turn>model\n"),
    ),
    "gemma4": Family(
        *("<|channel>thought\n", "<channel|>", "<turn|>\n"),
        *("<|turn>user\n", "<|turn>model\n"),
    ),
    "llama3": Family(
        *("", "", "<|eot_id|>", "<|start_header_id|>user<|end_header_id|>\n\n"),
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "llama4": Family(
        *("", "", "<|eot|>", "<|header_start|>user<|header_end|>\n\n"),
        "<|header_start|>assistant<|header_end|>\n\n",
    ),
    "mistral": Family("", "", "</s>", "[INST] ", "<s>"),
    "magistral": Family("[THINK]", "[/THINK]", "</s>", "[INST]", "<s>"),
    "phi3": Family("", "", "<|end|>\n", "<|user|>\n", "<|assistant|>\n"),
    "phi4": Family(
        *("<think>", "</think>", "<|im_end|>", "<|im_start|>user<|im_sep|>"),
        "<|im_start|>assistant<|im_sep|>",
    ),
    "granite": Family(
        *("<think>", "</think><response>", "</response><|end_of_text|>"),
        "<|start_of_role|>user<|end_of_role|>",
        "<|start_of_role|>assistant<|end_of_role|>",
    ),
    "seed-oss": Family(
        *("<seed:think>", "</seed:think>", "<seed:eos>"),
        *("<seed:bos>user\n", "<seed:bos>assistant\n"),
    ),
    "kimi": Family(
        *("◁think▷", "◁/think▷", "<|im_end|>"),
        "<|im_user|>user<|im_middle|>",
        "<|im_assistant|>assistant<|im_middle|>",
    ),
    "glm": Family("<think>", "</think>\n", "<|user|>", "<|user|>\n", "<|assistant|>\n"),
    "command": Family(
        "<|START_THINKING|>",
        "<|END_THINKING|><|START_RESPONSE|>",
        "<|END_RESPONSE|><|END_OF_TURN_TOKEN|>",
        *(f"{_COHERE}<|USER_TOKEN|>", f"{_COHERE}<|CHATBOT_TOKEN|>"),
    ),
    "nemotron": Family(
        *("<think>\n", "</think>\n\n", "<SPECIAL_12>"),
        *("\n<SPECIAL_11>User\n", "<SPECIAL_11>Assistant\n"),
    ),
    "exaone": Family(
        *("<thought>\n", "\n</thought>\n\n", "[|endofturn|]"),
        *("\n[|user|]", "[|assistant|]"),
    ),
    "hunyuan": Family(
        *("<think>\n", "\n</think>\n<answer>\n", "\n</answer><|eos|>"),
        *("<｜hy_User｜>", "<｜hy_Assistant｜>"),
    ),
    "olmo2": Family("", "", "<|endoftext|>", "<|user|>\n", "<|assistant|>\n"),
    "apertus": Family(
        *("<|inner_prefix|>", "<|inner_suffix|>", "<|assistant_end|>"),
        *("<|user_start|>", "<|assistant_start|>"),
    ),
    "solar": Family(
        "<|think|>",
        "<|end|><|begin|>assistant<|content|>",
        *("<|end|>", "<|begin|>user<|content|>", "<|begin|>assistant<|content|>"),
    ),
    "minimax": Family("<think>\n", "\n</think>\n\n", "[e~[", "]~b]user\n", "]~b]ai\n"),
    "ling": Family(
        *("<think>\n", "\n</think>\n\n", "<|role_end|>"),
        *("<role>HUMAN</role>", "<role>ASSISTANT</role>"),
    ),
    "longcat": Family(
        *("<longcat_think>\n", "\n</longcat_think>\n", "</longcat_s>"),
        *("<|user|>", "<|assistant|>"),
    ),
    "openthinker": Family(
        "<|begin_of_thought|>\n",
        "\n<|end_of_thought|>\n\n<|begin_of_solution|>\n",
        "\n<|end_of_solution|><|im_end|>",
        *("\n<|im_start|>user\n", "<|im_start|>assistant\n"),
    ),
}


class Output(NamedTuple):
    """What a model writes, and what of it is its text.

    `in_thought`: its template begins the thought.
    """

    raw: str
    text: str
    in_thought: bool = False


def _outputs(family: Family) -> dict[str, Output]:
    opens, closes, end, user, own = family
    shapes = {
        "ends": Output(TEXT + end, TEXT),
        "invents a turn": Output(f"{TEXT}{end}{user}what else?{end}{own}No", TEXT),
        "another's turn alone": Output(f"{TEXT}\n{user}what else?", TEXT),
        "with its own head": Output(own + TEXT + end, TEXT),
        "says nothing": Output(end, ""),
        "says nothing, then invents": Output(f"{end}{user}what else?", ""),
    }
    if not opens:
        return shapes
    begin, rest = TEXT.split(" see")
    return shapes | {
        "thinks": Output(opens + _THOUGHT + closes + TEXT + end, TEXT),
        "thinks of nothing": Output(opens + closes + TEXT, TEXT),
        "thinks twice": Output((opens + _THOUGHT + closes) * 2 + TEXT + end, TEXT),
        "thinks in the middle": Output(
            f"{begin}{opens}{_THOUGHT}{closes} see{rest}{end}", TEXT
        ),
        "thinks on and on": Output(opens + _THOUGHT, ""),
        "thinks and ends": Output(opens + _THOUGHT + end, ""),
        "is made to think": Output(_THOUGHT + closes + TEXT + end, TEXT, True),
        "is made to think aloud": Output(_SHOWN_THOUGHT + closes + TEXT, TEXT, True),
        "has its own head and thinks": Output(own + opens + "Hm" + closes + TEXT, TEXT)
        if own != closes
        else Output(opens + closes + TEXT, TEXT),
    }


_PROSE: Final = {
    "granite in prose": Output(
        f"Here is my thought process:\n{_THOUGHT}\n\nHere is my response:\n\n{TEXT}",
        TEXT,
    ),
    "gpt-oss, marks taken out": Output(
        f"analysisWe need to answer.\n\nKeep it short.assistantfinal{TEXT}", TEXT
    ),
    "head without marks": Output(f"assistant\n\n{TEXT}", TEXT),
    "heart": Output("love you <3", "love you <3"),
    "smaller than": Output("a < b and b <c", "a < b and b <c"),
    "arrows": Output("go <- there -> <--", "go <- there -> <--"),
    "brackets": Output("[ok] see [1] and [note", "[ok] see [1] and [note"),
    "a mark spoken of": Output('"</s>" ends it', '"</s>" ends it'),
    "a thought spoken of": Output("type `<think>` first", "type `<think>` first"),
    "pipes": Output("a | b <| c", "a | b <| c"),
    "a tag": Output("use <b>bold</b>", "use <b>bold</b>"),
    "an unknown mark": Output(f"{TEXT}<|strange_end|>more", TEXT),
    "a tool": Output(f'{TEXT}<tool_call>{{"a": 1}}</tool_call>', TEXT),
    "an answer in a tag": Output(f"<answer>{TEXT}</answer> so", TEXT),
}

OUTPUTS: Final[dict[str, Output]] = {
    f"{name}: {shape}": output
    for name, family in FAMILIES.items()
    for shape, output in _outputs(family).items()
} | _PROSE
"""By name. What ends in "" is a model that says nothing."""
