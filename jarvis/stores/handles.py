"""Addresses of people as chat.db spells them: numbers, e-mail, short codes, businesses."""

from __future__ import annotations

import re

# The filter for unknown senders notes its verdict behind the address: "+1555…(smsft_fi)".
_VERDICT = re.compile(r"\((?:sms|filtered)[a-z_]*\)$")
SHORT_CODE_DIGITS = 6


def plain_handle(handle: str) -> str:
    """The address without the mark of the message filter."""
    return _VERDICT.sub("", handle) if handle.endswith(")") else handle


def is_business(handle: str) -> bool:
    """Whether a machine writes from here: short codes, sender names, Apple Business."""
    if "@" in handle:
        return False
    digits = handle.removeprefix("+")
    return not digits.isdecimal() or len(digits) <= SHORT_CODE_DIGITS
