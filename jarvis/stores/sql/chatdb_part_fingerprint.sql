-- Everything of a message that may change after it was written, in the order of
-- Fingerprint, as JSON; the lengths of blobs are known without reading them.
json_array(
  CAST(message.is_read AS INTEGER),
  CAST(message.date_read AS INTEGER),
  CAST(message.is_delivered AS INTEGER),
  CAST(message.date_delivered AS INTEGER),
  CAST(message.is_sent AS INTEGER),
  CAST(message.error AS INTEGER),
  CAST(message.date_edited AS INTEGER),
  length(message.text),
  length(message.attributedBody),
  length(message.message_summary_info),
  CAST(message.was_detonated AS INTEGER),
  CAST(message.associated_message_type AS INTEGER),
  CAST(message.associated_message_emoji AS TEXT),
  (SELECT group_concat(
     coalesce(attachment.transfer_state, 0) || ':' || coalesce(attachment.total_bytes, 0))
   FROM message_attachment_join
   JOIN attachment ON attachment.ROWID = message_attachment_join.attachment_id
   WHERE message_attachment_join.message_id = message.ROWID),
  CAST(message.item_type AS INTEGER),
  {chatdb_part_schedule},
  (SELECT json_group_array(chat_id) FROM (
     SELECT link.chat_id AS chat_id FROM chat_message_join AS link
     WHERE link.message_id = message.ROWID
     ORDER BY link.chat_id)))
