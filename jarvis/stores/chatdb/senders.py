"""Who a row is from where it does not say: in a direct chat it can only be one."""

from __future__ import annotations

from jarvis.stores.chatdb.directory import Chat
from jarvis.stores.handles import plain_handle


def sender_of(handle: str | None, is_from_me: object, chat: Chat) -> str | None:
    """The address of who wrote a row; None: the user, or somebody nobody knows.

    Rows of others come without a handle, or with one whose row is gone. In a direct chat
    they are the other person's, at the address that is used now.
    """
    if is_from_me:
        return None
    if handle:
        return plain_handle(handle)
    return None if chat.is_group else next(iter(chat.participants), None)
