"""A model's tokenizer: tokenizer.json, and what the files beside it add to that.

tokenizer.json is read by the library that made it. Of what transformers makes of the other
files, this is what prompts and texts need: the named marks, further added tokens, and the
chat template.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

_NAMED: Final = "_token"
"""How the settings end that name a mark: bos_token, eos_token and their like."""


class Tokenizer:
    """Text to ids and back, for one model.

    Args:
        folder: the model's.
        ends: ids that end a text, as config.json has them: one, several or none.

    Raises:
        Exception: what the parsers raise; all of it means the folder is no good.
    """

    def __init__(self, folder: Path, ends: int | list[int] | None = None) -> None:
        self._tokenizer = _read(folder)
        settings = _settings(folder)
        self.marks: Mapping[str, str] = _marks(settings)
        """The named marks, which templates write: by name, `bos_token` and so on."""
        self.template: str | None = _template(folder, settings)
        """The source of the chat template; null: it has none."""
        self._add_tokens(settings)
        added = self._tokenizer.get_added_tokens_decoder()
        self.added = frozenset(token.content for token in added.values())
        """The texts that a prompt must not spell by chance."""
        end = self._tokenizer.token_to_id(self.marks.get("eos_token", ""))
        given = [ends] if isinstance(ends, int) else (ends or [])
        self.ends = frozenset([*given, *([] if end is None else [end])])
        """The ids that end a text."""
        special = (number for number, token in added.items() if token.special)
        self.control_ids = self.ends.union(special)
        """The ids of a template's marks: those that end a text, and all others."""

    @property
    def size(self) -> int:
        """How many ids there are, from 0."""
        largest: int = max(self._tokenizer.get_vocab().values())
        return largest + 1

    def encode(self, text: str) -> list[int]:
        """The ids of a text; marks that it spells become control tokens."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: list[int]) -> str:
        """The text of ids, marks included."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=False)
        return text

    def stream(self) -> Callable[[int], str]:
        """A text as it grows: takes its ids one by one and gives what each adds.

        Letters of several ids come with the last of them.
        """
        from tokenizers.decoders import DecodeStream

        stream = DecodeStream(skip_special_tokens=False)
        return lambda number: stream.step(self._tokenizer, number) or ""

    def _add_tokens(self, settings: Mapping[str, Any]) -> None:
        """Add what the settings know beside tokenizer.json, in the order of its ids.

        A named mark is a control token, even where tokenizer.json has it as a word.
        """
        from tokenizers import AddedToken

        contents = {
            token.content
            for token in self._tokenizer.get_added_tokens_decoder().values()
        }
        listed = settings.get("added_tokens_decoder", {})
        for _, token in sorted(listed.items(), key=lambda entry: int(entry[0])):
            if token["content"] not in contents:
                contents.add(token["content"])
                self._tokenizer.add_tokens([AddedToken(**token)])
        self._tokenizer.add_special_tokens(
            [
                AddedToken(mark, special=True, normalized=False)
                for mark in self.marks.values()
                if mark not in contents
            ]
        )


def _read(folder: Path) -> Any:
    from tokenizers import Tokenizer as Reader

    path = folder / "tokenizer.json"
    if path.is_file():
        reader = Reader.from_file(str(path))
    else:
        # Made from tokenizer.model, by the library that knows how; few models need it.
        from transformers import AutoTokenizer

        reader = AutoTokenizer.from_pretrained(str(folder)).backend_tokenizer
    # Some files say how training cut its texts.
    reader.no_truncation()
    reader.no_padding()
    return reader


def _settings(folder: Path) -> dict[str, Any]:
    """tokenizer_config.json; where that lists no tokens, with the older files beside it."""
    settings = _json(folder / "tokenizer_config.json")
    if "added_tokens_decoder" not in settings:
        settings |= _json(folder / "special_tokens_map.json")
    return settings


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(content, dict):
        raise TypeError(f"{path.name} holds no object")
    return content


def _marks(settings: Mapping[str, Any]) -> dict[str, str]:
    marks = {}
    for name, mark in settings.items():
        text = mark.get("content") if isinstance(mark, dict) else mark
        if name.endswith(_NAMED) and isinstance(text, str):
            marks[name] = text
    return marks


def _template(folder: Path, settings: Mapping[str, Any]) -> str | None:
    """A file of its own goes before the settings, where several may stand by name."""
    try:
        return (folder / "chat_template.jinja").read_text(encoding="utf-8")
    except FileNotFoundError:
        template = settings.get("chat_template")
    if isinstance(template, list):
        template = {entry["name"]: entry["template"] for entry in template}.get(
            "default"
        )
    return template if isinstance(template, str) else None
