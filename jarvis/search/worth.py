"""What of a message is worth a vector, and what is never to be found. Pure."""

from __future__ import annotations

import re
from typing import Final

LEAST_WORDS: Final = 2
LEAST_LETTERS: Final = 12
"""A text with fewer of both says nothing by itself: "ok", "lol", "see you"."""

_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Chinese, Japanese and Thai have no spaces: there a character stands for a word.
_WORD: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿฀-๿]|[^\W\d_぀-ヿ㐀-䶿一-鿿豈-﫿฀-๿]+")
_CODE: Final = re.compile(
    r"(?<![A-Za-z\d.,:/-])(?:[A-Za-z]{1,2}-)?(?:\d{4,8}|\d{3}[ -]\d{3})"
    r"(?![A-Za-z\d/]|[.,:]\d)"
)
_SAYS_CODE: Final = re.compile(
    r"\b(?:\w*code|pass\s?word|pass\s?key|otp|pin|tan|verif\w*|c[oó]digo|clave|codice"
    r"|bestätigung\w*|vérification|код\w*|kod|koden?)\b"
    r"|验证码|驗證碼|校验码|認証|確認|인증|รหัส",
    re.IGNORECASE,
)


def means_something(text: str) -> bool:
    """Whether it has a meaning by which it could be looked for.

    Links alone have none, nor do numbers, emoji and the shortest of answers. They are
    found by their words all the same, and are read where they stand among others.
    """
    words = _WORD.findall(_LINK.sub(" ", text))
    return len(words) >= LEAST_WORDS or sum(map(len, words)) >= LEAST_LETTERS


def is_one_time_code(text: str) -> bool:
    """Whether a machine that wrote this sent a code that lets its reader in.

    Messages marks most of them itself. Asked of machines alone: a friend's door code is
    worth finding.
    """
    return bool(_CODE.search(text) and _SAYS_CODE.search(text))
