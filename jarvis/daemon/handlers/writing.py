"""What is written for the user: drafts and summaries, streamed as they are made."""

from __future__ import annotations

from jarvis.assistant.drafting import draft_reply
from jarvis.assistant.summarizing import summarize_chat
from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.protocol.methods.writing import GenerateDraftParams, SummarizeParams
from jarvis.records import Draft, Summary


async def generate_draft(
    services: Services, params: GenerateDraftParams, caller: Caller
) -> Draft:
    """Replies to the newest messages, streamed as they are written."""
    chat = services.mail.chat(params.chat_id)
    page = await services.mail.page(chat, limit=params.context_messages)
    return await draft_reply(
        page.messages,
        services.supervisor,
        chat_id=chat.chat_id,
        others=services.mail.names_of(chat),
        num_suggestions=params.num_suggestions,
        instruction=params.instruction,
        caller=caller.client,
        on_token=caller.stream.token if caller.stream else None,
    )


async def summarize(
    services: Services, params: SummarizeParams, caller: Caller
) -> Summary:
    """What was said, streamed as it is written."""
    chat = services.mail.chat(params.chat_id)
    page = await services.mail.page(chat, limit=params.num_messages)
    return await summarize_chat(
        page.messages,
        services.supervisor,
        chat_id=chat.chat_id,
        others=services.mail.names_of(chat),
        caller=caller.client,
        on_token=caller.stream.token if caller.stream else None,
    )
