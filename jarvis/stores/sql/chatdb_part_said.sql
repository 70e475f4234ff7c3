-- What of a message makes its text, in the order of SaidRow.
message.ROWID,
link.chat_id,
CAST(message.text AS TEXT),
message.attributedBody,
CAST(message.subject AS TEXT),
(SELECT CAST(handle.id AS TEXT) FROM handle WHERE handle.ROWID = message.handle_id),
CAST(message.is_from_me AS INTEGER),
CAST(message.date AS INTEGER),
CAST(message.date_edited AS INTEGER),
message.message_summary_info,
CAST(message.balloon_bundle_id AS TEXT),
{chatdb_part_attachments},
message.cache_has_attachments <> 0
