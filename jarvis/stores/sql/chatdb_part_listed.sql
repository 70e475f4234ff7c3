-- What may be a conversation's last message and counts: what was written, and is whole.
({chatdb_part_shown}
 AND coalesce(message.item_type, 0) = 0
 AND coalesce({chatdb_part_schedule}, 0) <> 2
 AND (message.text IS NOT NULL OR message.attributedBody IS NOT NULL
      OR message.cache_has_attachments <> 0 OR message.balloon_bundle_id IS NOT NULL
      OR message.message_summary_info IS NOT NULL OR message.was_detonated <> 0
      OR message.date_edited <> 0
      OR EXISTS (SELECT 1 FROM message_attachment_join
                 WHERE message_attachment_join.message_id = message.ROWID)))
