"""Thoughts without marks: the template wrote the first, or a server took them out; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

THOUGHTS_BEGIN: Final = (
    *("okay, the user", "ok, the user", "okay, so the user", "alright, the user"),
    *("hmm, the user", "got it, the user", "so the user", "the user ", "the user's "),
    *(
        "we need to reply",
        "we need to respond",
        "we need to write",
        "we need to answer",
    ),
    *("we need to produce", "we need to craft", "i need to reply", "i need to respond"),
    *("i need to write a", "i need to craft", "i should reply", "i should respond"),
    *(
        "let me craft",
        "let me draft",
        "let me write a",
        "let me analyze",
        "let's craft",
    ),
    *("looking at the conversation", "looking at the message", "thinking process"),
    *("here's a thinking process", "here is my thought process", "here's my thought"),
    *("thought:", "thinking:", "reasoning:", "analysis:"),
    *("analysiswe ", "analysisthe ", "analysisuser", "analysisneed", "analysisi "),
    *("好的，用户", "嗯，用户", "首先，用户", "用户想", "用户希望", "我们需要回复"),
)
"""Beginnings of thoughts that no message between people has, in small letters."""
_MAY_BE_THOUGHT: Final = re.compile(
    r"(?:okay|ok|alright|hm+|so|well|first|wait|now|thinking|looking|got it)\b|"
    r"(?:let me|let's)\b|"
    r"(?:i|we) (?:need|should|have|must|could|will|want)\b|this is\b|"
    r"(?:the|this) (?:user|message|last|chat|conversation|context|friend|person)\b|"
    r"(?:\w+ )?\w+ (?:asks|asked|wants|wanted|says|said|writes|wrote|invites|needs|just|"
    r"seems|(?:is|was|has) \w+ing)\b|\d[.)] |[-*] |好的|嗯|首先|我们|我需要|der nutzer",
    re.IGNORECASE,
)
"""Beginnings that thoughts and messages share."""
_FEW_WORDS: Final = 4
SPELT_ENDS: Final = ("assistantfinal", "Here is my response:")
"""Ends of thoughts: of gpt-oss without its marks, and of Granite 3.2."""


def begins_like_thought(text: str) -> bool:
    """Whether a text begins as such thoughts do."""
    return text.casefold().startswith(THOUGHTS_BEGIN)


def may_be_thought(text: str) -> bool:
    """Whether a text begins as such thoughts may, or is too short to tell."""
    return len(text.split(None, _FEW_WORDS)) < _FEW_WORDS or (
        _MAY_BE_THOUGHT.match(text) is not None
    )


def is_start_of(text: str, beginnings: Iterable[str]) -> bool:
    """Whether a text may yet become one of these beginnings."""
    start = text.casefold()
    return any(beginning.startswith(start) for beginning in beginnings)
