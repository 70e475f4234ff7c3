"""Conversations, messages, the names of people, and sending."""

from __future__ import annotations

from typing import Annotated, Literal

from jarvis.protocol.methods.base import ChatIdParam, Limit, Params, described
from jarvis.records import ChatId, Conversation, Folder, Message, Record

MessageId = Annotated[int, described("The id of a message of this conversation.")]
Handles = Annotated[list[str], described("Numbers and addresses.", max_length=500)]


class ListConversationsParams(Params, frozen=True):
    limit: Limit = 50
    before: Annotated[str | None, described("`next` of the page before.")] = None
    query: Annotated[str | None, described("A part of a name or a number.")] = None
    folder: Annotated[
        Folder | Literal["all"], described("Where the conversations are kept.")
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


class ResolveConversationParams(Params, frozen=True):
    name: Annotated[
        str,
        described(
            "An id, a name or an address, as a person typed it.",
            min_length=1,
            max_length=1024,
        ),
    ]
    to_send: Annotated[
        bool,
        described("Something is to be sent: the beginning of a name is too little."),
    ] = False


class ResolvedConversation(Record, frozen=True, kw_only=True):
    """Whom a person means: `chat_id` is null unless exactly one conversation fits.

    `conversations` are all that may be, best first: of people and groups whose own name or
    address it is, then groups that others of that name take part in. A title that is made
    up of names is none.
    """

    chat_id: ChatId | None
    conversations: tuple[Conversation, ...]


class ResolveContactsParams(Params, frozen=True):
    identifiers: Handles | None = None
    handles: Handles | None = None


class SendMessageParams(Params, frozen=True):
    chat_id: ChatIdParam
    text: Annotated[str, described("What is sent.", min_length=1)]
    idempotency_key: Annotated[
        str,
        described(
            "The same for each try of one sending.", min_length=1, max_length=200
        ),
    ]


class Sent(Record, frozen=True, kw_only=True):
    """What is known: `guid` is of the message that appeared; `reason` is for a person.

    `unknown`: it was handed over, and no such message has appeared; it may still go out.
    """

    status: Literal["sent", "failed", "unknown"]
    guid: str | None = None
    reason: str | None = None
