"""Where the next page of a search begins, as text that only means something to Jarvis."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from jarvis.errors import InvalidParams
from jarvis.protocol.methods.search import SemanticSearchParams


class Cursor(NamedTuple):
    """A place in the answer to one search.

    Of ranked hits `first` is the newest message there was, and `second` how many hits came
    before; of a list by date they are the time and the id of the last message.
    """

    search: str
    first: int
    second: int


def search_of(params: SemanticSearchParams) -> str:
    """What is equal for all pages of one search, however long they are."""
    asked = msgspec.json.encode(replace(params, limit=1, before=None))
    return blake2b(asked, digest_size=8).hexdigest()


def written(cursor: Cursor) -> str:
    """The cursor as clients keep it."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def cursor_in(params: SemanticSearchParams) -> Cursor | None:
    """Where the page that is asked for begins; None: at the top.

    Raises:
        InvalidParams: it is no cursor, or one of another search.
    """
    if params.before is None:
        return None
    try:
        text = urlsafe_b64decode(params.before + "=" * (-len(params.before) % 4))
        cursor = msgspec.json.decode(text, type=Cursor)
    except (ValueError, msgspec.MsgspecError):
        reason = "before is not a cursor: give the `next` of an earlier page."
        raise InvalidParams(reason, "before") from None
    if cursor.search != search_of(params):
        reason = "before is of another search: change nothing but the limit."
        raise InvalidParams(reason, "before")
    return cursor
