"""The marks that chat templates write between turns and thoughts, and what each means.

Sources: the chat_template and the added tokens of the families named below, as their
publishers ship them. A model that forgets to end, and a server that does not take them
out, lets them stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple


class Meaning(Enum):
    """What a mark says about the text behind it."""

    THOUGHT = auto()
    """A thought begins."""
    THOUGHT_ENDS = auto()
    HEADER = auto()
    """The name of a turn or of a channel begins."""
    HEADER_ENDS = auto()
    OWN_TURN = auto()
    """The model's turn begins."""
    REPLY = auto()
    """What is said in it begins."""
    BEGIN = auto()
    """The whole text begins; a template writes it once, in front."""
    NOTHING = auto()
    END = auto()
    """A turn ends, or one begins that is not the model's."""


_THINKING: Final = (
    r"think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratch_?pad|"
    r"inner_monologue"
)
_TOOLS: Final = "TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CONTENT|CALL_ID|ARGS"

_MARK: Final = re.compile(
    rf"""
    <[|｜][/\w▁:.-]{{1,48}}[|｜]>            # <|im_end|>, <｜User｜>: most families
    | <[|][a-z_]{{1,24}}>|<[a-z_]{{1,24}}[|]>  # Gemma 4: <|turn>, <turn|>
    | \[[|]/?\w{{1,24}}[|]\]                 # EXAONE: [|assistant|]
    | </?(?:\w{{1,12}}[:_])?(?:{_THINKING})> # <think>, <seed:think>, <longcat_think>
    | </?(?:seed:|longcat_)\w{{1,24}}>       # Seed-OSS: <seed:eos>, LongCat
    | ◁/?think▷                              # Kimi
    | \[/?(?:INST|SYSTEM_PROMPT|MODEL_SETTINGS|THINK|REASONING|{_TOOLS})\]  # Mistral
    | <</?SYS>>
    | </?s>|<(?:bos|eos|eot|pad|unk|sop|eop|eoh|eoa|im_start|im_end|endoftext)>
    | \[(?:BOS|EOS|PAD|UNK|EOT|gMASK|sMASK)\]  # Kimi, GLM
    | <(?:start|end)_of_(?:turn|text|role)>  # Gemma 1 to 3
    | <(?:SPECIAL_|extra_id_|reserved_|unused)\d{{1,4}}>  # Nemotron, Baichuan, MedGemma
    | \]~!?b\[|\]~b\]|\[e~\[                 # MiniMax
    | </?role>                               # Ling, Ring
    | </?tool_(?:calls?|response)>|</?function_calls?>
    | </?(?:answer|response|output|final|final_answer|solution|reply|message)>
    """,
    re.VERBOSE,
)
_MAYBE: Final = re.compile(
    r"""
    <(?:[|｜/<]?[/\w▁:.-]{0,48}[|｜>]?)? | \[(?:[|/~]?\w{0,24}[|~]?)? | \](?:~!?b?)?
    | ◁/?\w{0,5}
    """,
    re.VERBOSE,
)
"""What may become a mark when more of it comes."""
_OPENERS: Final = "<[◁]"
_LONGEST: Final = 54
_WITH_PIPE: Final = "|｜"
_QUOTES: Final = "\"'`“”„‘’«»"

_MEANINGS: Final[tuple[tuple[Meaning, str], ...]] = (
    (Meaning.NOTHING, "cot_budget_reflect|constrain"),
    (
        Meaning.THOUGHT_ENDS,
        rf"/think|/(?:\w+[:_])?(?:{_THINKING})|end_of_thought|end_thinking|"
        "inner_suffix|unused95",
    ),
    (
        Meaning.THOUGHT,
        rf"think|(?:\w+[:_])?(?:{_THINKING})|begin_of_thought|start_thinking|"
        "inner_prefix|unused94",
    ),
    (
        Meaning.HEADER,
        "im_start|start_header_id|header_start|start_of_role|start_of_turn|turn|role|"
        r"start|begin|channel|seed:bos|bom|special_\d+|extra_id_\d+|\]~b\]|"
        "im_assistant|im_user|im_system",
    ),
    (
        Meaning.HEADER_ENDS,
        "end_header_id|header_end|end_of_role|im_sep|im_middle|/role|message",
    ),
    (Meaning.OWN_TURN, "(?:hy_)?assistant|chatbot_token|assistant_start"),
    (
        Meaning.REPLY,
        "content|start_response|start_text|begin_of_solution|answer_prefix|answer|response|output|final|"
        "final_answer|solution|reply",
    ),
    (
        Meaning.BEGIN,
        r"s|bos|sop|gmask|smask|begin_of_text|startoftext|begin▁of▁sentence|"
        r"start_of_turn_token|start_of_text|begin_of_sentence|\]~!b\[",
    ),
)
_FINDERS: Final = tuple(
    (meaning, re.compile(names, re.IGNORECASE)) for meaning, names in _MEANINGS
)
_ROUND: Final = "<>|｜[]◁▷"
_SAYS_TAG: Final = frozenset(["<message>", "</message>"])
_CLOSES_CHANNEL: Final = frozenset(["<channel|>"])

OWN_ROLES: Final = ("assistant", "model", "chatbot", "gpt", "ai", "bot")
"""Names that templates give the model's own role."""
REPLY_CHANNELS: Final = ("final", "response", "text", "content")
THOUGHT_CHANNELS: Final = ("analysis", "commentary", "thought", "think", "reason")


class Mark(NamedTuple):
    """A mark and where it stands in a text."""

    start: int
    end: int
    text: str
    meaning: Meaning


def marks_in(text: str, spoken_of: str, *, is_whole: bool) -> Iterator[Mark]:
    """The marks of a text that mean what they say, in order.

    Not those between quotation marks, nor plain ones that `spoken_of`, what the model was
    given to read, speaks of itself.

    Args:
        is_whole: no more of it comes.
    """
    for match in _MARK.finditer(text):
        if match.end() == len(text) and not is_whole and _quote_before(text, match):
            return
        if not _is_quoted(text, match) and not _is_plain(match[0], spoken_of):
            yield Mark(match.start(), match.end(), match[0], meaning_of(match[0]))


def meaning_of(mark: str) -> Meaning:
    """What it says; a mark that no family is known for ends the turn."""
    if mark in _SAYS_TAG:
        return Meaning.REPLY if mark[1] != "/" else Meaning.END
    if mark in _CLOSES_CHANNEL:
        return Meaning.THOUGHT_ENDS
    name = mark if "~" in mark else mark.strip(_ROUND)
    if mark.startswith("<") and mark.endswith("|>") and "|" not in mark[:2]:
        return Meaning.END
    for meaning, finder in _FINDERS:
        if finder.fullmatch(name):
            return meaning
    return Meaning.END


def leaves_thought_open(prompt: str) -> bool:
    """Whether a prompt ends within a thought that the model is to go on with."""
    turns = (Meaning.THOUGHT, Meaning.THOUGHT_ENDS, Meaning.HEADER, Meaning.END)
    marks = [
        mark for mark in marks_in(prompt, "", is_whole=True) if mark.meaning in turns
    ]
    return bool(marks) and marks[-1].meaning is Meaning.THOUGHT


def is_mark(text: str) -> bool:
    """Whether the text is one of these marks and nothing else."""
    return _MARK.fullmatch(text) is not None


def doubtful_from(text: str) -> int:
    """Index where a mark may be beginning at the end of the text; its length if none is.

    A quotation mark before it belongs to it.
    """
    for at in range(max(len(text) - _LONGEST, 0), len(text)):
        if text[at] in _OPENERS and _MAYBE.fullmatch(text, at):
            break
    else:
        at = len(text)
    return at - 1 if at and text[at - 1] in _QUOTES else at


def _quote_before(text: str, match: re.Match[str]) -> bool:
    return match.start() > 0 and text[match.start() - 1] in _QUOTES


def _is_quoted(text: str, match: re.Match[str]) -> bool:
    behind = text[match.end() : match.end() + 1]
    return _quote_before(text, match) and behind != "" and behind in _QUOTES


def _is_plain(mark: str, spoken_of: str) -> bool:
    is_spelt = not any(pipe in mark for pipe in _WITH_PIPE)
    is_thought = meaning_of(mark) in (Meaning.THOUGHT, Meaning.THOUGHT_ENDS)
    return is_spelt and not is_thought and mark in spoken_of
