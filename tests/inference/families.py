"""The families of the registry: their chat templates, and what each makes of a prompt.

The templates are written anew for these tests. They render what the models' own render of
turns of plain text, and leave out tools, pictures and documents.

Source: the models' cards and templates: Qwen3 (its documentation, "thinking mode"),
Qwen3.5, SmolLM3, LFM2.5, and IBM's documentation of Granite 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from jarvis.inference.engine import Turn

TURNS: Final = (
    Turn(role="system", content="Rules."),
    Turn(role="user", content="Lunch?"),
    Turn(role="assistant", content="Sure!"),
    Turn(role="user", content="When?"),
)
"""A prompt with an answer in it, as example pairs are."""
TODAY: Final = "TODAY"
"""In place of the date, which SmolLM3 is told."""

_CHATML: Final = (
    "{%- for m in messages %}"
    "{{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}"
    "{%- endfor %}"
)
_ASKED: Final = "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}"
_NO_THOUGHT: Final = "{{- '<think>\\n\\n</think>\\n\\n' }}"
_IS_OFF: Final = "{%- if enable_thinking is defined and not enable_thinking %}"
_IS_ON: Final = "{%- if enable_thinking is defined and enable_thinking %}"
_END: Final = "{%- endif %}"

_QWEN3: Final = f"{_CHATML}{_ASKED}{_IS_OFF}{_NO_THOUGHT}{_END}{_END}"
_QWEN3_INSTRUCT: Final = f"{_CHATML}{_ASKED}{_END}"
_OPENED: Final = "{{- '<think>\\n' }}"
_QWEN3_5_TURNS: Final = (
    "{%- if not messages | selectattr('role', 'equalto', 'user') | list %}"
    "{{- raise_exception('No user query found in messages.') }}{%- endif %}"
    "{%- for m in messages %}{%- if m.role == 'system' and not loop.first %}"
    "{{- raise_exception('System message must be at the beginning.') }}{%- endif %}"
    "{{- '<|im_start|>' + m.role + '\\n' + m.content | trim + '<|im_end|>\\n' }}"
    "{%- endfor %}"
)
_QWEN3_5: Final = (
    f"{_QWEN3_5_TURNS}{_ASKED}{_IS_OFF}{_NO_THOUGHT}{{%- else %}}{_OPENED}{_END}{_END}"
)
_QWEN3_5_SMALL: Final = (
    f"{_QWEN3_5_TURNS}{_ASKED}{_IS_ON}{_OPENED}{{%- else %}}{_NO_THOUGHT}{_END}{_END}"
)
_GRANITE: Final = (
    "{%- for m in messages %}{{- '<|start_of_role|>' + m.role + '<|end_of_role|>' }}"
    "{{- m.content + '<|end_of_text|>\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}"
    "{{- '<|start_of_role|>assistant<|end_of_role|>' }}{%- endif %}"
)
_SMOLLM3: Final = (
    "{%- if enable_thinking is not defined %}{%- set enable_thinking = true %}"
    "{%- endif %}"
    "{%- set mode = '/think' if enable_thinking else '/no_think' %}"
    "{{- '<|im_start|>system\\n## Metadata\\n\\nKnowledge Cutoff Date: June 2025\\n' }}"
    "{{- 'Today Date: ' + strftime_now('%d %B %Y') + '\\n' }}"
    "{{- 'Reasoning Mode: ' + mode + '\\n\\n## Custom Instructions\\n\\n' }}"
    "{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}"
    "{%- endif %}"
    "{%- set empty = '' if enable_thinking else '<think>\\n\\n</think>\\n' %}"
    "{%- for m in messages %}{%- if m.role == 'user' %}"
    "{{- '<|im_start|>user\\n' + m.content + '<|im_end|>\\n' }}"
    "{%- elif m.role == 'assistant' %}"
    "{{- '<|im_start|>assistant\\n' + empty + m.content + '<|im_end|>\\n' }}"
    "{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' + empty }}"
    "{%- endif %}"
)
_LFM2: Final = "{{- bos_token }}" + _QWEN3_INSTRUCT

_CHATML_TURNS: Final = (
    "<|im_start|>system\nRules.<|im_end|>\n"
    "<|im_start|>user\nLunch?<|im_end|>\n"
    "<|im_start|>assistant\nSure!<|im_end|>\n"
    "<|im_start|>user\nWhen?<|im_end|>\n"
    "<|im_start|>assistant\n"
)
_EMPTY: Final = "<think>\n\n</think>\n"


@dataclass(frozen=True)
class Family:
    """Models that are spoken to alike, and have the same kind of cache."""

    kind: str
    """Its `model_type`: see FAMILIES of tiny_model."""
    template: str
    prompt: str
    """What the template makes of TURNS where the model is not to think."""
    thinks: bool = False
    """Whether it may think, so that its template has to be told."""
    marks: dict[str, str] = field(default_factory=dict)
    """The named tokens that its template writes."""


FAMILIES: Final = {
    "Qwen3-4B-Instruct-2507": Family("qwen3", _QWEN3_INSTRUCT, _CHATML_TURNS),
    "Qwen3.5-2B": Family("qwen3_5", _QWEN3_5_SMALL, f"{_CHATML_TURNS}{_EMPTY}\n"),
    "Qwen3.5": Family("qwen3_5", _QWEN3_5, f"{_CHATML_TURNS}{_EMPTY}\n", thinks=True),
    "Qwen3": Family("qwen3", _QWEN3, f"{_CHATML_TURNS}{_EMPTY}\n", thinks=True),
    "granite-4.1": Family(
        "granite",
        _GRANITE,
        "<|start_of_role|>system<|end_of_role|>Rules.<|end_of_text|>\n"
        "<|start_of_role|>user<|end_of_role|>Lunch?<|end_of_text|>\n"
        "<|start_of_role|>assistant<|end_of_role|>Sure!<|end_of_text|>\n"
        "<|start_of_role|>user<|end_of_role|>When?<|end_of_text|>\n"
        "<|start_of_role|>assistant<|end_of_role|>",
    ),
    "SmolLM3": Family(
        "smollm3",
        _SMOLLM3,
        "<|im_start|>system\n## Metadata\n\nKnowledge Cutoff Date: June 2025\n"
        f"Today Date: {TODAY}\nReasoning Mode: /no_think\n\n"
        "## Custom Instructions\n\nRules.\n\n"
        "<|im_start|>user\nLunch?<|im_end|>\n"
        f"<|im_start|>assistant\n{_EMPTY}Sure!<|im_end|>\n"
        "<|im_start|>user\nWhen?<|im_end|>\n"
        f"<|im_start|>assistant\n{_EMPTY}",
        thinks=True,
    ),
    "LFM2.5": Family(
        "lfm2",
        _LFM2,
        f"<|startoftext|>{_CHATML_TURNS}",
        marks={"bos_token": "<|startoftext|>"},
    ),
}
"""By how the names of their models begin; the first that fits counts."""


def family_of(model_name: str) -> Family | None:
    """The family of a model of the hub; null: none of these."""
    name = model_name.rpartition("/")[2]
    return next(
        (family for begin, family in FAMILIES.items() if name.startswith(begin)), None
    )
