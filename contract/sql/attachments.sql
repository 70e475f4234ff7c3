-- The files of messages, by ROWID. Each is [guid, filename, transfer_name, mime_type, uti,
-- total_bytes, is_sticker, is_hidden, description of a sticker].
--   :rowids  JSON array of message.ROWID
SELECT message.ROWID, (SELECT json_group_array(json_array(
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
 HAVING count(*) > 0) AS attachments
FROM message
WHERE message.ROWID IN (SELECT value FROM json_each(:rowids))
