"""Takes off what models put in front of a reply: labels, announcements, quotation marks."""

from __future__ import annotations

import re
from typing import Final

from jarvis.assistant.screening.announcing import LABEL, preamble_end

_CLOSING_QUOTE: Final = {
    "`": "`",
    '"': '"',
    "“": "”",
    "„": "“",
    "«": "»",
    "「": "」",
    "'": "'",
}
_ENDS: Final = ".!?…。！？*_ "
_FENCE: Final = re.compile(r"\s*(?:```|~~~)(?:text|txt|plaintext|markdown|md)?[ \t]*")
_RULE: Final = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_HEADING: Final = re.compile(r"\s*#{1,6}\s+")
_ITEM: Final = re.compile(r"\s*(?:\d{1,2}[.)]|[-*•])\s+")


class Front:
    """Takes off what a model puts before its reply, and around it."""

    def __init__(self) -> None:
        self.was_announced = False
        """Whether an announcement, a label, a heading or a fence stood in front."""
        self.is_list = False
        """Whether several replies were announced; only the first is one."""
        self._closing_quote = ""

    def take_off(self, text: str) -> str:
        """Return what remains of a first line; "" where nothing of it is the reply."""
        while (rest := self._without_one(text)) != text:
            text = rest
            self.was_announced = True
        if self.was_announced and (item := _ITEM.match(text)):
            self.is_list = True
            text = LABEL.sub("", text[item.end() :])
        return self._without_quote(text.lstrip())

    def without_end(self, text: str) -> str:
        """Return a further sentence without the quotation mark that closes the reply."""
        if self._closing_quote and text.rstrip(_ENDS).endswith(self._closing_quote):
            at = text.rindex(self._closing_quote)
            text = text[:at] + text[at + 1 :]
            self._closing_quote = ""
        return text

    def is_next_item(self, text: str) -> bool:
        """Whether the next item of a list of replies begins here."""
        return self.is_list and _ITEM.match(text) is not None

    def _without_one(self, text: str) -> str:
        """Take one thing off the front; the text is the same where there is none."""
        for pattern in (_RULE, _FENCE):
            if pattern.fullmatch(text):
                return ""
        if label := LABEL.match(text):
            return text[label.end() :]
        if end := preamble_end(text):
            return text[end:]
        if heading := _HEADING.match(text):
            return "" if len(text.split()) <= 4 else text[heading.end() :]
        return text

    def _without_quote(self, text: str) -> str:
        """The text without the quotation marks around it.

        Marks around its first words only are the writer's own.
        """
        closing = _CLOSING_QUOTE.get(text[:1], "")
        if not closing:
            return text
        inner = text[1:]
        if closing not in inner:
            # A single apostrophe stands for a letter rather than for a quotation.
            self._closing_quote = closing if closing != "'" else ""
            return inner if closing != "'" else text
        self._closing_quote = closing
        stripped = self.without_end(inner)
        if stripped == inner:
            self._closing_quote = ""
            return text
        return stripped
