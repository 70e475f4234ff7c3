"""Conversations, messages and the names of people."""

from __future__ import annotations

from typing import Annotated, Literal

from jarvis.protocol.methods.base import ChatIdParam, Limit, Params, said
from jarvis.records import Conversation, Folder, Message, Record

MessageId = Annotated[int, said("The id of a message of this conversation.")]
Handles = Annotated[list[str], said("Numbers and addresses.", max_length=500)]


class ListConversationsParams(Params, frozen=True):
    limit: Limit = 50
    before: Annotated[str | None, said("`next` of the page before.")] = None
    query: Annotated[str | None, said("Words of a title, a name or a number.")] = None
    folder: Annotated[
        Folder | Literal["all"], said("Where the conversations are kept.")
    ] = "inbox"


class ListConversations(Record, frozen=True, kw_only=True):
    """Newest first; `next` is the cursor of the following page, null at the end."""

    conversations: tuple[Conversation, ...]
    total_count: int
    next: str | None = None


class ListMessagesParams(Params, frozen=True):
    chat_id: ChatIdParam
    limit: Limit = 50
    before: MessageId | None = None
    after: MessageId | None = None
    around: MessageId | None = None


class ListMessages(Record, frozen=True, kw_only=True):
    """Oldest first. `has_more`: whether there are more in the direction asked for."""

    messages: tuple[Message, ...]
    has_more: bool


class ResolveContactsParams(Params, frozen=True):
    identifiers: Handles | None = None
    handles: Handles | None = None
