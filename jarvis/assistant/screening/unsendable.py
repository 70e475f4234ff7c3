"""What nobody sends as it is: code, and gaps that somebody would have to fill."""

from __future__ import annotations

import re
from typing import Final

from jarvis.assistant.language.facts import any_of

PLACEHOLDER: Final = re.compile(
    rf"\[{any_of(lambda facts: facts.model_talk.gaps)}\b[^\]\n]{{0,40}}\]|"
    r"\{\{?\s*\w+\s*\}?\}|<(?:your|my|insert|name|user|recipient)[ _\w-]{0,30}>",
    re.IGNORECASE,
)
"""A gap that somebody would have to fill."""
CODE: Final = re.compile(
    r"```|^\s*~~~|</?[a-z][\w-]*(?:\s[^<>\n]*)?/?>|"
    r"^\s*(?:def|class|elif|for|while)\s\w+[^\n]*:\s*$|"
    r"^\s*(?:function|const|let|var|public|private|static|func|fn|using|package|SELECT|"
    r"INSERT|#include)\s[^\n]*[({;=]\s*\S*\s*$|"
    r"^\s*(?:return|print|console\.log)\s?\([^\n]*\)\s*;?$|"
    r"^\s*(?:import\s[\w.]+|from\s[\w.]+\simport\s.+|#!/.*)$|"
    r"^\s*[\w.\[\]]+\s*(?:=|\+=|:=)\s*[\w\"'\[({].*[)\]};\"']\s*;?$|"
    r"\w\([^()\n]*\)\s*[;{]|^\s*[\]})]+[,;]?\s*$|\w\s*[{}]\s*$|[)\]\"']\s*;\s*$|=>|\bself\.\w+\s*[=(.]|"
    r"^\s*(?://|/\*|#\s*\w+\s*=)",
    re.IGNORECASE | re.MULTILINE,
)
"""Source code, HTML, or the rest of a data structure."""
