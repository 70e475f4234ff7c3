"""Which rows of message are messages to a person: the conditions that queries share."""

from __future__ import annotations

from typing import Final

SHOWN: Final = "coalesce(message.associated_message_type, 0) < 1000"
"""What a thread shows: messages and events; reactions and votes are no rows of it."""

LISTED: Final = f"""
({SHOWN}
 AND coalesce(message.item_type, 0) = 0
 AND coalesce(message.schedule_type, 0) <> 2
 AND (message.text IS NOT NULL OR message.attributedBody IS NOT NULL
      OR message.cache_has_attachments <> 0 OR message.balloon_bundle_id IS NOT NULL
      OR message.message_summary_info IS NOT NULL OR message.was_detonated <> 0))
"""
"""What may be a conversation's last message: what was written, and is whole."""
