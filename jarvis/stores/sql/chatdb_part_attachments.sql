-- The files of a message as a JSON array of arrays, null where there are none. The message's
-- own note of whether it has files is not asked: it may be wrong either way.
(SELECT json_group_array(json_array(
   CAST(attachment.guid AS TEXT),
   CAST(attachment.filename AS TEXT),
   CAST(attachment.transfer_name AS TEXT),
   CAST(attachment.mime_type AS TEXT),
   CAST(attachment.uti AS TEXT),
   CAST(attachment.total_bytes AS INTEGER),
   attachment.is_sticker = 1,
   attachment.hide_attachment = 1,
   CAST(attachment.emoji_image_short_description AS TEXT)))
 FROM message_attachment_join
 JOIN attachment ON attachment.ROWID = message_attachment_join.attachment_id
 WHERE message_attachment_join.message_id = message.ROWID
 HAVING count(*) > 0)
