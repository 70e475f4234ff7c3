"""What the params and results of several subjects share.

The order of a params Struct's fields is the order of positional params. What has a default
here is marked with `?` in docs/protocol.md.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from jarvis.records import ChatId, Record


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of all params: positional order is field order, no other names pass."""


class NoParams(Params, frozen=True):
    """For methods that take none."""


def described(description: str, **bounds: Any) -> msgspec.Meta:
    """The meaning of a param, in a sentence, and the bounds between which it lies."""
    return msgspec.Meta(description=description, **bounds)


Limit = Annotated[int, described("How many at most.", ge=1, le=500)]
Few = Annotated[int, described("How many at most.", ge=1, le=5)]
ChatIdParam = Annotated[
    ChatId,
    described(
        "The guid of any chat of the conversation.", min_length=1, max_length=1024
    ),
]


class Success(Record, frozen=True, kw_only=True):
    """Done."""

    success: bool
